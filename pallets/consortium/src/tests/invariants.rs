// SPDX-License-Identifier: Apache-2.0
//! Property tests: calls in any order keep the invariants.
//!
//! `try_state` holds, the planned set is never empty, and somebody may author.

use crate::{mock::*, *};
use bspp_primitives::traits::AuthorStandings;
use proptest::prelude::*;
use sp_core::H256;

#[derive(Clone, Debug)]
enum Step {
    AddHospital(u8, u8, u8),
    RemoveHospital(u8),
    Suspend(u8),
    Readmit(u8),
    ChangeOperator(u8, u8),
    SetCouncil(Vec<u8>),
    AddRequester(u8, u8),
    RemoveRequester(u8, u8),
    RotateRequester(u8, u8),
    Rotate(u8, u8, u8),
    AddValidator(u8, u8),
    AdmitValidator(u8, u8, bool),
    WithdrawValidator(u8, u8),
    RemoveValidator(u8, u8),
    NextMonth,
    NextSession,
}

fn step() -> impl Strategy<Value = Step> {
    let id = 0xAu8..0xF;
    let who = 1u8..30;
    prop_oneof![
        (id.clone(), who.clone(), 1u8..9).prop_map(|(h, w, k)| Step::AddHospital(h, w, k)),
        id.clone().prop_map(Step::RemoveHospital),
        id.clone().prop_map(Step::Suspend),
        id.clone().prop_map(Step::Readmit),
        (id.clone(), who.clone()).prop_map(|(h, w)| Step::ChangeOperator(h, w)),
        prop::collection::vec(who.clone(), 0..5).prop_map(Step::SetCouncil),
        (who.clone(), who.clone()).prop_map(|(o, w)| Step::AddRequester(o, w)),
        (who.clone(), who.clone()).prop_map(|(o, w)| Step::RemoveRequester(o, w)),
        (who.clone(), 1u8..9).prop_map(|(w, k)| Step::RotateRequester(w, k)),
        (who.clone(), 0u8..5, 1u8..9).prop_map(|(o, m, k)| Step::Rotate(o, m, k)),
        (who.clone(), who.clone()).prop_map(|(o, w)| Step::AddValidator(o, w)),
        (id, who.clone(), any::<bool>()).prop_map(|(h, w, a)| Step::AdmitValidator(h, w, a)),
        (who.clone(), who.clone()).prop_map(|(o, w)| Step::WithdrawValidator(o, w)),
        (who.clone(), who).prop_map(|(o, w)| Step::RemoveValidator(o, w)),
        Just(Step::NextMonth),
        Just(Step::NextSession),
    ]
}

fn call(step: Step, filing_month: &mut u16) -> Option<(RuntimeOrigin, Call<Test>)> {
    let by = |operator: u8| signed(u64::from(operator));
    let id = H256::repeat_byte;
    let account = u64::from;
    Some(match step {
        Step::AddHospital(h, w, k) => {
            let (hospital, operator, encryption_key) = (id(h), account(w), key(k));
            (
                council(),
                Call::add_hospital {
                    hospital,
                    operator,
                    encryption_key,
                },
            )
        }
        Step::RemoveHospital(h) => (council(), Call::remove_hospital { hospital: id(h) }),
        Step::Suspend(h) => (council(), Call::suspend_hospital { hospital: id(h) }),
        Step::Readmit(h) => (council(), Call::readmit_hospital { hospital: id(h) }),
        Step::ChangeOperator(h, w) => (
            council(),
            Call::change_operator {
                hospital: id(h),
                operator: account(w),
            },
        ),
        Step::SetCouncil(members) => {
            let members = members.into_iter().map(account).collect();
            (
                council(),
                Call::set_council {
                    members,
                    prime: None,
                },
            )
        }
        Step::AddRequester(o, w) => (by(o), {
            // The operators of the genesis are 10 and 20; others' signatures do not hold.
            let hospital = if o < 20 { HOSPITAL_A } else { HOSPITAL_B };
            let (key, signature) = signed_key(hospital, account(w), w);
            Call::add_requester {
                requester: account(w),
                key,
                signature,
            }
        }),
        Step::RotateRequester(w, k) => (by(w), Call::rotate_requester_key { key: key(k) }),
        Step::RemoveRequester(o, w) => (
            by(o),
            Call::remove_requester {
                requester: account(w),
            },
        ),
        Step::Rotate(o, m, k) => {
            let from_filing_month = *filing_month + u16::from(m);
            (
                by(o),
                Call::rotate_encryption_key {
                    from_filing_month,
                    key: key(k),
                },
            )
        }
        Step::AddValidator(o, w) => (
            by(o),
            Call::add_validator {
                validator: account(w),
            },
        ),
        Step::AdmitValidator(h, w, accept_share) => (
            council(),
            Call::admit_validator {
                hospital: id(h),
                validator: account(w),
                accept_share,
            },
        ),
        Step::WithdrawValidator(o, w) => (
            by(o),
            Call::withdraw_validator {
                validator: account(w),
            },
        ),
        Step::RemoveValidator(o, w) => (
            by(o),
            Call::remove_validator {
                validator: account(w),
            },
        ),
        Step::NextMonth => {
            *filing_month += 1;
            set_time(*filing_month);
            return None;
        }
        Step::NextSession => {
            next_session();
            return None;
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn state_should_hold_together_after_any_calls(steps in prop::collection::vec(step(), 1..80)) {
        ExtBuilder::default().build().execute_with(|| {
            use frame_support::traits::UnfilteredDispatchable;
            let mut filing_month = FILING_MONTH;
            for step in steps {
                let before = Consortium::key_at(&HOSPITAL_A, filing_month);
                if let Some((origin, call)) = call(step.clone(), &mut filing_month) {
                    // Most calls fail; none may do harm.
                    let _ = call.dispatch_bypass_filter(origin);
                    prop_assert_eq!(Consortium::key_at(&HOSPITAL_A, filing_month), before);
                }
                prop_assert_eq!(Consortium::do_try_state(), Ok(()), "after {:?}", step);
                prop_assert!(!Consortium::planned_validators().is_empty());
                prop_assert!(Gate::may_leave(&[]));
            }
            Ok(())
        })?;
    }
}
