// SPDX-License-Identifier: Apache-2.0
//! In any order of calls, a match occurs once and no status goes back.

use crate::{mock::*, Matches, Requests};
use bspp_types::{DisclosureStatus, RecordId, RequestId, RequestStatus};
use frame_system::RawOrigin;
use proptest::prelude::*;
use sp_runtime::DispatchResult;
use std::collections::BTreeMap;

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
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let request = 1..=REQUESTS;
    let pair = (1..=REQUESTS, 0..RECORDS);
    prop_oneof![
        3 => request.clone().prop_map(Step::Open),
        5 => pair.clone().prop_map(|(r, n)| Step::Prove(r, n)),
        1 => request.clone().prop_map(Step::Revoke),
        1 => request.prop_map(Step::Close),
        3 => pair.clone().prop_map(|(r, n)| Step::Claim(r, n)),
        3 => pair.clone().prop_map(|(r, n)| Step::Confirm(r, n)),
        3 => pair.prop_map(|(r, n)| Step::Flag(r, n)),
        2 => (1..20u64).prop_map(Step::Wait),
    ]
}

fn rank(status: DisclosureStatus) -> u8 {
    match status {
        DisclosureStatus::Pending => 0,
        DisclosureStatus::Unanswered => 1,
        DisclosureStatus::Claimed => 2,
        DisclosureStatus::Confirmed => 3,
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
    fn no_match_should_be_proved_twice_and_no_status_go_back(
        steps in prop::collection::vec(step(), 1..50)
    ) {
        let entries = (0..RECORDS).map(|n| entry(10 + n)).collect();
        ExtBuilder::default().with_block(HOSPITAL_A, entries).build_and_execute(|| {
            let mut now = NOW;
            let mut proved: BTreeMap<(RequestId, RecordId), u8> = BTreeMap::new();
            let mut ended: BTreeMap<RequestId, RequestStatus> = BTreeMap::new();
            for step in &steps {
                let unanswered = PeksSearch::unanswered(HOSPITAL_A);
                let done = apply(step, &mut now).is_ok();
                if let (true, Step::Prove(r, n)) = (done, step.clone()) {
                    // Each match is new: it was never proved before.
                    assert!(proved.insert((request(r), record(10 + n)), 0).is_none());
                }
                for (id, rid, matched) in Matches::<Test>::iter() {
                    let known = proved.get_mut(&(id, rid)).unwrap();
                    assert!(rank(matched.disclosure) >= *known);
                    *known = rank(matched.disclosure);
                }
                assert_eq!(Matches::<Test>::iter().count(), proved.len());
                for (id, request) in Requests::<Test>::iter() {
                    if let Some(status) = ended.get(&id) {
                        assert_eq!(request.status, *status);
                    } else if request.status != RequestStatus::Open {
                        ended.insert(id, request.status);
                    }
                }
                assert!(PeksSearch::unanswered(HOSPITAL_A) >= unanswered);
                PeksSearch::do_try_state().unwrap();
            }
        });
    }
}
