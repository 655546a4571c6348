// SPDX-License-Identifier: Apache-2.0

//! Openings of a batch and label for a panel.
//!
//! Each test changes one thing and names the expected verdict.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use ark_bls12_381::{Fq, Fq12, Fr, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, BigInteger, Field, One, PrimeField, UniformRand};
use bspp_peks::*;
use codec::{Decode, Encode, MaxEncodedLen};
use common::{context, label_of, patient, FixedRng, CHAIN, FILING_MONTH, HOSPITAL};

type B = DefaultBackend;

fn keyword() -> Keyword {
    Keyword::new("http://snomed.info/sct", "44054006")
}

fn batch(seed: &'static str) -> OpenBatch {
    let mut rng = FixedRng::new(seed);
    OpenBatch::open(&CHAIN, &HOSPITAL, &[7; 32], 1, FILING_MONTH, &mut rng)
}

fn statement() -> OpeningStatement {
    let (keys, batch) = (patient(1), batch("batch"));
    OpeningStatement {
        context: context(),
        batch: *batch.id(),
        point: batch.point().clone(),
        search: keys.search_public().clone(),
        open: keys.open_public().clone(),
        kw: label_of(&keys, &keyword()),
        nonce: [3; 32],
    }
}

fn trapdoors(keyword: &Keyword) -> (SearchTrapdoor, OpenTrapdoor) {
    let keys = patient(1);
    keys.trapdoors::<B>(FILING_MONTH, &label_of(&keys, keyword))
}

fn search_proof() -> OpeningProof {
    trapdoors(&keyword())
        .0
        .prove_opening(&statement(), &mut FixedRng::new("opening"))
}

fn verdict(proof: &OpeningProof, statement: &OpeningStatement) -> Option<OpeningError> {
    proof.verify_search(statement).err()
}

