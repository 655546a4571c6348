// SPDX-License-Identifier: Apache-2.0
//! Encryption and opening of records; attacks on the data that a hospital discloses.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod common;

use bspp_peks::Context;
use bspp_record::{
    open_record, slot_of, EncryptError, EncryptedRecord, Keyword, OpenError, Patient, PatientError,
};
use bspp_types::SLOT_CLASSES;
use codec::{DecodeAll, Encode};
use common::{records::*, *};

#[test]
fn open_record_should_return_the_resources_exactly() {
    let (mut encryptor, keys) = (encryptor_of(0), keys(1));
    let plain = plain();
    let records = encrypt(&mut encryptor, &patient_of(&keys), &plain);
    assert_eq!(records.len(), 1);
    for keyword in [Keyword::identity(), sct(), Keyword::new("urn:c", "AMB")] {
        let opened = Requester::new(&keys, &encryptor, &keyword)
            .open(&records[0], 0)
            .unwrap();
        assert!(opened == plain.payload);
        for resource in opened.resources() {
            assert!(SMALL.contains(resource));
        }
    }
}

#[test]
fn encrypt_should_pad_the_slots_to_a_class_and_shuffle_them() {
    let (mut encryptor, keys) = (encryptor_of(0), keys(1));
    let patient = patient_of(&keys);
    let mut places = std::collections::BTreeSet::new();
    for (count, slots) in [
        (0, 8),
        (7, 8),
        (8, 16),
        (15, 16),
        (16, 32),
        (32, 64),
        (63, 64),
    ] {
        let records = encryptor
            .encrypt(
                &patient,
                &with_keywords(count),
                consent(),
                &mut rng(count as u64),
            )
            .unwrap();
        assert_eq!(records.len(), 1);
        let record = &records[0].record;
        assert_eq!(
            (record.entry.slots.len(), record.wraps.len()),
            (slots, slots),
            "{count}"
        );
        assert!(SLOT_CLASSES.contains(&slots) && record.entry.check_shape().is_ok());
        let requester = Requester::new(&keys, &encryptor, &Keyword::identity());
        let counter = u32::try_from(places.len()).unwrap();
        places.insert((
            slots,
            slot_of(&record.entry, &requester.search.tag(counter)).unwrap(),
            count,
        ));
    }
    assert!(
        places.iter().any(|(_, place, _)| *place > 0),
        "the identity slot always stood first"
    );
}

#[test]
fn encrypt_should_make_several_entries_when_a_record_has_many_keywords() {
    let (mut encryptor, keys) = (encryptor_of(0), keys(1));
    let records = encrypt(&mut encryptor, &patient_of(&keys), &with_keywords(130));
    assert_eq!(records.len(), 3);
    let identity = Requester::new(&keys, &encryptor, &Keyword::identity());
    for (counter, record) in (0u32..).zip(&records) {
        assert_eq!(record.record.entry.index, counter);
        assert_eq!(
            record.record.entry.payload_hash,
            records[0].record.entry.payload_hash
        );
        assert!(identity.open(record, counter).unwrap() == plain().payload);
    }
    let found = |keyword: &Keyword| {
        let requester = Requester::new(&keys, &encryptor, keyword);
        records
            .iter()
            .filter(|r| slot_of(&r.record.entry, &requester.search.tag(0)).is_some())
            .count()
    };
    assert!(with_keywords(130)
        .keywords
        .iter()
        .all(|keyword| found(keyword) == 1));
}

#[test]
fn encrypt_should_fail_when_the_patient_is_of_another_month_or_the_keywords_are_too_many() {
    let mut encryptor = encryptor_of(0);
    let bundle = keys(1).bundle(&CHAIN, &HOSPITAL, &mut rng(3));
    let later = Context {
        filing_month: FILING_MONTH + 1,
        ..context()
    };
    let patient = Patient::new(&bundle, later, &hospital_secret()).unwrap();
    let refused = encryptor.encrypt(&patient, &plain(), consent(), &mut rng(5));
    assert_eq!(refused.unwrap_err(), EncryptError::ContextMismatch);
    let many = with_keywords(64 * 63 + 1);
    let refused = encryptor.encrypt(&common::patient(1), &many, consent(), &mut rng(5));
    assert_eq!(
        refused.unwrap_err(),
        EncryptError::MaxKeywordsExceeded(64 * 63 + 1)
    );
}

