// SPDX-License-Identifier: Apache-2.0
//! Attacks by a lying node that serves a wallet, in what it names.
//!
//! The proofs of values are attacked in `crates/client/src/proved/tests.rs`.
#![allow(clippy::unwrap_used)]

use bspp_attacks::*;
use bspp_peks::X25519Secret;

/// Attack: the node names an X25519 key of its own as the hospital's key of a month.
///
/// The node then has the label key of the grant. Rests on the hospital's key in κ: the labels are of no
/// record, and the node gets no trapdoor. Revert: leave `X_h` and the agreed secret out of κ.
#[test]
fn node_that_names_another_hospital_key_should_give_a_grant_that_finds_nothing() {
    let (mut hospital, doctor, patient) = (Hospital::new(), Doctor::new(11), keys(1));
    let record = hospital.file(&patient, 0, &[hiv()]);
    let node = X25519Secret::from_bytes([70; 32]);
    let mut item = hospital.item(0, &[hiv()], true);
    item.hospital_key = node.public().0;
    let (_, grant) = doctor.granted(&patient, 0, &[item]);
    assert!(evidence(&hospital, &grant, 0, &record).is_none());
    let (_, grant) = doctor.granted(&patient, 1, &[hospital.item(0, &[hiv()], true)]);
    assert!(evidence(&hospital, &grant, 0, &record).is_some());
}

/// Attack: the node names another hospital, so that keys join the patient at both.
///
/// Rests on chain and hospital of the enrolment card. The test shows that they give other keys: a
/// wallet that took them from a node would give the node that power.
#[test]
fn node_that_names_another_hospital_should_get_other_keys() {
    let (right, wrong) = (keys(1), keys_at(1, &OTHER_HOSPITAL));
    assert_ne!(right.bundle_hash(), wrong.bundle_hash());
    let bundle = wrong.bundle(&mut rng(71));
    assert!(bundle.verify(&CHAIN, &HOSPITAL).is_err());
}
