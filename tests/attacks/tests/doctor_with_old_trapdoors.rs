// SPDX-License-Identifier: Apache-2.0
//! Attacks by a doctor whose grant was revoked or has expired, and who keeps its trapdoors.
#![allow(clippy::unwrap_used)]

use bspp_attacks::*;
use bspp_record::{create_supplement, DisclosureError, GrantError, ReceivedGrant};
use bspp_types::{day_start, LabelRise, LabelState, Moment};

/// A rise of the label version to 1 at `raised_on`.
fn risen(raised_on: Moment, revoke_before: Moment) -> LabelState {
    LabelState {
        version: 1,
        revoke_before,
        rises: vec![LabelRise {
            filing_month: MONTH,
            version: 1,
            raised_on,
        }],
    }
}

/// The decision on a question with the honest evidence of the first item of a grant.
fn decide(
    hospital: &mut Hospital,
    grant: &ReceivedGrant,
    state: &LabelState,
    now: Moment,
) -> Result<(), DisclosureError> {
    let (doctor, patient) = (Doctor::new(11), keys(1));
    let record = hospital.file(&patient, 0, &[hiv()]);
    let opening = evidence(hospital, grant, 0, &record).unwrap();
    let question = doctor.question(hospital, grant, &record, &opening);
    let on_chain = opened(&grant.open_request, &doctor);
    hospital.decide(&question, &on_chain, (&record, &patient), state, now)
}

/// Attack: the doctor searches again after the revocation.
///
/// Rests on the label version in κ. Revert: leave the version out of `Kappa::derive`. The first part
/// is the attack without the defence: the version has not risen.
#[test]
fn old_trapdoor_should_not_find_what_is_filed_after_a_rise() {
    let (mut hospital, doctor, patient) = (Hospital::new(), Doctor::new(11), keys(1));
    let (_, grant) = doctor.granted(&patient, 0, &[hospital.item(0, &[hiv()], true)]);
    let secret = search_secret(&hospital, &grant, &grant.items[0].labels[0]);
    let same = hospital.file(&patient, 0, &[hiv()]);
    assert!(found(&same.encrypted.record.entry, &secret).is_some());
    let later = hospital.file(&patient, 1, &[hiv()]);
    assert!(found(&later.encrypted.record.entry, &secret).is_none());
    // The patient's new trapdoor finds it, so it is there.
    let (_, renewed) = doctor.granted(&patient, 1, &[hospital.item(1, &[hiv()], true)]);
    let secret = search_secret(&hospital, &renewed, &renewed.items[0].labels[0]);
    assert!(found(&later.encrypted.record.entry, &secret).is_some());
}

/// Attack: the doctor asks on the day after the last one of the grant.
///
/// Rests on the expiry in header and request. Revert: leave out `check_expiry`.
#[test]
fn doctor_with_an_expired_grant_should_be_refused() {
    let (mut hospital, doctor, patient) = (Hospital::new(), Doctor::new(11), keys(1));
    let (_, grant) = doctor.granted(&patient, 0, &[hospital.item(0, &[hiv()], true)]);
    let end = day_start(grant.header.expiry);
    let state = LabelState::default();
    assert_eq!(decide(&mut hospital, &grant, &state, end - 1), Ok(()));
    assert_eq!(
        decide(&mut hospital, &grant, &state, end),
        Err(DisclosureError::Grant(GrantError::GrantExpired(end)))
    );
}

/// Attack: the doctor uses a grant that the wallet has lost and cannot revoke by name.
///
/// Rests on `revoke_before`. Revert: leave it out of `check_currency`.
#[test]
fn doctor_with_a_grant_of_a_revoked_time_should_be_refused() {
    let (mut hospital, doctor, patient) = (Hospital::new(), Doctor::new(11), keys(1));
    let (_, grant) = doctor.granted(&patient, 0, &[hospital.item(0, &[hiv()], true)]);
    let revoked = risen(NOW + 1, NOW + 1);
    assert_eq!(
        decide(&mut hospital, &grant, &revoked, NOW + 2),
        Err(DisclosureError::GrantRevoked)
    );
    let earlier = LabelState {
        revoke_before: NOW,
        ..LabelState::default()
    };
    assert_eq!(decide(&mut hospital, &grant, &earlier, NOW + 2), Ok(()));
}

/// Attack: the doctor uses a grant that misses records, as if it were complete.
///
/// Rests on the version that header and supplement name. Revert: leave `Stale` out of `check_currency`.
#[test]
fn doctor_with_a_stale_grant_should_need_a_supplement() {
    let (mut hospital, doctor, patient) = (Hospital::new(), Doctor::new(11), keys(1));
    let items = [
        hospital.item(0, &[hiv()], true),
        hospital.item(1, &[hiv()], true),
    ];
    let (_, mut grant) = doctor.granted(&patient, 0, &items[..1]);
    let state = risen(NOW + 1, 0);
    assert_eq!(
        decide(&mut hospital, &grant, &state, NOW + 2),
        Err(DisclosureError::Stale)
    );
    let supplement =
        create_supplement(&patient, &grant.header, &items, NOW + 1, &mut rng(30)).unwrap();
    grant
        .apply(&supplement, &doctor.x25519, &mut rng(31))
        .unwrap();
    assert_eq!(decide(&mut hospital, &grant, &state, NOW + 2), Ok(()));
    // A rise in a later month does not touch this one.
    let mut later = risen(NOW + 5, 0);
    later.rises[0].filing_month = MONTH + 1;
    assert_eq!(decide(&mut hospital, &grant, &later, NOW + 6), Ok(()));
    // An older supplement does not take the place of a newer one.
    let older = create_supplement(&patient, &grant.header, &items, NOW, &mut rng(32)).unwrap();
    assert_eq!(
        grant.apply(&older, &doctor.x25519, &mut rng(33)),
        Err(GrantError::SupplementMismatch)
    );
}

/// Attack: the doctor shows the supplement of another grant with a narrower one.
///
/// Rests on the header's hash in the supplement. Revert: leave it out of `SignedSupplement::verify`.
#[test]
fn doctor_should_not_use_the_supplement_of_another_grant() {
    let (mut hospital, doctor, patient) = (Hospital::new(), Doctor::new(11), keys(1));
    let wide = [
        hospital.item(0, &[hiv()], true),
        hospital.item(1, &[hiv()], true),
    ];
    let (_, mut narrow) = doctor.granted(&patient, 0, &[hospital.item(0, &[vaccination()], true)]);
    let (_, mut other) = doctor.granted(&patient, 1, &wide);
    let supplement =
        create_supplement(&patient, &other.header, &wide, NOW + 1, &mut rng(30)).unwrap();
    assert_eq!(
        narrow.apply(&supplement, &doctor.x25519, &mut rng(31)),
        Err(GrantError::SupplementMismatch)
    );
    // The doctor's tool does not refuse, but the hospital does.
    other
        .apply(&supplement, &doctor.x25519, &mut rng(31))
        .unwrap();
    narrow.supplement = other.supplement;
    narrow.items = other.items.clone();
    let state = risen(NOW + 1, 0);
    assert_eq!(
        decide(&mut hospital, &narrow, &state, NOW + 2),
        Err(DisclosureError::NotCovered)
    );
    assert_eq!(decide(&mut hospital, &other, &state, NOW + 2), Ok(()));
}