#[test]
fn patient_new_should_fail_when_the_bundle_is_of_another_hospital() {
    let bundle = keys(1).bundle(&CHAIN, &[1; 32], &mut rng(3));
    let refused = Patient::new(&bundle, context(), &hospital_secret());
    assert!(matches!(refused, Err(PatientError::InvalidBundle(_))));
}

#[test]
fn encrypted_record_should_survive_its_encoding() {
    let record = encrypt(&mut encryptor_of(0), &patient(1), &plain()).remove(0);
    let bytes = record.encode();
    assert_eq!(
        EncryptedRecord::decode_all(&mut &bytes[..]).unwrap(),
        record
    );
    let chunks: Vec<_> = record
        .chunks
        .iter()
        .map(|c| bspp_peks::blake2b_256(c).into())
        .collect();
    assert_eq!(record.record.chunks.to_vec(), chunks);
    assert_eq!(
        bspp_peks::blake2b_256(&record.ciphertext()),
        record.record.entry.payload_hash.0
    );
}

#[test]
fn open_record_should_fail_when_what_was_disclosed_is_tampered_with() {
    let (mut encryptor, keys) = (encryptor_of(0), keys(1));
    let patient = patient_of(&keys);
    let record = encrypt(&mut encryptor, &patient, &plain()).remove(0);
    let other = encryptor
        .encrypt(&patient, &with_keywords(2), consent(), &mut rng(6))
        .unwrap()
        .remove(0);
    let requester = Requester::new(&keys, &encryptor, &sct());
    let entry = &record.record.entry;
    let slot = slot_of(entry, &requester.search.tag(0)).unwrap();
    let (wraps, ciphertext) = (record.record.wraps.to_vec(), record.ciphertext());
    let open = |entry, wraps: &[[u8; 48]], ciphertext: &[u8], slot, counter| {
        open_record(
            &record.rid,
            entry,
            wraps,
            ciphertext,
            slot,
            counter,
            &requester.open,
        )
    };
    assert!(open(entry, &wraps, &ciphertext, slot, 0).is_ok());

    let mut tampered = ciphertext.clone();
    tampered[40] ^= 1;
    assert_eq!(
        open(entry, &wraps, &tampered, slot, 0),
        Err(OpenError::PayloadHashMismatch)
    );
    // Swapped payload: a whole and genuine ciphertext of another record.
    assert_eq!(
        open(entry, &wraps, &other.ciphertext(), slot, 0),
        Err(OpenError::PayloadHashMismatch)
    );
    // Altered entry.
    let mut altered = entry.clone();
    altered.payload_hash = other.record.entry.payload_hash;
    assert_eq!(
        open(&altered, &wraps, &other.ciphertext(), slot, 0),
        Err(OpenError::RecordMismatch)
    );
    assert_eq!(
        open(&other.record.entry, &wraps, &ciphertext, slot, 0),
        Err(OpenError::RecordMismatch)
    );

    let mut forged = wraps.clone();
    forged[usize::from(slot)][0] ^= 1;
    assert_eq!(
        open(entry, &forged, &ciphertext, slot, 0),
        Err(OpenError::WrapMismatch)
    );
    assert_eq!(
        open(entry, &wraps, &ciphertext, (slot + 1) % 8, 0),
        Err(OpenError::WrapMismatch)
    );
    assert_eq!(
        open(entry, &wraps, &ciphertext, slot, 1),
        Err(OpenError::WrapMismatch)
    );
    assert_eq!(
        open(entry, &wraps, &ciphertext, 8, 0),
        Err(OpenError::SlotNotFound(8))
    );
    let short = open(entry, &wraps[1..], &ciphertext, slot, 0);
    assert_eq!(
        short,
        Err(OpenError::WrapCountMismatch { wraps: 7, slots: 8 })
    );
    // Another record's wrap of the same keyword and patient.
    let mut moved = wraps;
    moved[usize::from(slot)] = other.record.wraps[0];
    assert_eq!(
        open(entry, &moved, &ciphertext, slot, 0),
        Err(OpenError::WrapMismatch)
    );
}

