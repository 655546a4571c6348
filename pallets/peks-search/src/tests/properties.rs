// SPDX-License-Identifier: Apache-2.0
//! In any order of calls, a match occurs once and its status takes allowed steps only.
//!
//! An expired request never opens again.

use crate::{mock::*, Matches, Requests};
use bspp_types::{day_start, messages, DisclosureStatus, RecordId, RequestId, RequestStatus};
use frame_support::{traits::Hooks, weights::Weight};
use frame_system::RawOrigin;
use proptest::prelude::*;
use sp_core::H256;
use sp_runtime::DispatchResult;
use std::collections::{BTreeMap, BTreeSet};

const REQUESTS: u8 = 3;
const RECORDS: u8 = 4;

#[derive(Clone, Debug)]
enum Step {
    Open(u8),
    Prove(u8, u8),
    Revoke(u8),
    Close(u8),
    Claim(u8, u8),
    Confirm(u8, u8),
    Flag(u8, u8),
    Ask(u8, u8),
    Refuse(u8, u8),
    Contest(u8, u8),
    Bury(u8),
    Sweep,
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let request = 1..=REQUESTS;
    let pair = (1..=REQUESTS, 0..RECORDS);
    prop_oneof![
        3 => request.clone().prop_map(Step::Open),
        5 => pair.clone().prop_map(|(r, n)| Step::Prove(r, n)),
        1 => request.clone().prop_map(Step::Revoke),
        1 => request.clone().prop_map(Step::Close),
        1 => request.prop_map(Step::Bury),
        3 => pair.clone().prop_map(|(r, n)| Step::Claim(r, n)),
        3 => pair.clone().prop_map(|(r, n)| Step::Confirm(r, n)),
        3 => pair.clone().prop_map(|(r, n)| Step::Flag(r, n)),
        4 => pair.clone().prop_map(|(r, n)| Step::Ask(r, n)),
        2 => pair.clone().prop_map(|(r, n)| Step::Refuse(r, n)),
        2 => pair.prop_map(|(r, n)| Step::Contest(r, n)),
        1 => Just(Step::Sweep),
        2 => (1..20u64).prop_map(Step::Wait),
    ]
}

/// Whether one call, or none, leads from a status to another.
fn may_follow(from: DisclosureStatus, to: DisclosureStatus) -> bool {
    use DisclosureStatus::*;
    from == to
        || match from {
            Pending => matches!(to, Asked | Claimed | Confirmed),
            Asked => matches!(to, Claimed | Confirmed | Refused | Unanswered),
            Claimed => matches!(to, Confirmed | Contested),
            Refused | Unanswered => to == Claimed,
            Contested => matches!(to, Claimed | Confirmed),
            Confirmed => false,
        }
}

/// Applies a step. Refusals are fine.
fn apply(step: &Step, now: &mut u64) -> DispatchResult {
    let doctor = RuntimeOrigin::signed(DOCTOR);
    let authorized = RawOrigin::Authorized.into();
    match *step {
        Step::Open(r) => PeksSearch::open_request(doctor, grant(r)),
        Step::Prove(r, n) => {
            PeksSearch::prove_match(doctor, proof(request(r), 0, u32::from(n), 10 + n))
        }
        Step::Revoke(r) => PeksSearch::revoke_request(authorized, request(r), [0; 64]),
        Step::Close(r) => PeksSearch::close_request(authorized, request(r), [0; 64]),
        Step::Claim(r, n) => {
            let operator = RuntimeOrigin::signed(OPERATOR_A);
            PeksSearch::claim_disclosure(operator, request(r), record(10 + n))
        }
        Step::Confirm(r, n) => PeksSearch::confirm_disclosure(doctor, request(r), record(10 + n)),
        Step::Flag(r, n) => PeksSearch::flag_unanswered(doctor, request(r), record(10 + n)),
        Step::Ask(r, n) => {
            PeksSearch::ask_disclosure(doctor, request(r), record(10 + n), H256::zero())
        }
        Step::Refuse(r, n) => {
            let operator = RuntimeOrigin::signed(OPERATOR_A);
            PeksSearch::refuse_disclosure(operator, request(r), record(10 + n))
        }
        Step::Contest(r, n) => PeksSearch::contest_claim(doctor, request(r), record(10 + n)),
        Step::Bury(r) => {
            let message = messages::tombstone_message(&CHAIN, &request(r), EXPIRY);
            let signature = grant_key(r).sign(&message);
            let operator = RuntimeOrigin::signed(OPERATOR_A);
            PeksSearch::file_tombstone(operator, authority(r), EXPIRY, signature)
        }
        Step::Sweep => {
            PeksSearch::on_idle(1, Weight::MAX);
            Ok(())
        }
        Step::Wait(hours) => {
            *now += hours * HOUR;
            Clock::set(*now);
            Ok(())
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_match_should_be_proved_twice_and_no_status_take_a_forbidden_step(
        steps in prop::collection::vec(step(), 1..50)
    ) {
        let entries = (0..RECORDS).map(|n| entry(10 + n)).collect();
        ExtBuilder::default().with_block(HOSPITAL_A, entries).build_and_execute(|| {
            let mut now = NOW;
            let mut proved: BTreeMap<(RequestId, RecordId), DisclosureStatus> = BTreeMap::new();
            let mut ended: BTreeMap<RequestId, RequestStatus> = BTreeMap::new();
            let mut opened: BTreeSet<RequestId> = BTreeSet::new();
            for step in &steps {
                let (unanswered, contested) =
                    (PeksSearch::unanswered(HOSPITAL_A), PeksSearch::contested(HOSPITAL_A));
                let done = apply(step, &mut now).is_ok();
                if let (true, Step::Open(r)) = (done, step.clone()) {
                    // Neither a sweep nor a tombstone lets a grant key open a second request.
                    assert!(opened.insert(request(r)), "a grant key opened twice");
                    assert_eq!(PeksSearch::tombstone(request(r)), None);
                }
                if let (true, Step::Prove(r, n)) = (done, step.clone()) {
                    // Each match is new: it was never proved before.
                    let pending = DisclosureStatus::Pending;
                    assert!(proved.insert((request(r), record(10 + n)), pending).is_none());
                }
                for (id, rid, matched) in Matches::<Test>::iter() {
                    let known = proved.get_mut(&(id, rid)).unwrap();
                    assert!(may_follow(*known, matched.disclosure), "{known:?} {matched:?}");
                    *known = matched.disclosure;
                }
                // Only the sweep of an expired request takes matches away.
                proved.retain(|(id, _), _| Requests::<Test>::contains_key(id) || {
                    assert!(now >= day_start(EXPIRY) + ANSWER_PERIOD);
                    false
                });
                assert_eq!(Matches::<Test>::iter().count(), proved.len());
                for (id, request) in Requests::<Test>::iter() {
                    if let Some(status) = ended.get(&id) {
                        assert_eq!(request.status, *status);
                    } else if request.status != RequestStatus::Open {
                        ended.insert(id, request.status);
                    }
                }
                assert!(PeksSearch::unanswered(HOSPITAL_A) >= unanswered);
                assert!(PeksSearch::contested(HOSPITAL_A) >= contested);
                PeksSearch::do_try_state().unwrap();
            }
        });
    }
}
