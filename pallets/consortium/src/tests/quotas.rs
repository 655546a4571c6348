// SPDX-License-Identifier: Apache-2.0
//! Quotas of hospitals, of their requesters, and of operational calls.

use crate::{mock::*, *};
use bspp_primitives::{
    quota::Usage,
    refusal,
    traits::{Admission, Admitted, QuotaRoom},
};
use frame_support::{assert_noop, assert_ok};
use proptest::prelude::*;
use sp_runtime::{
    transaction_validity::{InvalidTransaction, TransactionValidityError},
    DispatchError,
};
use std::collections::BTreeMap;

const DOCTOR_A2: AccountId = 14;
const DOCTOR_A3: AccountId = 15;

fn remark() -> RuntimeCall {
    frame_system::Call::remark { remark: vec![] }.into()
}

fn operational() -> RuntimeCall {
    frame_system::Call::set_heap_pages { pages: 1 }.into()
}

fn used(parts: u16) -> Result<Admitted, TransactionValidityError> {
    Ok(Admitted {
        operational: false,
        used: parts,
    })
}

fn exceeded<O>() -> Result<O, TransactionValidityError> {
    Err(InvalidTransaction::Custom(refusal::QUOTA_EXCEEDED).into())
}

fn charge(who: AccountId, weight: u64, len: u32) -> Result<(), TransactionValidityError> {
    Consortium::charge(&who, &remark(), weight, len)
}

fn add_doctors() {
    for doctor in [DOCTOR_A2, DOCTOR_A3] {
        assert_ok!(add_requester(signed(OPERATOR_A), HOSPITAL_A, doctor));
    }
}

#[test]
fn a_hospitals_accounts_should_share_one_quota() {
    ExtBuilder::default().run(|| {
        assert_eq!(Consortium::check(&OPERATOR_A, &remark(), 250, 1), used(250));
        assert_ok!(charge(OPERATOR_A, 250, 1));
        assert_ok!(charge(DOCTOR_A, 250, 1));
        assert_eq!(
            Consortium::check(&OPERATOR_A, &remark(), 500, 1),
            used(1000)
        );
        let over = Consortium::check(&OPERATOR_A, &remark(), 501, 1);
        assert_eq!(over, exceeded());
        assert_eq!(charge(OPERATOR_A, 501, 1), exceeded());
        // A refused charge costs nothing and does not affect other hospitals.
        assert_eq!(UsedQuota::<Test>::get(HOSPITAL_A).weight, 500);
        assert_eq!(Consortium::check(&OPERATOR_B, &remark(), 1, 1), used(2));
    });
}

#[test]
fn bytes_should_count_beside_weight() {
    ExtBuilder::default().run(|| {
        assert_eq!(Consortium::check(&OPERATOR_A, &remark(), 1, 250), used(500));
        let too_long = u32::try_from(QUOTA_BYTES).unwrap() + 1;
        assert_eq!(
            Consortium::check(&OPERATOR_A, &remark(), 1, too_long),
            exceeded()
        );
        assert_eq!(
            Consortium::check(&OPERATOR_A, &remark(), u64::MAX, u32::MAX),
            exceeded()
        );
    });
}

#[test]
fn quota_should_be_whole_again_when_a_session_begins() {
    ExtBuilder::default().run(|| {
        assert_ok!(charge(OPERATOR_A, QUOTA_WEIGHT, 1));
        assert!(Consortium::check(&OPERATOR_A, &remark(), 1, 1).is_err());
        set_session(1);
        assert_eq!(Consortium::check(&OPERATOR_A, &remark(), 1, 1), used(2));
        assert_ok!(charge(OPERATOR_A, 1, 1));
        assert_eq!(
            UsedQuota::<Test>::get(HOSPITAL_A),
            Usage {
                session: 1,
                number: 1,
                weight: 1,
                bytes: 1
            }
        );
    });
}

