// SPDX-License-Identifier: Apache-2.0
//! Attacks by a doctor with a grant in force, who wants more than it names.
#![allow(clippy::unwrap_used)]

use bspp_attacks::*;
use bspp_peks::{Ed25519Secret, LabelOpening, MatchStatement, PatientKeys};
use bspp_record::{DisclosureError, ScopeOpening, SharedRecord, SlotOpening};
use bspp_types::{LabelState, H256};

/// Attack: any later grant ("vaccination") revives old trapdoors ("HIV").
///
/// The doctor proves the match of the HIV record with the old trapdoor, under the new request. The
/// chain accepts that: a match shows knowledge. Rests on match keys that commit to their labels, and
/// on the scope of the header. Revert: leave the label out of `LabelOpening::match_key`, or the
/// comparison out of `ScopeOpening::covers`; then the last question is answered, as in version 1.
#[test]
fn any_later_grant_should_not_revive_an_old_trapdoor() {
    let (mut hospital, doctor, patient) = (Hospital::new(), Doctor::new(11), keys(1));
    let record = hospital.file(&patient, 0, &[hiv()]);
    let entry = &record.encrypted.record.entry;
    let (_, old) = doctor.granted(&patient, 0, &[hospital.item(0, &[hiv()], true)]);
    let (later, new) = doctor.granted(&patient, 1, &[hospital.item(0, &[vaccination()], true)]);
    let on_chain = opened(&later.open_request(), &doctor);

    let label = &old.items[0].labels[0];
    let secret = search_secret(&hospital, &old, label);
    let (slot, counter) = found(entry, &secret).unwrap();
    let month_label = old.items[0].month_label(0).unwrap();
    let statement = MatchStatement {
        chain: CHAIN,
        request: later.header.request_id().0,
        rid: record.encrypted.rid.0,
        tag: secret.tag(counter),
        requester: doctor.account.public(),
    };
    let proof = statement.sign(&secret.match_key(counter, &month_label));
    let registered = &entry.slots[usize::from(slot)].match_key;
    assert!(statement.verify(registered, &proof).is_ok());

    // The control: the same evidence under the grant that names the label.
    let honest = evidence(&hospital, &old, 0, &record).unwrap();
    let question = doctor.question(&hospital, &old, &record, &honest);
    let own_request = opened(&old.open_request, &doctor);
    let state = LabelState::default();
    let decision = hospital.decide(&question, &own_request, (&record, &patient), &state, NOW);
    assert_eq!(decision, Ok(()));

    let slots = vec![slot_opening(&hospital, &old, label, entry).unwrap()];
    let moved = new.items[0].scope_opening(slots).unwrap();
    let question = doctor.question(&hospital, &new, &record, &moved);
    let decision = hospital.decide(&question, &on_chain, (&record, &patient), &state, NOW);
    assert_eq!(decision, Err(DisclosureError::NotCovered));
    // The leaf of the old grant does not belong to the root of the new one either.
    let question = doctor.question(&hospital, &new, &record, &honest);
    let decision = hospital.decide(&question, &on_chain, (&record, &patient), &state, NOW);
    assert_eq!(decision, Err(DisclosureError::NotCovered));
}

/// Attack: the doctor reads from the answers whose a record is, with changed evidence.
///
/// Rests on one refusal for every check of the hospital's own records. Revert: give a check in
/// `DisclosureRequest::covers` an error of its own.
#[test]
fn curious_doctor_should_get_one_answer_for_every_uncovered_record() {
    let (mut hospital, doctor, patient) = (Hospital::new(), Doctor::new(11), keys(1));
    let record = hospital.file(&patient, 0, &[vaccination(), hiv()]);
    let without = hospital.file(&patient, 0, &[hiv()]);
    let stranger = keys(2);
    let foreign = hospital.file(&stranger, 0, &[vaccination()]);
    let (envelope, grant) = doctor.granted(
        &patient,
        0,
        &[
            hospital.item(0, &[vaccination()], true),
            hospital.item(0, &[vaccination(), keyword("1")], true),
        ],
    );
    let on_chain = opened(&envelope.open_request(), &doctor);
    let state = LabelState::default();
    let decide = |record: &SharedRecord, owner: &PatientKeys, opening: &ScopeOpening| {
        let question = doctor.question(&hospital, &grant, record, opening);
        hospital.decide(&question, &on_chain, (record, owner), &state, NOW)
    };
    let honest = evidence(&hospital, &grant, 0, &record).unwrap();
    assert_eq!(decide(&record, &patient, &honest), Ok(()));

    let refused = Err(DisclosureError::NotCovered);
    assert_eq!(decide(&without, &patient, &honest), refused);
    assert_eq!(decide(&foreign, &stranger, &honest), refused);
    // The hospital's records name another patient than the one who signed.
    assert_eq!(decide(&record, &stranger, &honest), refused);

    type Change = fn(&mut ScopeOpening);
    let changes: [(&str, Change); 8] = [
        ("salt", |o| o.leaf.salt[0] ^= 1),
        ("month", |o| o.leaf.filing_month += 1),
        ("label", |o| o.leaf.labels[0][0] ^= 1),
        ("may open", |o| o.leaf.may_open = false),
        ("place", |o| o.position ^= 1),
        ("path", |o| o.path[11] = H256([1; 32])),
        ("opening", |o| o.slots[0].opening[0] ^= 1),
        ("slot", |o| o.slots[0].slot = 200),
    ];
    for (name, change) in changes {
        let mut changed = honest.clone();
        change(&mut changed);
        assert_eq!(decide(&record, &patient, &changed), refused, "{name}");
    }
    // Every other slot of the record, padding included, under the same leaf.
    for slot in 0..record.encrypted.record.entry.slots.len() as u8 {
        let mut changed = honest.clone();
        if changed.slots[0].slot != slot {
            changed.slots[0].slot = slot;
            assert_eq!(decide(&record, &patient, &changed), refused, "{slot}");
        }
    }
    // An item of two labels, one of which the record lacks: the present one is shown twice.
    let both = &grant.items[1];
    let present = honest.slots[0].clone();
    let twice = both.scope_opening(vec![present.clone(), present]).unwrap();
    assert_eq!(decide(&record, &patient, &twice), refused);
}

