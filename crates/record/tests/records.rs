// SPDX-License-Identifier: Apache-2.0
//! Encryption and opening of records; attacks on the data that a hospital discloses.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod common;

use bspp_peks::{Context, HospitalShare, PatientKeys, Seed};
use bspp_record::{
    open_record, slot_of, EncryptError, EncryptedRecord, Keyword, OpenError, Patient, PatientError,
    Payload, SharedRecord,
};
use bspp_types::{payload_hash, seal_of, Entry, SLOT_CLASSES};
use chacha20poly1305::{
    aead::{Aead, KeyInit, Payload as AeadPayload},
    XChaCha20Poly1305, XNonce,
};
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
        let record = &records[0].encrypted.record;
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
        assert_eq!(record.encrypted.record.entry.index, counter);
        assert_eq!(
            record.encrypted.record.entry.payload_hash,
            records[0].encrypted.record.entry.payload_hash
        );
        assert!(identity.open(record, counter).unwrap() == plain().payload);
    }
    let found = |keyword: &Keyword| {
        let requester = Requester::new(&keys, &encryptor, keyword);
        records
            .iter()
            .filter(|r| slot_of(&r.encrypted.record.entry, &requester.search.tag(0)).is_some())
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
    let bundle = keys(1).bundle(&mut rng(3));
    let later = Context {
        filing_month: FILING_MONTH + 1,
        ..context()
    };
    let patient = Patient::new(&bundle, later, 0, &hospital_secret()).unwrap();
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
    let elsewhere = PatientKeys::derive(&Seed::from_bytes([1; 32]), &CHAIN, &[1; 32], 0);
    let bundle = elsewhere.bundle(&mut rng(3));
    let refused = Patient::new(&bundle, context(), 0, &hospital_secret());
    assert!(matches!(refused, Err(PatientError::InvalidBundle(_))));
}

#[test]
fn encrypted_record_should_survive_its_encoding() {
    let record = encrypt(&mut encryptor_of(0), &patient(1), &plain())
        .remove(0)
        .encrypted;
    let bytes = record.encode();
    assert_eq!(
        EncryptedRecord::decode_all(&mut &bytes[..]).unwrap(),
        record
    );
    assert_eq!(
        payload_hash(&record.payload),
        record.record.entry.payload_hash
    );
}

/// The parts that a hospital discloses, and what a requester opens with.
struct Disclosed {
    made: SharedRecord,
    slot: u8,
    requester: Requester,
}

impl Disclosed {
    fn open_as(
        &self,
        entry: &Entry,
        wraps: &[[u8; 48]],
        share: &HospitalShare,
        ciphertext: &[u8],
        (slot, counter): (u8, u32),
    ) -> Result<Payload, OpenError> {
        let wraps = wraps.to_vec().try_into().unwrap();
        open_record(
            &self.made.encrypted.rid,
            entry,
            &wraps,
            share,
            ciphertext,
            (slot, counter),
            &self.requester.open,
        )
    }
}

/// A record of a patient, and another one of the same patient and batch.
fn disclosed() -> (Disclosed, SharedRecord) {
    let (mut encryptor, keys) = (encryptor_of(0), keys(1));
    let patient = patient_of(&keys);
    let made = encrypt(&mut encryptor, &patient, &plain()).remove(0);
    let other = encryptor
        .encrypt(&patient, &with_keywords(2), consent(), &mut rng(6))
        .unwrap()
        .remove(0);
    let requester = Requester::new(&keys, &encryptor, &sct());
    let tag = requester.search.tag(0);
    let slot = slot_of(&made.encrypted.record.entry, &tag).unwrap();
    let disclosed = Disclosed {
        made,
        slot,
        requester,
    };
    (disclosed, other)
}

