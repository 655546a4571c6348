// SPDX-License-Identifier: Apache-2.0

//! Proofs of knowledge and possession.
//!
//! Each test changes one thing and names the expected verdict.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use bspp_peks::{
    domain, encryptor_id, ArkBackend, BatchError, BatchHeader, BundleError, Ed25519Secret, G1Bytes,
    G1Point, OpenBatch, PatientBundle, PatientKeys, PointError, ProofError, Scalar, SchnorrProof,
    Seed, SignatureError,
};
use codec::{Decode, Encode, MaxEncodedLen};
use common::{patient, FixedRng, CHAIN, FILING_MONTH, HOSPITAL};
use proptest::prelude::*;

const Q_LE: [u8; 32] = [
    0x01, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xfe, 0x5b, 0xfe, 0xff, 0x02, 0xa4, 0xbd, 0x53, 0x05,
    0xd8, 0xa1, 0x09, 0x08, 0xd8, 0x39, 0x33, 0x48, 0x7d, 0x9d, 0x29, 0x53, 0xa7, 0xed, 0x73,
];

fn identity() -> G1Bytes {
    let mut bytes = [0; 48];
    bytes[0] = 0xc0;
    G1Bytes(bytes)
}

/// A point of the curve outside the subgroup (x = 4).
fn outside() -> G1Bytes {
    let mut bytes = [0; 48];
    (bytes[0], bytes[47]) = (0x80, 4);
    assert_eq!(
        G1Bytes(bytes).validate().err(),
        Some(PointError::NotInSubgroup)
    );
    G1Bytes(bytes)
}

/// `response + q`, another encoding of the same residue; `None` if it does not fit.
fn add_q(response: [u8; 32]) -> Option<[u8; 32]> {
    let (mut out, mut carry) = (response, 0);
    for (byte, add) in out.iter_mut().zip(Q_LE) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        (*byte, carry) = (sum as u8, sum >> 8);
    }
    (carry == 0).then_some(out)
}

fn header(rng: &str) -> (BatchHeader, OpenBatch) {
    let mut rng = FixedRng::new(if rng.is_empty() {
        "batch"
    } else {
        "other batch"
    });
    let batch = OpenBatch::open(
        &CHAIN,
        &HOSPITAL,
        &encryptor_id(b"ward", &[3; 32]),
        5,
        FILING_MONTH,
        &mut rng,
    );
    (batch.header().clone(), batch)
}

#[test]
fn batch_should_verify_and_survive_its_encoding() {
    let (header, batch) = header("");
    let valid = header.verify(&CHAIN).unwrap();
    assert_eq!((&valid.id, &valid.point), (batch.id(), batch.point()));
    let bytes = header.encode();
    assert_eq!(bytes.len(), BatchHeader::max_encoded_len());
    assert_eq!(BatchHeader::decode(&mut &bytes[..]).unwrap(), header);
}

#[test]
fn batches_should_have_fresh_secrets() {
    assert_ne!(header("").0.point, header("other").0.point);
}

#[derive(Debug, Clone, Copy)]
enum BatchTweak {
    Chain,
    Hospital,
    Encryptor,
    Number,
    FilingMonth,
    Point,
    ForeignProof,
    Commitment,
    Response,
}

