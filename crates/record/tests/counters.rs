// SPDX-License-Identifier: Apache-2.0
//! The encryptor of a batch: the counters that it spends and those that it refuses to spend.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod common;

use bspp_peks::{
    domain, search_batch, BlstBackend, Counting, DefaultBackend, Ed25519Secret, G1Bytes, G1Point,
    PairingBackend, PatientBundle, Scalar, SchnorrProof, X25519Secret, GAP,
};
use bspp_record::{split, Document, EncryptError, Encryptor, Keyword, Patient};
use common::{records::*, *};

#[test]
fn encrypt_should_take_two_pairings_for_each_keyword_whatever_the_number_of_records() {
    type Counted = Counting<BlstBackend, 7>;
    let patient = patient(1);
    for records in [1, 20] {
        let mut encryptor = Encryptor::<Counted>::new(batch(records));
        Counted::reset();
        for _ in 0..records {
            encryptor
                .encrypt(&patient, &plain(), consent(), &mut rng(5))
                .unwrap();
        }
        // Two keywords and the identity, each once for search and once for opening.
        assert_eq!(Counted::pairings(), 6);
    }
}

#[test]
fn encrypt_should_fail_when_counters_run_ahead_of_finality() {
    let (mut encryptor, patient) = (encryptor_of(0), patient(1));
    assert_eq!(encryptor.room(&patient).unwrap(), GAP);
    let mut made = Vec::new();
    for _ in 0..GAP {
        made.extend(encrypt(&mut encryptor, &patient, &plain()));
    }
    assert_eq!(encryptor.room(&patient).unwrap(), 0);
    let refused = encryptor.encrypt(&patient, &plain(), consent(), &mut rng(5));
    assert_eq!(refused.unwrap_err(), EncryptError::CounterExhausted);
    // Another patient has other counters.
    assert!(encryptor
        .encrypt(&common::patient(2), &plain(), consent(), &mut rng(5))
        .is_ok());

    // f = 2: counters up to 2 + GAP may be assigned, which is three more.
    assert!(encryptor.note_finalized(&made[2].encrypted.rid));
    assert!(!encryptor.note_finalized(&made[2].encrypted.rid));
    assert!(encryptor.note_finalized(&made[0].encrypted.rid));
    assert_eq!(encryptor.room(&patient).unwrap(), 3);
    for _ in 0..3 {
        encrypt(&mut encryptor, &patient, &plain());
    }
    let refused = encryptor.encrypt(&patient, &plain(), consent(), &mut rng(5));
    assert_eq!(refused.unwrap_err(), EncryptError::CounterExhausted);
    assert!(!encryptor.note_finalized(&[9; 32].into()));
}

#[test]
fn encrypt_should_spend_nothing_when_it_fails() {
    let (mut encryptor, keys) = (encryptor_of(0), keys(1));
    let patient = patient_of(&keys);
    for _ in 0..GAP - 1 {
        encrypt(&mut encryptor, &patient, &with_keywords(0));
    }
    // This record needs two identity counters where one is left.
    let refused = encryptor.encrypt(&patient, &with_keywords(64), consent(), &mut rng(5));
    assert_eq!(refused.unwrap_err(), EncryptError::CounterExhausted);
    assert_eq!(encryptor.room(&patient).unwrap(), 1);
    let records = encrypt(&mut encryptor, &patient, &with_keywords(1));
    assert_eq!(records[0].encrypted.record.entry.index, GAP - 1);
    let first = Requester::new(&keys, &encryptor, &Keyword::new("urn:s", "0"));
    assert!(first.open(&records[0], 0).is_ok());
}

/// A patient's bundle with keys that the patient chose.
fn bundle_of(a_s: &Scalar, a_o: &Scalar) -> PatientBundle {
    let point = |scalar| DefaultBackend::g1_mul(&G1Point::generator(), scalar);
    let (search, open) = (point(a_s), point(a_o));
    let account = Ed25519Secret::from_seed(&[40; 32]);
    let empty = SchnorrProof {
        commitment: G1Bytes([0; 48]),
        response: [0; 32],
    };
    let mut bundle = PatientBundle {
        search: search.to_bytes(),
        open: open.to_bytes(),
        x25519: X25519Secret::from_bytes([41; 32]).public().0,
        account: account.public(),
        search_proof: empty,
        open_proof: empty,
        signature: [0; 64],
    };
    let hash = bundle.hash(&CHAIN, &HOSPITAL);
    let context = [hash, CHAIN].concat();
    bundle.search_proof = SchnorrProof::prove(
        domain::BUNDLE_POP_SEARCH,
        a_s,
        &search,
        &context,
        &mut rng(1),
    );
    bundle.open_proof =
        SchnorrProof::prove(domain::BUNDLE_POP_OPEN, a_o, &open, &context, &mut rng(2));
    let proofs = [&bundle.search_proof, &bundle.open_proof]
        .map(|p| [&p.commitment.0[..], &p.response].concat());
    bundle.signature = account.sign(&[domain::BUNDLE_SIGN, &hash, &proofs.concat()].concat());
    bundle
}

/// Attack: a patient enrols twice with one search key and two open keys.
#[test]
fn counters_of_a_search_key_with_another_open_key_should_be_others() {
    let [a_s, a_o, other] = [50, 51, 52].map(|seed| Scalar::random(&mut rng(seed)));
    let patient =
        |a_o| Patient::new(&bundle_of(&a_s, a_o), context(), 0, &hospital_secret()).unwrap();
    let mut encryptor = encryptor_of(0);
    let first = encrypt(&mut encryptor, &patient(&a_o), &plain());
    // Other random bytes: the padding slots differ too.
    let second = encryptor
        .encrypt(&patient(&other), &plain(), consent(), &mut rng(6))
        .unwrap();
    // The label point hashes both keys: no tag of one pair of keys is a tag of the other.
    let tags = |made: &[bspp_record::SharedRecord]| -> std::collections::BTreeSet<[u8; 16]> {
        let slots = &made[0].encrypted.record.entry.slots;
        slots.iter().map(|slot| slot.tag).collect()
    };
    assert!(tags(&first).is_disjoint(&tags(&second)));
    assert_eq!(encryptor.room(&patient(&a_o)).unwrap(), GAP - 1);
    assert_eq!(encryptor.room(&patient(&other)).unwrap(), GAP - 1);
}

#[test]
fn search_should_find_all_records_when_finality_keeps_pace() {
    let (mut encryptor, keys) = (encryptor_of(0), keys(1));
    let patient = patient_of(&keys);
    let mut index = MemoryIndex::default();
    let document = Document::parse(SMALL.as_bytes()).unwrap();
    let plain = split(&document, [0; 16], &mut rng(12)).remove(1);
    for _ in 0..200 {
        let record = encryptor
            .encrypt(&patient, &plain, consent(), &mut rng(5))
            .unwrap()
            .remove(0)
            .encrypted;
        encryptor.note_finalized(&record.rid);
        index.add(&record);
    }
    assert_eq!(encryptor.waiting(), 0);
    let requester = Requester::new(&keys, &encryptor, &Keyword::identity());
    let batch = encryptor.batch().id();
    let outcome = search_batch(&index, batch, &requester.search, &requester.label).unwrap();
    assert_eq!(outcome.matches.len(), 200);
}