/// Attack: one doctor's key uses up its hospital's quota, so that the hospital lags.
#[test]
fn one_requester_should_use_its_share_only() {
    ExtBuilder::default().run(|| {
        assert_ok!(charge(DOCTOR_A, DELEGATE_WEIGHT, 1));
        assert_eq!(charge(DOCTOR_A, 1, 1), exceeded());
        set_session(1);
        let share = u32::try_from(DELEGATE_BYTES).unwrap();
        assert_ok!(charge(DOCTOR_A, 1, share));
        assert_eq!(charge(DOCTOR_A, 1, 1), exceeded());
        // The operator has the rest.
        assert_ok!(charge(OPERATOR_A, QUOTA_WEIGHT - 1, 1));
    });
}

/// Attack: many doctors' keys together use up their hospital's quota.
#[test]
fn all_requesters_together_should_leave_half_to_the_operator() {
    ExtBuilder::default().run(|| {
        add_doctors();
        assert_ok!(charge(DOCTOR_A, 300, 1));
        assert_ok!(charge(DOCTOR_A2, 200, 1));
        assert_eq!(charge(DOCTOR_A3, 1, 1), exceeded());
        assert_ok!(charge(OPERATOR_A, 500, 1));
        // The operator's own use leaves requesters what is left of the whole.
        set_session(1);
        assert_ok!(charge(OPERATOR_A, 900, 1));
        assert_ok!(charge(DOCTOR_A, 100, 1));
        assert_eq!(charge(DOCTOR_A2, 1, 1), exceeded());
    });
}

/// Attack: an operator removes and adds a requester, so that it gets a new quota.
#[test]
fn share_should_stay_used_when_a_requester_returns() {
    ExtBuilder::default().run(|| {
        assert_ok!(charge(DOCTOR_A, DELEGATE_WEIGHT, 1));
        assert_ok!(Consortium::remove_requester(signed(OPERATOR_A), DOCTOR_A));
        let (key, signature) = signed_key(HOSPITAL_A, DOCTOR_A, 2);
        assert_ok!(Consortium::add_requester(
            signed(OPERATOR_A),
            DOCTOR_A,
            key,
            signature
        ));
        assert_eq!(charge(DOCTOR_A, 1, 1), exceeded());
    });
}

#[test]
fn operational_calls_should_count_against_a_quota_of_the_account() {
    ExtBuilder::default().run(|| {
        assert_ok!(charge(OPERATOR_A, QUOTA_WEIGHT, 1));
        for who in [OPERATOR_A, VALIDATOR_A, COUNCILLOR] {
            for n in 1..=4 {
                assert_eq!(
                    Consortium::check(&who, &operational(), 100, 50),
                    Ok(Admitted {
                        operational: true,
                        used: n * 250
                    })
                );
                assert_ok!(Consortium::charge(&who, &operational(), 100, 50));
            }
            assert_eq!(Consortium::check(&who, &operational(), 0, 0), exceeded());
            assert_eq!(Consortium::charge(&who, &operational(), 0, 0), exceeded());
        }
        assert_eq!(UsedQuota::<Test>::get(HOSPITAL_A).weight, QUOTA_WEIGHT);
        set_session(1);
        assert_ok!(Consortium::charge(&VALIDATOR_A, &operational(), 400, 200));
        assert_eq!(
            Consortium::charge(&VALIDATOR_A, &operational(), 1, 0),
            exceeded()
        );
    });
}

/// Attack: an operator changes the anchorer again and again, so that each gets a new quota.
#[test]
fn anchorers_of_a_hospital_should_share_one_quota() {
    ExtBuilder::default().run(|| {
        let set = |who| Consortium::set_anchorer(signed(OPERATOR_A), Some(who));
        assert_ok!(set(16));
        assert_ok!(Consortium::charge(&16, &operational(), 400, 1));
        assert_ok!(set(17));
        assert_eq!(Consortium::charge(&17, &operational(), 1, 1), exceeded());
        // The operator has a quota of its own.
        assert_ok!(Consortium::charge(&OPERATOR_A, &operational(), 400, 1));
        set_session(1);
        assert_ok!(Consortium::charge(&17, &operational(), 400, 1));
    });
}

