// SPDX-License-Identifier: Apache-2.0
//! Attacks by a thief of the key of a patient's account at one hospital.
//!
//! The limits of rises are attacked in `pallets/patients`.
#![allow(clippy::unwrap_used)]

use bspp_attacks::*;
use bspp_peks::{G1Point, X25519Secret};
use bspp_record::{
    DisclosureError, DisclosurePackage, GrantHeader, GrantKey, OwnRecordRequest, ReceivedGrant,
    ScopeLeaf, ScopeOpening, ScopeTree, SlotOpening,
};
use bspp_types::{Authority, LabelState, OpenRequest, H256};

/// Attack: the thief asks the hospital for an own record, in the patient's name.
///
/// Rests on the answer, which is encrypted to the `X` of the bundle and not to a key of the question.
/// Revert: encrypt to a key that the question names.
#[test]
fn thief_of_the_account_should_not_open_an_own_record() {
    let (mut hospital, patient) = (Hospital::new(), keys(1));
    let record = hospital.file(&patient, 0, &[hiv()]);
    let (chain, id) = (H256(CHAIN), H256(HOSPITAL));
    let rid = record.encrypted.rid;
    let question = OwnRecordRequest::new(patient.account(), (&chain, &id), rid, [1; 32]);
    assert!(question.verify(&chain, &id).is_ok());
    let package = DisclosurePackage::new(&record.encrypted, &record.share);
    let sealed = OwnRecordRequest::seal(
        &package,
        (&chain, &id),
        &patient.x25519_public().0,
        &mut rng(50),
    )
    .unwrap();
    let asked = (&rid, &record.encrypted.record.entry);
    // The thief has the account's key, and tries it as an X25519 key too.
    for secret in [*patient.account().seed(), [99; 32]] {
        let secret = X25519Secret::from_bytes(secret);
        assert!(OwnRecordRequest::open(&sealed, (&chain, &id), asked, &secret).is_err());
    }
    assert!(OwnRecordRequest::open(&sealed, (&chain, &id), asked, patient.x25519()).is_ok());
    // A question for another record, hospital or nonce is not the signed one.
    let mut changed = question.clone();
    changed.record = H256([1; 32]);
    assert!(changed.verify(&chain, &id).is_err());
    assert!(question.verify(&chain, &H256(OTHER_HOSPITAL)).is_err());
    let mut changed = question;
    changed.nonce = [2; 32];
    assert!(changed.verify(&chain, &id).is_err());
}

/// Attack: the thief, who is a requester, makes a grant for itself.
///
/// The account signs the header, and a one-time key of the thief opens the request. Rests on labels
/// and openings, which take κ and trapdoors. Revert: leave out `ScopeOpening::covers`.
#[test]
fn thief_of_the_account_should_not_cover_a_record_by_a_grant_of_its_own() {
    let (mut hospital, thief, patient) = (Hospital::new(), Doctor::new(12), keys(1));
    let record = hospital.file(&patient, 0, &[hiv()]);
    let key = GrantKey::derive(&keys(13), 0);
    for slot in 0..record.encrypted.record.entry.slots.len() as u8 {
        let leaf = ScopeLeaf {
            salt: [0; 32],
            filing_month: MONTH,
            labels: vec![[slot; 32]].try_into().unwrap(),
            may_open: true,
        };
        let tree = ScopeTree::new(&[0; 32], &[(0, leaf.hash())]).unwrap();
        let terms = thief.terms(NOW);
        let header = GrantHeader {
            chain: H256(CHAIN),
            hospital: H256(HOSPITAL),
            authority: Authority::GrantKey(key.public()),
            requester: terms.requester,
            requester_key: terms.requester_key,
            purpose: terms.purpose,
            issued_at: terms.issued_at,
            version: 0,
            expiry: terms.expiry,
            scope_root: tree.root(),
        };
        let grant = ReceivedGrant {
            patient_signature: patient.account().sign(&header.message()),
            open_request: OpenRequest {
                hospital: header.hospital,
                authority: header.authority,
                purpose: header.purpose,
                expiry: header.expiry,
                header_hash: header.hash(),
                signature: [0; 64],
            },
            search_key: G1Point::generator(),
            open_key: G1Point::generator(),
            patient: patient.account().public(),
            items: Vec::new(),
            supplement: None,
            header,
        };
        let slots = vec![SlotOpening {
            slot,
            opening: [slot; 32],
        }];
        let opening = ScopeOpening {
            path: tree.path(0),
            position: 0,
            slots: slots.try_into().unwrap(),
            leaf,
        };
        let question = thief.question(&hospital, &grant, &record, &opening);
        let on_chain = opened(&grant.open_request, &thief);
        let state = LabelState::default();
        assert_eq!(
            hospital.decide(&question, &on_chain, (&record, &patient), &state, NOW),
            Err(DisclosureError::NotCovered)
        );
    }
}

/// Attack: the thief uses the account's key at another hospital of the patient.
///
/// Rests on keys that follow from the hospital. Revert: leave the hospital out of
/// `PatientKeys::derive`.
#[test]
fn thief_of_the_account_should_be_a_stranger_at_another_hospital() {
    let (here, there) = (keys(1), keys_at(1, &OTHER_HOSPITAL));
    assert_ne!(here.account().public(), there.account().public());
    let (chain, id) = (H256(CHAIN), H256(OTHER_HOSPITAL));
    let mut question = OwnRecordRequest::new(here.account(), (&chain, &id), H256([1; 32]), [1; 32]);
    question.patient = there.account().public();
    assert_eq!(
        question.verify(&chain, &id),
        Err(DisclosureError::InvalidSignature)
    );
}