#[test]
fn open_record_should_fail_when_what_was_disclosed_is_tampered_with() {
    let (scene, other) = disclosed();
    let (made, place) = (&scene.made, (scene.slot, 0));
    let entry = &made.encrypted.record.entry;
    let wraps = made.encrypted.record.wraps.to_vec();
    let ciphertext = made.encrypted.payload.to_vec();
    let others = other.encrypted.payload.to_vec();
    let open =
        |entry: &Entry, wraps: &[[u8; 48]], share: &HospitalShare, ciphertext: &[u8], place| {
            scene
                .open_as(entry, wraps, share, ciphertext, place)
                .map(|_| ())
        };
    let share = &made.share;
    assert_eq!(open(entry, &wraps, share, &ciphertext, place), Ok(()));

    let mut tampered = ciphertext.clone();
    tampered[40] ^= 1;
    let refused = Err(OpenError::PayloadHashMismatch);
    assert_eq!(open(entry, &wraps, share, &tampered, place), refused);
    // A whole and genuine ciphertext of another record.
    assert_eq!(open(entry, &wraps, share, &others, place), refused);

    // An altered entry, a whole other entry, and the seal of a sibling.
    let other_entry = &other.encrypted.record.entry;
    let mut altered = entry.clone();
    altered.payload_hash = other_entry.payload_hash;
    let mut swapped = entry.clone();
    swapped.seal = other_entry.seal;
    for wrong in [&altered, other_entry, &swapped] {
        let opened = open(wrong, &wraps, share, &ciphertext, place);
        assert_eq!(opened, Err(OpenError::RecordMismatch));
    }

    // The share of a sibling, a share with one bit flipped, wraps changed, permuted, or moved from
    // another record: the seal commits to all of them.
    let mut flipped = *share.as_bytes();
    flipped[0] ^= 1;
    for wrong in [&other.share, &HospitalShare::from_bytes(flipped)] {
        let opened = open(entry, &wraps, wrong, &ciphertext, place);
        assert_eq!(opened, Err(OpenError::SealMismatch));
    }
    let mut forged = wraps.clone();
    forged[usize::from(scene.slot)][0] ^= 1;
    let mut permuted = wraps.clone();
    permuted.rotate_left(1);
    let mut moved = wraps.clone();
    moved[usize::from(scene.slot)] = other.encrypted.record.wraps[0];
    for wrong in [forged, permuted, moved] {
        let opened = open(entry, &wrong, share, &ciphertext, place);
        assert_eq!(opened, Err(OpenError::SealMismatch));
    }

    let opened = open(entry, &wraps, share, &ciphertext, ((scene.slot + 1) % 8, 0));
    assert_eq!(opened, Err(OpenError::WrapMismatch));
    let opened = open(entry, &wraps, share, &ciphertext, (scene.slot, 1));
    assert_eq!(opened, Err(OpenError::WrapMismatch));
    let opened = open(entry, &wraps, share, &ciphertext, (8, 0));
    assert_eq!(opened, Err(OpenError::SlotNotFound(8)));
    let opened = open(entry, &wraps[1..], share, &ciphertext, place);
    let expected = OpenError::WrapCountMismatch { wraps: 7, slots: 8 };
    assert_eq!(opened, Err(expected));
}

/// Attack: a thief has the seed and a copy of the chains, after the erasure of the share.
#[test]
fn seed_and_copy_of_the_chain_should_not_open_a_record_without_its_share() {
    let (scene, other) = disclosed();
    let record = &scene.made.encrypted;
    let guesses = [
        HospitalShare::from_bytes([0; 32]),
        HospitalShare::generate(&mut rng(44)),
        other.share.clone(),
    ];
    for guess in &guesses {
        let opened = scene.requester.open_with(record, guess, 0);
        assert_eq!(opened.map(|_| ()), Err(OpenError::SealMismatch));
    }
    // A thief's own program skips the check of the seal: the wrap itself does not open either.
    let (entry, slot) = (&record.record.entry, usize::from(scene.slot));
    let wrap = &record.record.wraps[slot];
    let unwrap = |share: &HospitalShare| {
        let core = entry.core();
        let kek = scene.requester.open.kek(0, &core, share);
        open_wrap(&kek, &core, &entry.slots[slot].tag, wrap)
    };
    assert!(unwrap(&scene.made.share).is_some());
    assert!(guesses.iter().all(|guess| unwrap(guess).is_none()));
}

fn associated(core: &[u8; 32], tag: &[u8; 16]) -> Vec<u8> {
    [&core[..], tag].concat()
}

fn open_wrap(kek: &[u8; 32], core: &[u8; 32], tag: &[u8; 16], wrap: &[u8; 48]) -> Option<Vec<u8>> {
    let aad = associated(core, tag);
    XChaCha20Poly1305::new(kek.into())
        .decrypt(
            &XNonce::default(),
            AeadPayload {
                msg: wrap,
                aad: &aad,
            },
        )
        .ok()
}

