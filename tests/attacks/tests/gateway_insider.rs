// SPDX-License-Identifier: Apache-2.0
//! Attacks by an insider of the gateway, who keeps the questions of doctors.
//!
//! The insider has the plaintext of the hospital's own records: these attacks want more than that.
#![allow(clippy::unwrap_used)]

use bspp_attacks::*;
use bspp_peks::{Ed25519Secret, LabelOpening, MatchStatement, MonthLabel};
use bspp_record::{
    DisclosureError, ReceivedGrant, ScopeOpening, SharedRecord, SignedSupplement, Supplement,
};
use bspp_types::LabelState;

/// A question that the insider has received and opened.
fn received() -> (Hospital, Doctor, ReceivedGrant, SharedRecord, ScopeOpening) {
    let (mut hospital, doctor, patient) = (Hospital::new(), Doctor::new(11), keys(1));
    let record = hospital.file(&patient, 0, &[hiv()]);
    let (_, grant) = doctor.granted(&patient, 0, &[hospital.item(0, &[hiv()], true)]);
    let opening = evidence(&hospital, &grant, 0, &record).unwrap();
    let question = doctor.question(&hospital, &grant, &record, &opening);
    let opening = question.open_scope([&hospital.secret]).unwrap();
    (hospital, doctor, grant, record, opening)
}

/// Attack: the insider uses the opening of one slot for other records of the patient.
///
/// Rests on `l_n`, which is of one counter. Revert: derive openings from the label alone.
#[test]
fn insider_should_not_use_a_question_for_another_slot() {
    let (mut hospital, _, grant, record, opening) = received();
    let later = hospital.file(&keys(1), 0, &[hiv()]);
    let entry = &later.encrypted.record.entry;
    let label = MonthLabel {
        filing_month: MONTH,
        kw: grant.items[0].labels[0].label.clone(),
    };
    let shown = LabelOpening::from_bytes(opening.slots[0].opening);
    let public = shown.match_key(&label).public();
    let known = &record.encrypted.record.entry;
    assert!(known.slots.iter().any(|slot| slot.match_key == public));
    assert!(entry.slots.iter().all(|slot| slot.match_key != public));
    for slot in 0..entry.slots.len() as u8 {
        let mut moved = opening.clone();
        moved.slots[0].slot = slot;
        assert!(!moved.covers(&grant.header.scope_root, entry, MONTH));
    }
}

/// Attack: the insider proves the match itself, with the match key that the question shows.
///
/// Rests on the requester's account in the statement, which the chain takes from the sender. Revert:
/// leave the requester out of `MatchStatement`.
#[test]
fn insider_should_not_match_without_the_requester() {
    let (hospital, doctor, grant, record, opening) = received();
    let label = grant.items[0].month_label(0).unwrap();
    let key = LabelOpening::from_bytes(opening.slots[0].opening).match_key(&label);
    let slot = record.encrypted.record.entry.slots[usize::from(opening.slots[0].slot)];
    let statement = |requester| MatchStatement {
        chain: CHAIN,
        request: grant.header.request_id().0,
        rid: record.encrypted.rid.0,
        tag: slot.tag,
        requester,
    };
    let insider = hospital.operator.public();
    let proof = statement(insider).sign(&key);
    assert!(statement(insider).verify(&slot.match_key, &proof).is_ok());
    // The request belongs to the doctor: the chain refuses the insider as its requester, and the
    // proof is of no use to the doctor's account.
    assert_ne!(grant.header.requester.account(), &insider);
    let by_doctor = statement(doctor.account.public());
    assert!(by_doctor.verify(&slot.match_key, &proof).is_err());
}

/// Attack: the insider, with a doctor, widens a grant or renews a revoked one.
///
/// Rests on the patient's signatures over header and supplement. Revert: leave `verify` out of
/// `DisclosureRequest::covers`.
#[test]
fn insider_should_not_widen_or_renew_a_grant() {
    let (hospital, doctor, grant, record, opening) = received();
    let (on_chain, patient) = (opened(&grant.open_request, &doctor), keys(1));
    let state = LabelState {
        revoke_before: NOW + 1,
        ..LabelState::default()
    };
    let decide = |grant: &ReceivedGrant| {
        let question = doctor.question(&hospital, grant, &record, &opening);
        hospital.decide(&question, &on_chain, (&record, &patient), &state, NOW + 1)
    };
    assert_eq!(decide(&grant), Err(DisclosureError::GrantRevoked));
    let supplement = Supplement {
        header_hash: grant.header.hash(),
        scope_root: grant.header.scope_root,
        issued_at: NOW + 2,
        version: 1,
    };
    for forger in [
        &hospital.operator,
        &doctor.account,
        &Ed25519Secret::from_seed(&[9; 32]),
    ] {
        let mut renewed = grant.clone();
        renewed.supplement = Some(SignedSupplement {
            supplement,
            signature: forger.sign(&supplement.message()),
        });
        assert_eq!(decide(&renewed), Err(DisclosureError::NotCovered));
    }
    // A changed header is not the one of the request on chain.
    let mut widened = grant.clone();
    widened.header.issued_at = NOW + 2;
    widened.patient_signature = hospital.operator.sign(&widened.header.message());
    assert!(matches!(decide(&widened), Err(DisclosureError::Grant(_))));
    // The control: the patient's own signature renews.
    let mut renewed = grant.clone();
    renewed.supplement = Some(SignedSupplement {
        supplement,
        signature: patient.account().sign(&supplement.message()),
    });
    assert_eq!(decide(&renewed), Ok(()));
}
