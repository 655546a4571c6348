// SPDX-License-Identifier: Apache-2.0
//! Attacks by a dishonest encryptor: records that do not open, or open to two contents.
#![allow(clippy::unwrap_used)]

use bspp_attacks::*;
use bspp_peks::{HospitalShare, OpenSecret, OpeningStatement};
use bspp_record::{
    open_record, DisclosurePackage, OpenError, ReceivedGrant, SharedRecord, SignedPackage,
};
use bspp_types::seal_of;
use chacha20poly1305::{
    aead::{Aead, KeyInit, Payload},
    XChaCha20Poly1305, XNonce,
};

/// A hospital, a doctor with a grant, and a record that the grant covers.
fn scene() -> (Hospital, Doctor, ReceivedGrant, SharedRecord) {
    let (mut hospital, doctor, patient) = (Hospital::new(), Doctor::new(11), keys(1));
    let record = hospital.file(&patient, 0, &[hiv()]);
    let (_, grant) = doctor.granted(&patient, 0, &[hospital.item(0, &[hiv()], true)]);
    (hospital, doctor, grant, record)
}

/// The slot and counter of the granted label in a record.
fn place(hospital: &Hospital, grant: &ReceivedGrant, record: &SharedRecord) -> (u8, u32) {
    let secret = search_secret(hospital, grant, &grant.items[0].labels[0]);
    found(&record.encrypted.record.entry, &secret).unwrap()
}

fn open(
    hospital: &Hospital,
    grant: &ReceivedGrant,
    record: &SharedRecord,
    secret: &OpenSecret,
) -> Result<(), OpenError> {
    let (slot, counter) = place(hospital, grant, record);
    let encrypted = &record.encrypted;
    open_record(
        &encrypted.rid,
        &encrypted.record.entry,
        &encrypted.record.wraps,
        &record.share,
        &encrypted.payload,
        (slot, counter),
        secret,
    )
    .map(|_| ())
}

/// Commits a changed record again: seal and identifier follow from its wraps and share.
fn committed(mut record: SharedRecord) -> SharedRecord {
    let stored = &mut record.encrypted.record;
    stored.entry.seal = seal_of(&stored.entry.core(), &stored.wraps, &record.share);
    record.encrypted.rid = record.encrypted.record.entry.rid();
    record
}

/// Attack: the hospital discloses another share or other wraps than it registered.
///
/// Rests on the seal in the entry. Revert: leave `check_seal` out of `check_disclosed`.
#[test]
fn encryptor_should_not_exchange_wraps_or_share() {
    let (mut hospital, _, grant, record) = scene();
    let sibling = hospital.file(&keys(1), 0, &[hiv()]);
    let secret = open_secret(&hospital, &grant, &grant.items[0].labels[0]);
    assert_eq!(open(&hospital, &grant, &record, &secret), Ok(()));
    let mut changes = Vec::new();
    let mut changed = record.clone();
    changed.share = sibling.share.clone();
    changes.push(changed);
    let mut changed = record.clone();
    changed.encrypted.record.wraps = sibling.encrypted.record.wraps.clone();
    changes.push(changed);
    let mut changed = record.clone();
    AsMut::<[_]>::as_mut(&mut changed.encrypted.record.wraps).swap(0, 1);
    changes.push(changed);
    for (place, bit) in [(0, 1), (7, 128)] {
        let mut changed = record.clone();
        changed.encrypted.record.wraps[place][47] ^= bit;
        changes.push(changed);
    }
    for changed in &changes {
        assert_eq!(
            open(&hospital, &grant, changed, &secret),
            Err(OpenError::SealMismatch)
        );
    }
    // The seal of another record makes another record identifier.
    let mut changed = record.clone();
    changed.encrypted.record.entry.seal = sibling.encrypted.record.entry.seal;
    assert_eq!(
        open(&hospital, &grant, &changed, &secret),
        Err(OpenError::RecordMismatch)
    );
}

/// Attack: the encryptor commits garbage, and says that the doctor has the wrong key.
///
/// Rests on the operator's signature over the package, and on the opening of `o` for a panel. Revert:
/// leave out the signature: nobody could tell the doctor's package from a forged one.
#[test]
fn encryptor_with_garbage_should_be_convicted() {
    let (hospital, doctor, grant, record) = scene();
    let mut garbage = record.clone();
    for wrap in garbage.encrypted.record.wraps.iter_mut() {
        *wrap = [1; 48];
    }
    let mut wrong_share = record;
    wrong_share.share = HospitalShare::generate(&mut rng(90));
    for bad in [garbage, wrong_share].map(committed) {
        let sealed = hospital
            .package(&bad, &grant)
            .seal(&grant.header, &mut rng(91))
            .unwrap();
        let operator = hospital.operator.public();
        let entry = &bad.encrypted.record.entry;
        // The package is what the hospital registered, so the doctor keeps it with its signature.
        let signed = SignedPackage::<[u8; 64]>::open(
            &sealed,
            &grant.header,
            (&bad.encrypted.rid, entry),
            &doctor.x25519,
            (&operator, signed_by),
        )
        .unwrap();
        let forged = SignedPackage::new(
            DisclosurePackage::new(&bad.encrypted, &bad.share),
            &grant.header,
            |message| doctor.account.sign(message),
        );
        assert_ne!(forged.signature, signed.signature);

        // The panel gets `o` of this batch and label, not the trapdoor.
        let granted = &grant.items[0].labels[0];
        let statement = OpeningStatement {
            context: keys(1).context(MONTH),
            batch: *hospital.batch().id(),
            point: hospital.point().clone(),
            search: grant.search_key.clone(),
            open: grant.open_key.clone(),
            kw: granted.label.clone(),
            nonce: [92; 32],
        };
        let shown = granted
            .open
            .as_ref()
            .unwrap()
            .prove_opening(&statement, &mut rng(93));
        let secret = shown.verify_open(&statement).unwrap();
        assert_eq!(
            open(&hospital, &grant, &bad, &secret),
            Err(OpenError::WrapMismatch)
        );
    }
}

/// Attack: one wrap opens to another data key, so that two doctors read two contents.
///
/// Rests on the key commitment. Revert: leave `key_commitment` out of `open_record`.
#[test]
fn encryptor_should_not_make_a_wrap_open_to_another_key() {
    let (hospital, _, grant, record) = scene();
    let secret = open_secret(&hospital, &grant, &grant.items[0].labels[0]);
    let (slot, counter) = place(&hospital, &grant, &record);
    let entry = &record.encrypted.record.entry;
    let core = entry.core();
    let kek = secret.kek(counter, &core, &record.share);
    let associated = [&core[..], &entry.slots[usize::from(slot)].tag].concat();
    let other_key = XChaCha20Poly1305::new(kek.as_slice().into())
        .encrypt(
            &XNonce::default(),
            Payload {
                msg: &[94; 32],
                aad: &associated,
            },
        )
        .unwrap();
    let mut changed = record.clone();
    changed.encrypted.record.wraps[usize::from(slot)] = other_key.try_into().unwrap();
    assert_eq!(
        open(&hospital, &grant, &committed(changed), &secret),
        Err(OpenError::KeyCommitmentMismatch)
    );
}