#[test]
fn open_record_should_fail_when_the_trapdoor_is_another_keywords_patients_or_batchs() {
    let (mut encryptor, keys) = (encryptor_of(0), keys(1));
    let record = encrypt(&mut encryptor, &patient_of(&keys), &plain()).remove(0);
    let right = Requester::new(&keys, &encryptor, &sct());
    let slot = slot_of(&record.record.entry, &right.search.tag(0)).unwrap();
    let wrong = [
        Requester::new(
            &keys,
            &encryptor,
            &Keyword::new("http://snomed.info/sct", "44054007"),
        ),
        Requester::new(&common::keys(2), &encryptor, &sct()),
        Requester::new(&keys, &encryptor_of(1), &sct()),
    ];
    for requester in &wrong {
        let ciphertext = record.ciphertext();
        let (entry, wraps) = (&record.record.entry, &record.record.wraps);
        let opened = open_record(
            &record.rid,
            entry,
            wraps,
            &ciphertext,
            slot,
            0,
            &requester.open,
        );
        assert_eq!(opened, Err(OpenError::WrapMismatch));
        assert_eq!(slot_of(entry, &requester.search.tag(0)), None);
    }
}

#[test]
fn open_record_should_fail_when_the_key_is_not_the_committed_one() {
    // A hostile encryptor commits to one key and wraps another. Only the encryptor can make such a
    // record.
    let (mut encryptor, keys) = (encryptor_of(0), keys(1));
    let mut record = encrypt(&mut encryptor, &patient_of(&keys), &plain()).remove(0);
    record.record.entry.key_commitment = [1; 32].into();
    let entry = &record.record.entry;
    let rid = entry.rid();
    let requester = Requester::new(&keys, &encryptor, &sct());
    let slot = slot_of(entry, &requester.search.tag(0)).unwrap();
    // The wrap under the new rid, made with the same secrets.
    use chacha20poly1305::{
        aead::{Aead, KeyInit, Payload},
        XChaCha20Poly1305, XNonce,
    };
    let mut wraps = record.record.wraps.to_vec();
    let tag = entry.slots[usize::from(slot)].tag;
    let aad = [&rid.0[..], &tag].concat();
    let kek = requester.open.kek(0, &rid.0);
    let sealed = XChaCha20Poly1305::new((&*kek).into())
        .encrypt(
            &XNonce::default(),
            Payload {
                msg: &[3; 32],
                aad: &aad,
            },
        )
        .unwrap();
    wraps[usize::from(slot)] = sealed.try_into().unwrap();
    let opened = open_record(
        &rid,
        entry,
        &wraps,
        &record.ciphertext(),
        slot,
        0,
        &requester.open,
    );
    assert_eq!(opened, Err(OpenError::KeyCommitmentMismatch));
}

#[test]
fn debug_should_print_no_secret() {
    let patient = patient(1);
    let mut encryptor = encryptor_of(0);
    let record = encryptor
        .encrypt(&patient, &plain(), consent(), &mut rng(5))
        .unwrap()
        .remove(0);
    let printed = format!("{patient:?} {encryptor:?} {:?} {:?}", plain(), sct());
    assert!(
        !printed.contains("44054006") && !printed.contains("Condition"),
        "{printed}"
    );
    assert!(!format!("{record:?}").contains("44054006"));
}