#[test]
fn grant_quota_should_raise_the_operators_quota_until_its_session() {
    ExtBuilder::default().run(|| {
        assert_ok!(Consortium::grant_quota(council(), HOSPITAL_A, 500, 100, 1));
        let grant = Grant {
            weight: 500,
            bytes: 100,
            until: 1,
        };
        assert_eq!(
            last_event(),
            Event::QuotaGranted {
                hospital: HOSPITAL_A,
                grant
            }
        );
        for session in 0..2 {
            set_session(session);
            assert_ok!(charge(OPERATOR_A, QUOTA_WEIGHT + 500, 600));
            assert_eq!(charge(OPERATOR_A, 1, 0), exceeded());
        }
        set_session(2);
        assert_eq!(charge(OPERATOR_A, QUOTA_WEIGHT + 1, 1), exceeded());
        assert_ok!(charge(OPERATOR_A, QUOTA_WEIGHT, 1));
    });
}

#[test]
fn grant_quota_should_not_raise_the_share_of_requesters() {
    ExtBuilder::default().run(|| {
        add_doctors();
        assert_ok!(Consortium::grant_quota(
            council(),
            HOSPITAL_A,
            9_000,
            9_000,
            1
        ));
        assert_eq!(charge(DOCTOR_A, DELEGATE_WEIGHT + 1, 1), exceeded());
        assert_ok!(charge(DOCTOR_A, 300, 1));
        assert_ok!(charge(DOCTOR_A2, 200, 1));
        assert_eq!(charge(DOCTOR_A3, 1, 1), exceeded());
    });
}

#[test]
fn grant_quota_should_end_an_earlier_grant_when_it_is_zero() {
    ExtBuilder::default().run(|| {
        assert_ok!(Consortium::grant_quota(council(), HOSPITAL_A, 500, 100, 9));
        assert_ok!(Consortium::grant_quota(council(), HOSPITAL_A, 0, 0, 0));
        assert_eq!(GrantedQuotas::<Test>::get(HOSPITAL_A), None);
        assert_eq!(charge(OPERATOR_A, QUOTA_WEIGHT + 1, 1), exceeded());
    });
}

#[test]
fn grant_quota_should_fail_when_not_by_the_council_or_for_no_hospital_or_too_late() {
    ExtBuilder::default().run(|| {
        for who in [OPERATOR_A, COUNCILLOR, DOCTOR_A] {
            assert_noop!(
                Consortium::grant_quota(signed(who), HOSPITAL_A, 1, 1, 1),
                DispatchError::BadOrigin
            );
        }
        assert_noop!(
            Consortium::grant_quota(council(), HOSPITAL_C, 1, 1, 1),
            Error::<Test>::NotFound
        );
        set_session(2);
        assert_noop!(
            Consortium::grant_quota(council(), HOSPITAL_A, 1, 1, 1),
            Error::<Test>::SessionOver
        );
        assert_ok!(Consortium::remove_hospital(council(), HOSPITAL_B));
        assert_noop!(
            Consortium::grant_quota(council(), HOSPITAL_B, 1, 1, 2),
            Error::<Test>::NotFound
        );
    });
}

#[test]
fn quota_should_go_with_the_hospital() {
    ExtBuilder::default().run(|| {
        assert_ok!(Consortium::charge(&OPERATOR_B, &remark(), 1, 1));
        assert_ok!(Consortium::grant_quota(council(), HOSPITAL_B, 1, 1, 1));
        assert_ok!(Consortium::remove_hospital(council(), HOSPITAL_B));
        assert!(!UsedQuota::<Test>::contains_key(HOSPITAL_B));
        assert!(!GrantedQuotas::<Test>::contains_key(HOSPITAL_B));
    });
}