/// Attack: a record has both labels, and the other slot is shown under the granted leaf.
///
/// Rests on the label in the match key. Revert: as above.
#[test]
fn doctor_should_not_open_another_slot_under_the_granted_leaf() {
    let (mut hospital, doctor, patient) = (Hospital::new(), Doctor::new(11), keys(1));
    let record = hospital.file(&patient, 0, &[vaccination(), hiv()]);
    let entry = &record.encrypted.record.entry;
    let (_, old) = doctor.granted(&patient, 0, &[hospital.item(0, &[hiv()], true)]);
    let (_, grant) = doctor.granted(&patient, 1, &[hospital.item(0, &[vaccination()], true)]);
    let slot = slot_opening(&hospital, &old, &old.items[0].labels[0], entry).unwrap();
    let opening = grant.items[0].scope_opening(vec![slot]).unwrap();
    assert!(!opening.covers(&grant.header.scope_root, entry, MONTH));
    let honest = evidence(&hospital, &grant, 0, &record).unwrap();
    assert!(honest.covers(&grant.header.scope_root, entry, MONTH));
}

/// Attack: the doctor may only find the record, and asks for it with changed permission.
///
/// Rests on `may_open` in the hash of the leaf. Revert: leave it out of `ScopeLeaf::hash`.
#[test]
fn doctor_should_not_turn_find_into_open() {
    let (mut hospital, doctor, patient) = (Hospital::new(), Doctor::new(11), keys(1));
    let record = hospital.file(&patient, 0, &[hiv()]);
    let (envelope, grant) = doctor.granted(&patient, 0, &[hospital.item(0, &[hiv()], false)]);
    assert!(grant.items[0].labels[0].open.is_none());
    let on_chain = opened(&envelope.open_request(), &doctor);
    let state = LabelState::default();
    let mut opening = evidence(&hospital, &grant, 0, &record).unwrap();
    for wanted in [DisclosureError::OpenNotGranted, DisclosureError::NotCovered] {
        let question = doctor.question(&hospital, &grant, &record, &opening);
        let decision = hospital.decide(&question, &on_chain, (&record, &patient), &state, NOW);
        assert_eq!(decision, Err(wanted));
        opening.leaf.may_open = true;
    }
}

/// Attack: the doctor hits a match key by trying openings under a granted label.
///
/// Rests on 256 bits of the opening. The test shows that a key depends on the whole opening.
#[test]
fn guessed_opening_should_not_hit_a_slot() {
    let (mut hospital, doctor, patient) = (Hospital::new(), Doctor::new(11), keys(1));
    let record = hospital.file(&patient, 0, &[hiv()]);
    let entry = &record.encrypted.record.entry;
    let (_, grant) = doctor.granted(&patient, 0, &[hospital.item(0, &[vaccination()], true)]);
    let label = grant.items[0].month_label(0).unwrap();
    for guess in 0..=u8::MAX {
        let key = LabelOpening::from_bytes([guess; 32]).match_key(&label);
        assert!(entry
            .slots
            .iter()
            .all(|slot| slot.match_key != key.public()));
        let slots = vec![SlotOpening {
            slot: 0,
            opening: [guess; 32],
        }];
        let opening = grant.items[0].scope_opening(slots).unwrap();
        assert!(!opening.covers(&grant.header.scope_root, entry, MONTH));
    }
    // Not even the secret of a registered key is an opening of it.
    let own = Ed25519Secret::from_seed(&[1; 32]);
    let opening = LabelOpening::from_bytes(*own.seed());
    assert_ne!(opening.match_key(&label).public(), own.public());
}
