// SPDX-License-Identifier: Apache-2.0
//! Attacks by two hospitals that compare everything that they have of their patients.
#![allow(clippy::unwrap_used)]

use bspp_attacks::*;
use bspp_peks::{DefaultBackend, Kappa, KeywordLabel, LabelScope, PatientKeys, X25519Secret};
use bspp_record::{create_grant, GrantItem};
use std::collections::BTreeSet;

/// All values of a patient that a hospital sees in the bundle, as windows of 16 bytes.
fn windows(keys: &PatientKeys) -> BTreeSet<Vec<u8>> {
    let bundle = keys.bundle(&mut rng(80));
    let parts: [Vec<u8>; 8] = [
        bundle.search.0.to_vec(),
        bundle.open.0.to_vec(),
        bundle.x25519.to_vec(),
        bundle.account.to_vec(),
        bundle.signature.to_vec(),
        keys.bundle_hash().to_vec(),
        keys.grant_key(0).public().to_vec(),
        keys.grant_key(1).public().to_vec(),
    ];
    parts
        .iter()
        .flat_map(|part| part.windows(16).map(<[u8]>::to_vec))
        .collect()
}

/// Attack: the hospitals look for equal keys in their chains.
///
/// Rests on keys that follow from chain and hospital. Revert: leave the hospital out of
/// `PatientKeys::derive`; the control shows that the comparison then succeeds.
#[test]
fn two_hospitals_should_share_no_key_of_a_patient() {
    let (here, there) = (keys(1), keys_at(1, &OTHER_HOSPITAL));
    assert!(windows(&here).is_disjoint(&windows(&there)));
    assert!(!windows(&here).is_disjoint(&windows(&keys(1))));
}

/// Attack: one hospital uses a trapdoor or label of the other one in its own index.
///
/// Rests on hospital, month and both keys in the label point and in κ. Revert: leave the hospital out
/// of both.
#[test]
fn two_hospitals_should_share_no_label_and_no_trapdoor() {
    let secret = X25519Secret::from_bytes([2; 32]);
    let label = |keys: &PatientKeys, hospital| -> KeywordLabel {
        let scope = LabelScope {
            hospital,
            filing_month: MONTH,
            version: 0,
            bundle_hash: keys.bundle_hash(),
        };
        Kappa::hospital_side(&secret, &keys.x25519_public(), &scope)
            .unwrap()
            .label(&hiv())
    };
    let (here, there) = (keys(1), keys_at(1, &OTHER_HOSPITAL));
    // Both hospitals use the same X25519 secret, and still the labels differ.
    let (a, b) = (label(&here, HOSPITAL), label(&there, OTHER_HOSPITAL));
    assert!(a != b);
    assert!(label(&here, OTHER_HOSPITAL) != a);
    // One label under two hospitals has two points.
    let [of_here, of_there] = [&here, &there].map(|keys| {
        keys.search_trapdoor::<DefaultBackend>(MONTH, &a)
            .to_bytes()
            .to_vec()
    });
    assert!(of_here != of_there);
}

/// Attack: readers of the chain join the grants that a patient makes in one moment.
///
/// Rests on one-time keys for each hospital, random scopes, and whole days. Revert: let the expiry
/// be in milliseconds. The issue time is in the header only, which the chain does not see.
#[test]
fn two_hospitals_should_not_join_grants() {
    let (doctor, secret) = (Doctor::new(11), X25519Secret::from_bytes([2; 32]));
    let [here, there] = [keys(1), keys_at(1, &OTHER_HOSPITAL)].map(|keys| {
        let item = GrantItem {
            filing_month: MONTH,
            hospital_key: secret.public().0,
            version: 0,
            keywords: vec![hiv()],
            may_open: true,
        };
        create_grant(&keys, 0, &doctor.terms(NOW), &[item], &mut rng(81)).unwrap()
    });
    let [a, b] = [&here, &there].map(|grant| grant.open_request());
    assert_ne!(a.authority, b.authority);
    assert_ne!(a.header_hash, b.header_hash);
    assert_ne!(a.signature, b.signature);
    assert_ne!(here.patient, there.patient);
    assert_ne!(here.header.scope_root, there.header.scope_root);
    // The remaining fields are the same for all grants of that day, purpose and doctor.
    assert_eq!((a.purpose, a.expiry), (b.purpose, b.expiry));
    let later = doctor.terms(NOW + 60_000);
    assert_eq!(later.expiry, a.expiry);
}