#[test]
fn open_record_should_fail_when_the_trapdoor_is_another_keywords_patients_batchs_or_versions() {
    let (mut encryptor, keys) = (encryptor_of(0), keys(1));
    let made = encrypt(&mut encryptor, &patient_of(&keys), &plain()).remove(0);
    let right = Requester::new(&keys, &encryptor, &sct());
    let entry = &made.encrypted.record.entry;
    let slot = slot_of(entry, &right.search.tag(0)).unwrap();
    let near = Keyword::new("http://snomed.info/sct", "44054007");
    let wrong = [
        Requester::new(&keys, &encryptor, &near),
        Requester::new(&common::keys(2), &encryptor, &sct()),
        Requester::new(&keys, &encryptor_of(1), &sct()),
        Requester::at(&keys, &encryptor, &sct(), 1),
    ];
    for requester in &wrong {
        let opened = open_record(
            &made.encrypted.rid,
            entry,
            &made.encrypted.record.wraps,
            &made.share,
            &made.encrypted.payload,
            (slot, 0),
            &requester.open,
        );
        assert_eq!(opened.map(|_| ()), Err(OpenError::WrapMismatch));
        assert_eq!(slot_of(entry, &requester.search.tag(0)), None);
    }
}

/// Attack: a doctor goes on with trapdoors of a month after a rise of the label version.
#[test]
fn old_trapdoors_should_not_find_or_open_what_is_encrypted_after_a_rise() {
    let (mut encryptor, keys) = (encryptor_of(0), keys(1));
    let before = encrypt(&mut encryptor, &patient_at(&keys, 0), &plain()).remove(0);
    let after = encrypt(&mut encryptor, &patient_at(&keys, 1), &plain()).remove(0);
    let [old, new] = [0, 1].map(|version| Requester::at(&keys, &encryptor, &sct(), version));
    assert!(old.open(&before, 0).is_ok());
    assert!(new.open(&after, 0).is_ok());
    let entry = &after.encrypted.record.entry;
    for counter in 0..64 {
        assert_eq!(slot_of(entry, &old.search.tag(counter)), None);
    }
    // A new label begins with counter 0 of its own.
    assert!(slot_of(entry, &new.search.tag(0)).is_some());
}

/// Attack: an encryptor commits to one key and wraps another.
///
/// Only the encryptor can make such a record.
#[test]
fn open_record_should_fail_when_the_key_is_not_the_committed_one() {
    let (mut encryptor, keys) = (encryptor_of(0), keys(1));
    let made = encrypt(&mut encryptor, &patient_of(&keys), &plain()).remove(0);
    let requester = Requester::new(&keys, &encryptor, &sct());
    let judge = |wrapped: Option<&[u8; 32]>| {
        let mut entry = made.encrypted.record.entry.clone();
        entry.key_commitment = [1; 32].into();
        let slot = slot_of(&entry, &requester.search.tag(0)).unwrap();
        let place = usize::from(slot);
        let core = entry.core();
        let mut wraps = made.encrypted.record.wraps.clone();
        match wrapped {
            None => wraps[place] = [7; 48],
            Some(key) => {
                let aad = associated(&core, &entry.slots[place].tag);
                let kek = requester.open.kek(0, &core, &made.share);
                let sealed = XChaCha20Poly1305::new((&*kek).into())
                    .encrypt(
                        &XNonce::default(),
                        AeadPayload {
                            msg: key,
                            aad: &aad,
                        },
                    )
                    .unwrap();
                wraps[place] = sealed.try_into().unwrap();
            }
        }
        // The seal commits to the forged wraps.
        entry.seal = seal_of(&core, &wraps, &made.share);
        let ciphertext = made.encrypted.payload.to_vec();
        open_record(
            &entry.rid(),
            &entry,
            &wraps,
            &made.share,
            &ciphertext,
            (slot, 0),
            &requester.open,
        )
        .map(|_| ())
    };
    assert_eq!(judge(Some(&[3; 32])), Err(OpenError::KeyCommitmentMismatch));
    // A committed wrap of garbage.
    assert_eq!(judge(None), Err(OpenError::WrapMismatch));
}

#[test]
fn debug_should_print_no_secret() {
    let patient = patient(1);
    let mut encryptor = encryptor_of(0);
    let made = encryptor
        .encrypt(&patient, &plain(), consent(), &mut rng(5))
        .unwrap()
        .remove(0);
    let printed = format!("{patient:?} {encryptor:?} {:?} {:?}", plain(), sct());
    assert!(
        !printed.contains("44054006") && !printed.contains("Condition"),
        "{printed}"
    );
    let shown = format!("{made:?}");
    assert!(!shown.contains("44054006"));
    let share = format!("{:?}", made.share.as_bytes());
    assert!(!shown.contains(share.trim_matches(['[', ']'])), "{shown}");
}