fn batch_tweak() -> impl Strategy<Value = BatchTweak> {
    use BatchTweak::*;
    prop::sample::select(vec![
        Chain,
        Hospital,
        Encryptor,
        Number,
        FilingMonth,
        Point,
        ForeignProof,
        Commitment,
        Response,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn transplanted_batch_proof_should_be_refused(tweak in batch_tweak(), byte in 0usize..31, bit in 0u8..8) {
        let (mut header, _) = header("");
        let (other, _) = self::header("other");
        let mut chain = CHAIN;
        let flip = 1u8 << bit;
        match tweak {
            BatchTweak::Chain => chain[byte] ^= flip,
            BatchTweak::Hospital => header.hospital[byte] ^= flip,
            BatchTweak::Encryptor => header.enc[byte] ^= flip,
            BatchTweak::Number => header.number ^= u32::from(flip),
            BatchTweak::FilingMonth => header.filing_month ^= u16::from(flip),
            BatchTweak::Point => header.point = other.point,
            BatchTweak::ForeignProof => header.proof = other.proof,
            BatchTweak::Commitment => header.proof.commitment = other.proof.commitment,
            BatchTweak::Response => header.proof.response[byte] ^= flip,
        }
        prop_assert_eq!(header.verify(&chain).err(), Some(BatchError::InvalidProof(ProofError::Mismatch)));
        let (original, _) = self::header("");
        let proof_only = matches!(tweak, BatchTweak::ForeignProof | BatchTweak::Commitment | BatchTweak::Response);
        prop_assert_eq!(header.id(&chain) == original.id(&CHAIN), proof_only);
    }

    #[test]
    fn schnorr_proof_should_bind_role_statement_and_context(secret: [u8; 32], which in 0usize..4) {
        let mut rng = FixedRng::new("schnorr");
        let scalar = Scalar::from_wide(&[secret, secret].concat().try_into().unwrap());
        let public = point(&scalar);
        let proof = SchnorrProof::prove(domain::BATCH_POK, &scalar, &public, b"context", &mut rng);
        let stranger = point(&Scalar::random(&mut rng));
        let verdict = match which {
            0 => proof.verify(domain::BUNDLE_POP_OPEN, &public, b"context"),
            1 => proof.verify(domain::BATCH_POK, &stranger, b"context"),
            2 => proof.verify(domain::BATCH_POK, &public, b"contexts"),
            _ => proof.verify(domain::BATCH_POK, &public, b""),
        };
        prop_assert_eq!(verdict, Err(ProofError::Mismatch));
        prop_assert_eq!(proof.verify(domain::BATCH_POK, &public, b"context"), Ok(()));
    }
}

fn point(scalar: &Scalar) -> G1Point {
    use bspp_peks::PairingBackend;
    ArkBackend::g1_mul(&G1Point::generator(), scalar)
}

#[test]
fn batch_without_knowledge_should_be_refused() {
    // R of another party, with a proof made for another secret: the best attempt without r.
    let (victim, _) = header("");
    let mut rng = FixedRng::new("forger");
    let own = Scalar::random(&mut rng);
    let context = [
        &CHAIN[..],
        &HOSPITAL,
        &victim.enc,
        &victim.number.to_le_bytes(),
        &FILING_MONTH.to_le_bytes(),
    ]
    .concat();
    let claimed = victim.point.validate().unwrap();
    let proof = SchnorrProof::prove(domain::BATCH_POK, &own, &claimed, &context, &mut rng);
    let forged = BatchHeader { proof, ..victim };
    assert_eq!(
        forged.verify(&CHAIN).err(),
        Some(BatchError::InvalidProof(ProofError::Mismatch))
    );
}

#[test]
fn batch_should_be_refused_when_its_point_is_invalid() {
    let (good, _) = header("");
    for (point, error) in [
        (identity(), PointError::Identity),
        (outside(), PointError::NotInSubgroup),
        (G1Bytes([0; 48]), PointError::Encoding),
        (G1Bytes([0xff; 48]), PointError::NonCanonical),
    ] {
        let bad = BatchHeader {
            point,
            ..good.clone()
        };
        assert_eq!(
            bad.verify(&CHAIN).err(),
            Some(BatchError::InvalidPoint(error))
        );
    }
}

#[test]
fn proof_should_be_refused_when_not_canonical() {
    let (good, _) = header("");
    for (commitment, error) in [
        (identity(), PointError::Identity),
        (outside(), PointError::NotInSubgroup),
    ] {
        let mut bad = good.clone();
        bad.proof.commitment = commitment;
        let expected = BatchError::InvalidProof(ProofError::InvalidCommitment(error));
        assert_eq!(bad.verify(&CHAIN).err(), Some(expected));
    }
    for response in [add_q(good.proof.response), Some(Q_LE), Some([0xff; 32])]
        .into_iter()
        .flatten()
    {
        let mut bad = good.clone();
        bad.proof.response = response;
        assert_eq!(
            bad.verify(&CHAIN).err(),
            Some(BatchError::InvalidProof(ProofError::NonCanonicalResponse))
        );
    }
    assert!(
        add_q(good.proof.response).is_some(),
        "the malleable form was tried"
    );
}

fn bundle(n: u8) -> PatientBundle {
    patient(n).bundle(&mut FixedRng::new("bundle"))
}

/// Signs a changed bundle again with the account key, as its owner could.
fn sign_again(bundle: &mut PatientBundle, account: &Ed25519Secret) {
    let mut message = domain::BUNDLE_SIGN.to_vec();
    message.extend(bundle.hash(&CHAIN, &HOSPITAL));
    message.extend((bundle.search_proof, bundle.open_proof).encode());
    bundle.account = account.public();
    bundle.signature = account.sign(&message);
}

#[test]
fn bundle_should_verify_and_survive_its_encoding() {
    let bundle = bundle(1);
    let valid = bundle.verify(&CHAIN, &HOSPITAL).unwrap();
    assert_eq!(valid.search, *patient(1).search_public());
    assert_eq!(valid.open, *patient(1).open_public());
    assert_eq!(valid.account, patient(1).account().public());
    let bytes = bundle.encode();
    assert_eq!(bytes.len(), 384);
    assert_eq!(PatientBundle::max_encoded_len(), 384);
    assert_eq!(PatientBundle::decode(&mut &bytes[..]).unwrap(), bundle);
}

#[test]
fn bundle_should_have_the_hash_that_keys_give() {
    let valid = bundle(1).verify(&CHAIN, &HOSPITAL).unwrap();
    assert_eq!(valid.hash, patient(1).bundle_hash());
    // Fresh proofs do not change it, other keys do.
    let again = patient(1).bundle(&mut FixedRng::new("again"));
    assert_ne!(again, bundle(1));
    assert_eq!(again.verify(&CHAIN, &HOSPITAL).unwrap().hash, valid.hash);
    let next = PatientKeys::derive(&Seed::from_bytes([1; 32]), &CHAIN, &HOSPITAL, 1);
    assert_ne!(next.bundle_hash(), valid.hash);
}

#[test]
fn transplanted_bundle_should_be_refused() {
    let bundle = bundle(1);
    let expected = Some(BundleError::InvalidSignature(
        SignatureError::InvalidSignature,
    ));
    assert_eq!(bundle.verify(&[0; 32], &HOSPITAL).err(), expected);
    assert_eq!(bundle.verify(&CHAIN, &[0; 32]).err(), expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn bundle_should_be_refused_when_any_bit_flips(bit in 0usize..384 * 8) {
        let mut bytes = bundle(1).encode();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let changed = PatientBundle::decode(&mut &bytes[..]).unwrap();
        let verdict = changed.verify(&CHAIN, &HOSPITAL).err();
        // The account key is in bytes 128..160; a changed key may be invalid.
        if (128..160).contains(&(bit / 8)) {
            prop_assert!(matches!(verdict, Some(BundleError::InvalidSignature(_))), "{:?}", verdict);
        } else {
            let expected = BundleError::InvalidSignature(SignatureError::InvalidSignature);
            prop_assert_eq!(verdict, Some(expected));
        }
    }
}

#[test]
fn bundle_with_the_key_of_another_should_be_refused() {
    // A rogue patient registers a victim's search key under an account of its own.
    let rogue = patient(9);
    let mut stolen = bundle(9);
    stolen.search = bundle(1).search;
    sign_again(&mut stolen, rogue.account());
    assert_eq!(
        stolen.verify(&CHAIN, &HOSPITAL).err(),
        Some(BundleError::InvalidSearchProof(ProofError::Mismatch))
    );
    // Copying the victim's proof does not help: it covers the victim's bundle.
    stolen.search_proof = bundle(1).search_proof;
    sign_again(&mut stolen, rogue.account());
    assert_eq!(
        stolen.verify(&CHAIN, &HOSPITAL).err(),
        Some(BundleError::InvalidSearchProof(ProofError::Mismatch))
    );

    let mut stolen = bundle(9);
    stolen.open = bundle(1).open;
    stolen.search_proof = bundle(9).search_proof;
    sign_again(&mut stolen, rogue.account());
    // Even the honest half fails, since it covers the whole bundle.
    assert_eq!(
        stolen.verify(&CHAIN, &HOSPITAL).err(),
        Some(BundleError::InvalidSearchProof(ProofError::Mismatch))
    );
}

#[test]
fn bundle_with_proofs_exchanged_should_be_refused() {
    let mut changed = bundle(1);
    (changed.search_proof, changed.open_proof) = (changed.open_proof, changed.search_proof);
    sign_again(&mut changed, patient(1).account());
    assert_eq!(
        changed.verify(&CHAIN, &HOSPITAL).err(),
        Some(BundleError::InvalidSearchProof(ProofError::Mismatch))
    );
}

#[test]
fn bundle_should_be_refused_when_keys_are_invalid() {
    let patient = patient(1);
    let account = patient.account();
    let verdict = |change: &dyn Fn(&mut PatientBundle)| {
        let mut changed = bundle(1);
        change(&mut changed);
        sign_again(&mut changed, account);
        changed.verify(&CHAIN, &HOSPITAL).err().unwrap()
    };
    let search = |point| move |b: &mut PatientBundle| b.search = point;
    assert_eq!(
        verdict(&search(identity())),
        BundleError::InvalidSearchKey(PointError::Identity)
    );
    assert_eq!(
        verdict(&search(outside())),
        BundleError::InvalidSearchKey(PointError::NotInSubgroup)
    );
    assert_eq!(
        verdict(&|b| b.open = identity()),
        BundleError::InvalidOpenKey(PointError::Identity)
    );
    assert_eq!(verdict(&|b| b.open = b.search), BundleError::EqualKeys);
    assert_eq!(
        verdict(&|b| b.x25519 = [0; 32]),
        BundleError::InvalidX25519Key
    );
    assert_eq!(
        verdict(&|b| b.search_proof.response = [0xff; 32]),
        BundleError::InvalidSearchProof(ProofError::NonCanonicalResponse)
    );
    assert_eq!(
        verdict(&|b| b.open_proof.commitment = b.search_proof.commitment),
        BundleError::InvalidOpenProof(ProofError::Mismatch)
    );
}
