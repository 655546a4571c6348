// SPDX-License-Identifier: Apache-2.0
//! Attacks by a thief of a patient's seed, who has a copy of both chains.
#![allow(clippy::unwrap_used)]

use bspp_attacks::*;
use bspp_peks::{
    DefaultBackend, HospitalShare, Kappa, LabelScope, OpenSecret, PatientKeys, SearchSecret, Seed,
};
use bspp_record::{open_record, Keyword, OpenError};
use bspp_types::{seal_of, Entry, RecordId};

/// Slot, counter and open secret of an identity keyword, as the seed gives them.
fn by_seed(hospital: &Hospital, entry: &Entry) -> (u8, u32, OpenSecret) {
    let keys = PatientKeys::derive(&Seed::from_bytes([1; 32]), &CHAIN, &HOSPITAL, 0);
    let scope = LabelScope {
        hospital: HOSPITAL,
        filing_month: MONTH,
        version: 0,
        bundle_hash: keys.bundle_hash(),
    };
    let kappa = Kappa::patient_side(keys.x25519(), &hospital.secret.public(), &scope).unwrap();
    let label = kappa.label(&Keyword::identity());
    let (search, open) = keys.trapdoors::<DefaultBackend>(MONTH, &label);
    let secret = SearchSecret::from_trapdoor::<DefaultBackend>(
        hospital.point(),
        &search,
        keys.search_public(),
    );
    let (slot, counter) = found(entry, &secret).unwrap();
    let secret =
        OpenSecret::from_trapdoor::<DefaultBackend>(hospital.point(), &open, keys.open_public());
    (slot, counter, secret)
}

/// Attack: the thief derives every key of the patient and opens the copies.
///
/// Rests on the hospital's share. Revert: derive `kek` from `o` alone. The first line is what the
/// thief would have with the share.
#[test]
fn thief_of_the_seed_should_not_open_a_copy_of_the_chains() {
    let mut hospital = Hospital::new();
    let record = hospital.file(&keys(1), 0, &[hiv()]);
    let other = hospital.file(&keys(1), 0, &[hiv()]);
    let encrypted = &record.encrypted;
    let (slot, counter, secret) = by_seed(&hospital, &encrypted.record.entry);
    let open = |rid: &RecordId, entry: &Entry, share: &HospitalShare| {
        open_record(
            rid,
            entry,
            &encrypted.record.wraps,
            share,
            &encrypted.payload,
            (slot, counter),
            &secret,
        )
        .map(|_| ())
    };
    let entry = &encrypted.record.entry;
    assert_eq!(open(&encrypted.rid, entry, &record.share), Ok(()));

    // The share was erased. The thief tries shares of its own, and one that a disclosure gave it.
    let guesses = [
        HospitalShare::from_bytes([0; 32]),
        HospitalShare::generate(&mut rng(60)),
        other.share.clone(),
    ];
    for guess in &guesses {
        assert_eq!(
            open(&encrypted.rid, entry, guess),
            Err(OpenError::SealMismatch)
        );
        // The thief also leaves out the check of the seal: the key itself needs the share.
        let mut unsealed = entry.clone();
        unsealed.seal = seal_of(&entry.core(), &encrypted.record.wraps, guess);
        assert_eq!(
            open(&unsealed.rid(), &unsealed, guess),
            Err(OpenError::WrapMismatch)
        );
    }
}