/// A change of one field, with its name.
type Change = (&'static str, Box<dyn Fn(&mut OpeningStatement)>);

const MISMATCH: Option<OpeningError> = Some(OpeningError::Mismatch);
const TARGET: Option<OpeningError> = Some(OpeningError::InvalidTarget);

#[test]
fn dispute_opening_should_be_accepted_when_untouched() {
    let (keys, batch, statement) = (patient(1), batch("batch"), statement());
    let of_batch = batch.patient::<B>(keys.search_public(), keys.open_public());
    let (s, o) = batch.label_secrets(&of_batch, &statement.kw);
    let judged = search_proof().verify_search(&statement).unwrap();
    for n in [0, 1, 1000] {
        assert_eq!(judged.tag(n), s.tag(n));
    }
    let opened = trapdoors(&keyword())
        .1
        .prove_opening(&statement, &mut FixedRng::new("opening"))
        .verify_open(&statement)
        .unwrap();
    let (core, share) = ([9; 32], HospitalShare::from_bytes([8; 32]));
    assert_eq!(*opened.kek(0, &core, &share), *o.kek(0, &core, &share));
}

#[test]
fn dispute_opening_should_survive_its_encoding() {
    let proof = search_proof();
    let bytes = proof.encode();
    assert_eq!(bytes.len(), OPENING_PROOF_LEN);
    assert_eq!(OpeningProof::max_encoded_len(), OPENING_PROOF_LEN);
    let again = OpeningProof::decode(&mut &bytes[..]).unwrap();
    assert_eq!(verdict(&again, &statement()), None);
    assert_eq!(
        format!("{proof:?}{:?}", statement()),
        "OpeningProofOpeningStatement"
    );
}

#[test]
fn dispute_opening_should_be_refused_when_any_field_of_the_statement_changed() {
    let (proof, good) = (search_proof(), statement());
    let changes: [Change; 9] = [
        ("chain", Box::new(|s| s.context.chain[0] ^= 1)),
        ("hospital", Box::new(|s| s.context.hospital[0] ^= 1)),
        ("month", Box::new(|s| s.context.filing_month += 1)),
        ("batch", Box::new(|s| s.batch[0] ^= 1)),
        (
            "point",
            Box::new(|s| s.point = batch("other").point().clone()),
        ),
        (
            "search",
            Box::new(|s| s.search = patient(2).search_public().clone()),
        ),
        (
            "open",
            Box::new(|s| s.open = patient(2).open_public().clone()),
        ),
        ("kw", Box::new(|s| s.kw = KeywordLabel::from_bytes([1; 32]))),
        ("nonce", Box::new(|s| s.nonce[31] ^= 1)),
    ];
    for (name, change) in changes {
        let mut statement = good.clone();
        change(&mut statement);
        assert_eq!(verdict(&proof, &statement), MISMATCH, "{name}");
    }
}

#[test]
fn dispute_opening_should_be_refused_when_any_bit_of_the_challenge_changed() {
    for bit in 0..128 {
        let mut proof = search_proof();
        proof.challenge[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(verdict(&proof, &statement()), MISMATCH, "{bit}");
    }
}

#[test]
fn dispute_opening_should_be_refused_when_the_challenge_is_one_more() {
    let mut proof = search_proof();
    let challenge = u128::from_le_bytes(proof.challenge).wrapping_add(1);
    proof.challenge = challenge.to_le_bytes();
    assert_eq!(verdict(&proof, &statement()), MISMATCH);
}

#[test]
fn dispute_opening_should_be_refused_when_the_role_changed() {
    let statement = statement();
    assert_eq!(search_proof().verify_open(&statement).err(), MISMATCH);
    // Even if both keys are the same, which no registered bundle has.
    let mut same = statement;
    same.open = same.search.clone();
    let keys = patient(1);
    let q = label_point::<B>(&same.context, &same.search, &same.open, &same.kw);
    // The bundle's own scalar makes the trapdoor of this point.
    let trapdoor = trapdoor_of(&keys, &q);
    let proof = trapdoor.prove_opening(&same, &mut FixedRng::new("opening"));
    assert_eq!(proof.verify_search(&same).err(), None);
    assert_eq!(proof.verify_open(&same).err(), MISMATCH);
}

/// `a_s·Q` of any point, with the scalar as the seed gives it.
fn trapdoor_of(keys: &PatientKeys, q: &G2Point) -> SearchTrapdoor {
    use hkdf::Hkdf;
    let info = [&keys.chain()[..], keys.hospital(), &0u32.to_le_bytes()].concat();
    let mut wide = [0; 64];
    Hkdf::<sha2::Sha256>::new(Some(domain::SEED_SEARCH), &[1; 32])
        .expand(&info, &mut wide)
        .unwrap();
    let product = B::g2_mul(q, &Scalar::from_wide(&wide));
    SearchTrapdoor::from_bytes(product.as_bytes()).unwrap()
}

#[test]
fn dispute_opening_should_be_refused_when_the_trapdoor_is_of_another_label_or_key() {
    let statement = statement();
    let mut rng = FixedRng::new("opening");
    let (other_label, _) = trapdoors(&Keyword::identity());
    let (_, other_key) = trapdoors(&keyword());
    let stranger = patient(2).search_trapdoor::<B>(FILING_MONTH, &statement.kw);
    let later = patient(1).search_trapdoor::<B>(FILING_MONTH + 1, &statement.kw);
    let other_key = SearchTrapdoor::from_bytes(&*other_key.to_bytes()).unwrap();
    for trapdoor in [other_label, other_key, stranger, later] {
        let proof = trapdoor.prove_opening(&statement, &mut rng);
        assert_eq!(verdict(&proof, &statement), MISMATCH);
    }
}

/// The twelve coefficients of a target, as the encoding orders them.
fn coefficients(target: &[u8; GT_LEN]) -> Vec<Fq> {
    target
        .chunks_exact(48)
        .map(Fq::from_be_bytes_mod_order)
        .collect()
}

fn encode(value: &Fq12) -> [u8; GT_LEN] {
    let mut out = Vec::new();
    for coefficient in value.to_base_prime_field_elements() {
        out.extend(coefficient.into_bigint().to_bytes_be());
    }
    out.try_into().unwrap()
}

fn with_target(target: [u8; GT_LEN]) -> OpeningProof {
    let mut proof = search_proof();
    proof.target = target;
    proof
}

#[test]
fn dispute_opening_should_be_refused_when_the_target_is_negated() {
    let k = Fq12::from_base_prime_field_elems(coefficients(&search_proof().target)).unwrap();
    assert_eq!(encode(&k), search_proof().target);
    assert_eq!(verdict(&with_target(encode(&-k)), &statement()), TARGET);
}

#[test]
fn dispute_opening_should_be_refused_when_the_target_is_zero_or_one() {
    for value in [Fq12::ZERO, Fq12::one()] {
        assert_eq!(verdict(&with_target(encode(&value)), &statement()), TARGET);
    }
}

/// A prime that divides the order of the cyclotomic subgroup beside q.
const SMALL_ORDER: u64 = 4513;

/// An element of that order.
///
/// It is `f^((p^12 − 1) / 4513)`: the easy part of a final exponentiation, then the rest of the
/// order `p^4 − p^2 + 1` without the factor.
fn small_order_element() -> Fq12 {
    let mut rng = FixedRng::new("small order");
    let exponent = divide(&cyclotomic_order(&Fq::MODULUS.0), SMALL_ORDER);
    loop {
        let f = Fq12::rand(&mut rng);
        let mut conjugate = f;
        conjugate.conjugate_in_place();
        let easy = conjugate * f.inverse().unwrap();
        let mut square = easy;
        square.frobenius_map_in_place(2);
        let element = (square * easy).pow(&exponent);
        if !element.is_one() {
            assert!(element.pow([SMALL_ORDER]).is_one());
            return element;
        }
    }
}

/// `p^4 − p^2 + 1 = p^2·(p^2 − 1) + 1`, as limbs.
fn cyclotomic_order(p: &[u64]) -> Vec<u64> {
    let square = multiply(p, p);
    let mut less = square.clone();
    less[0] -= 1;
    let mut order = multiply(&square, &less);
    order[0] += 1;
    order
}

fn multiply(a: &[u64], b: &[u64]) -> Vec<u64> {
    let mut out = vec![0u64; a.len() + b.len()];
    for (i, x) in a.iter().enumerate() {
        let mut carry = 0u128;
        for (j, y) in b.iter().enumerate() {
            let sum = u128::from(*x) * u128::from(*y) + u128::from(out[i + j]) + carry;
            (out[i + j], carry) = (sum as u64, sum >> 64);
        }
        out[i + b.len()] = carry as u64;
    }
    out
}

fn divide(a: &[u64], by: u64) -> Vec<u64> {
    let (mut out, mut rest) = (vec![0; a.len()], 0u128);
    for (to, limb) in out.iter_mut().zip(a).rev() {
        let value = rest << 64 | u128::from(*limb);
        (*to, rest) = ((value / u128::from(by)) as u64, value % u128::from(by));
    }
    assert_eq!(rest, 0, "{by} divides the order");
    out
}

#[test]
fn dispute_opening_should_be_refused_when_the_target_has_order_4513() {
    let small = small_order_element();
    let k = Fq12::from_base_prime_field_elems(coefficients(&search_proof().target)).unwrap();
    // Alone, and hidden in the right value: the factor ends whenever it divides the challenge.
    for value in [small, k * small] {
        assert_eq!(verdict(&with_target(encode(&value)), &statement()), TARGET);
    }
}

#[test]
fn dispute_opening_should_be_refused_when_the_target_is_not_canonical() {
    let good = search_proof().target;
    let mut tried = 0;
    for i in 0..12 {
        // The coefficient plus p, where it fits, and the largest number.
        let mut limbs = coefficients(&good)[i].into_bigint();
        if !limbs.add_with_carry(&Fq::MODULUS) {
            let mut target = good;
            target[i * 48..][..48].copy_from_slice(&limbs.to_bytes_be());
            assert_eq!(verdict(&with_target(target), &statement()), TARGET, "{i}");
            tried += 1;
        }
        let mut target = good;
        target[i * 48..][..48].fill(0xff);
        assert_eq!(verdict(&with_target(target), &statement()), TARGET, "{i}");
    }
    assert_eq!(tried, 12);
}

#[test]
fn dispute_opening_should_be_refused_when_the_target_is_of_another_batch() {
    let other = batch("other");
    let k = B::pairing_prepared(other.point(), &trapdoors(&keyword()).0.prepare::<B>());
    assert_eq!(verdict(&with_target(*k.as_bytes()), &statement()), MISMATCH);
}

#[test]
fn dispute_opening_should_be_refused_when_the_response_is_not_a_point_of_the_subgroup() {
    let mut proof = search_proof();
    proof.response = [0; 96];
    proof.response[0] = 0xc0;
    let identity = Some(OpeningError::InvalidResponse(PointError::Identity));
    assert_eq!(verdict(&proof, &statement()), identity);

    // Z plus a point outside the subgroup.
    let z = G2Bytes(search_proof().response).validate().unwrap();
    let outside = (2u64..)
        .find_map(|x| G2Affine::get_point_from_x_unchecked(x.into(), false))
        .filter(|point| !point.is_in_correct_subgroup_assuming_on_curve())
        .unwrap();
    let sum = (*z.affine() + outside).into_affine();
    let mut bytes = Vec::new();
    ark_serialize::CanonicalSerialize::serialize_compressed(&sum, &mut bytes).unwrap();
    proof.response = bytes.try_into().unwrap();
    let subgroup = Some(OpeningError::InvalidResponse(PointError::NotInSubgroup));
    assert_eq!(verdict(&proof, &statement()), subgroup);

    proof.response = [0xff; 96];
    let canonical = Some(OpeningError::InvalidResponse(PointError::NonCanonical));
    assert_eq!(verdict(&proof, &statement()), canonical);
}

#[test]
fn dispute_opening_should_be_refused_when_the_response_is_another_point() {
    let mut proof = search_proof();
    proof.response = *G2Point::generator().as_bytes();
    assert_eq!(verdict(&proof, &statement()), MISMATCH);
}

/// `W = Z − c·T`.
fn commitment(proof: &OpeningProof, trapdoor: &SearchTrapdoor) -> G2Affine {
    let z = *G2Bytes(proof.response).validate().unwrap().affine();
    let t = *G2Point::from_bytes(&*trapdoor.to_bytes()).unwrap().affine();
    let c = Fr::from_le_bytes_mod_order(&proof.challenge);
    (z.into_group() - t * c).into_affine()
}

#[test]
fn dispute_opening_should_have_another_commitment_when_the_nonce_changed_and_randomness_did_not() {
    let (trapdoor, _) = trapdoors(&keyword());
    let prove = |nonce: u8| {
        let mut statement = statement();
        statement.nonce = [nonce; 32];
        let proof = trapdoor.prove_opening(&statement, &mut FixedRng::new("stuck"));
        assert_eq!(verdict(&proof, &statement), None);
        commitment(&proof, &trapdoor)
    };
    assert!(!prove(1).is_zero());
    assert_eq!(prove(1), prove(1));
    assert_ne!(prove(1), prove(2));
}