#[test]
fn room_for_should_tell_whether_the_operators_call_fits() {
    ExtBuilder::default().run(|| {
        assert!(Consortium::room_for(&HOSPITAL_A, QUOTA_WEIGHT, QUOTA_BYTES));
        assert!(!Consortium::room_for(&HOSPITAL_A, QUOTA_WEIGHT + 1, 0));
        assert_ok!(charge(OPERATOR_A, 900, 1));
        assert!(Consortium::room_for(&HOSPITAL_A, 100, 1));
        assert!(!Consortium::room_for(&HOSPITAL_A, 101, 1));
        set_session(1);
        assert!(Consortium::room_for(&HOSPITAL_A, QUOTA_WEIGHT, 1));
    });
}

/// Attack: an operator burns the quota with other calls, so that its lag clock stands.
#[test]
fn burnt_quota_should_not_stop_the_lag_clock() {
    ExtBuilder::default().run(|| {
        let stops = || Consortium::quota_stops(&HOSPITAL_A, 200, 1);
        assert!(!stops(), "there is room");
        assert_ok!(charge(OPERATOR_A, 900, 1));
        assert!(!stops(), "nothing was registered");
        Consortium::note_registered(&HOSPITAL_A, 449, 1);
        assert!(!stops(), "less than half of the used room registered");
        Consortium::note_registered(&HOSPITAL_A, 1, 1);
        assert!(stops());
        set_session(1);
        assert!(!stops(), "the quota is new");
        assert_ok!(charge(OPERATOR_A, 900, 1));
        assert!(!stops(), "registrations of the last session do not count");
    });
}

/// A transaction of one of hospital A's accounts, or the end of a session.
fn step() -> impl Strategy<Value = Option<(AccountId, bool, u64, u32)>> {
    let who = prop::sample::select(vec![
        OPERATOR_A,
        DOCTOR_A,
        DOCTOR_A2,
        DOCTOR_A3,
        VALIDATOR_A,
        COUNCILLOR,
    ]);
    prop_oneof![
        12 => (who, any::<bool>(), 0u64..400, 0u32..200).prop_map(Some),
        1 => Just(None),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// No sequence of transactions takes more room of the blocks of a session than the quotas.
    #[test]
    fn included_transactions_should_keep_to_every_quota(
        steps in prop::collection::vec(step(), 1..120)
    ) {
        ExtBuilder::default().build().execute_with(|| {
            add_doctors();
            let mut session = 0;
            // The content of the session's blocks: number, weight, bytes, by account and kind.
            let mut included: BTreeMap<(AccountId, bool), (u32, u64, u64)> = BTreeMap::new();
            for step in steps {
                let Some((who, is_operational, weight, len)) = step else {
                    session += 1;
                    set_session(session);
                    included.clear();
                    continue;
                };
                let call = if is_operational { operational() } else { remark() };
                let checked = Consortium::check(&who, &call, weight, len);
                let charged = Consortium::charge(&who, &call, weight, len);
                prop_assert_eq!(checked.is_ok(), charged.is_ok());
                if charged.is_ok() {
                    let sum = included.entry((who, is_operational)).or_default();
                    *sum = (sum.0 + 1, sum.1 + weight, sum.2 + u64::from(len));
                }
                prop_assert_eq!(Consortium::do_try_state(), Ok(()));
                let mut hospital = (0, 0);
                let mut delegates = (0, 0);
                for ((who, is_operational), (number, weight, bytes)) in &included {
                    if *is_operational {
                        prop_assert!(*number <= OPERATIONAL_QUOTA.number);
                        prop_assert!(*weight <= OPERATIONAL_QUOTA.weight);
                        prop_assert!(*bytes <= OPERATIONAL_QUOTA.bytes);
                        continue;
                    }
                    hospital = (hospital.0 + weight, hospital.1 + bytes);
                    if *who != OPERATOR_A {
                        prop_assert!(*weight <= DELEGATE_WEIGHT && *bytes <= DELEGATE_BYTES);
                        delegates = (delegates.0 + weight, delegates.1 + bytes);
                    }
                }
                prop_assert!(hospital.0 <= QUOTA_WEIGHT && hospital.1 <= QUOTA_BYTES);
                prop_assert!(delegates.0 <= QUOTA_WEIGHT / 2 && delegates.1 <= QUOTA_BYTES / 2);
            }
            Ok(())
        })?;
    }
}
