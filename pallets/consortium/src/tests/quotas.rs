// SPDX-License-Identifier: Apache-2.0
//! Quotas: the reserve, the common part, requesters' shares, operational calls.

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

/// A call that the reserve pays for.
fn registration() -> RuntimeCall {
    frame_system::Call::remark_with_event { remark: vec![] }.into()
}

fn register(weight: u64, len: u32) -> Result<(), TransactionValidityError> {
    Consortium::charge(&OPERATOR_A, &registration(), weight, len)
}

fn add_doctors() {
    for doctor in [DOCTOR_A2, DOCTOR_A3] {
        assert_ok!(add_requester(signed(OPERATOR_A), HOSPITAL_A, doctor));
    }
}

#[test]
fn a_hospitals_accounts_should_share_the_common_quota() {
    ExtBuilder::default().run(|| {
        assert_eq!(Consortium::check(&OPERATOR_A, &remark(), 50, 1), used(200));
        assert_ok!(charge(OPERATOR_A, 150, 1));
        assert_ok!(charge(DOCTOR_A, 50, 1));
        assert_eq!(Consortium::check(&OPERATOR_A, &remark(), 50, 1), used(1000));
        let over = Consortium::check(&OPERATOR_A, &remark(), 51, 1);
        assert_eq!(over, exceeded());
        assert_eq!(charge(OPERATOR_A, 51, 1), exceeded());
        // A refused charge costs nothing and does not affect other hospitals.
        assert_eq!(UsedCommon::<Test>::get(HOSPITAL_A).weight, 200);
        assert_eq!(Consortium::check(&OPERATOR_B, &remark(), 2, 1), used(8));
    });
}

/// Attack: a hospital's other keys and calls use up the common quota.
#[test]
fn reserve_should_serve_registrations_when_the_common_quota_is_used_up() {
    ExtBuilder::default().run(|| {
        add_doctors();
        for who in [DOCTOR_A, DOCTOR_A2] {
            assert_ok!(charge(who, DELEGATE_WEIGHT, 1));
        }
        assert_ok!(charge(OPERATOR_A, 50, 1));
        assert_eq!(charge(OPERATOR_A, 1, 1), exceeded());
        assert_ok!(register(RESERVE_WEIGHT, 1));
        assert_eq!(UsedReserve::<Test>::get(HOSPITAL_A).weight, RESERVE_WEIGHT);
        assert_eq!(register(1, 1), exceeded());
        set_session(1);
        let all = u32::try_from(RESERVE_BYTES).unwrap();
        assert_ok!(register(1, all));
        assert_eq!(register(1, 1), exceeded());
    });
}

#[test]
fn other_calls_should_not_use_the_reserve() {
    ExtBuilder::default().run(|| {
        assert_ok!(charge(OPERATOR_A, COMMON_WEIGHT, 1));
        assert_eq!(charge(OPERATOR_A, 1, 1), exceeded());
        assert_eq!(charge(DOCTOR_A, 1, 1), exceeded());
        assert!(!UsedReserve::<Test>::contains_key(HOSPITAL_A));
        // Registrations do not use the common quota either.
        set_session(1);
        assert_ok!(register(RESERVE_WEIGHT, 1));
        assert_eq!(register(1, 1), exceeded());
        assert_ok!(charge(OPERATOR_A, COMMON_WEIGHT, 1));
    });
}

#[test]
fn registration_should_be_refused_of_a_requester() {
    ExtBuilder::default().run(|| {
        let refused = Err(InvalidTransaction::Custom(refusal::CALL_NOT_AUTHORIZED).into());
        assert_eq!(
            Consortium::charge(&DOCTOR_A, &registration(), 1, 1),
            refused
        );
    });
}

#[test]
fn bytes_should_count_beside_weight() {
    ExtBuilder::default().run(|| {
        assert_eq!(Consortium::check(&OPERATOR_A, &remark(), 1, 25), used(200));
        let too_long = u32::try_from(COMMON_BYTES).unwrap() + 1;
        assert_eq!(
            Consortium::check(&OPERATOR_A, &remark(), 1, too_long),
            exceeded()
        );
        for call in [remark(), registration()] {
            assert_eq!(
                Consortium::check(&OPERATOR_A, &call, u64::MAX, u32::MAX),
                exceeded()
            );
        }
    });
}

#[test]
fn quota_should_be_whole_again_when_a_session_begins() {
    ExtBuilder::default().run(|| {
        assert_ok!(charge(OPERATOR_A, COMMON_WEIGHT, 1));
        assert!(Consortium::check(&OPERATOR_A, &remark(), 1, 1).is_err());
        set_session(1);
        assert_eq!(Consortium::check(&OPERATOR_A, &remark(), 1, 1), used(8));
        assert_ok!(charge(OPERATOR_A, 1, 1));
        assert_eq!(
            UsedCommon::<Test>::get(HOSPITAL_A),
            Usage {
                session: 1,
                number: 1,
                weight: 1,
                bytes: 1
            }
        );
    });
}

/// Attack: one doctor's key uses up its hospital's common quota.
#[test]
fn one_requester_should_use_its_share_only() {
    ExtBuilder::default().run(|| {
        add_doctors();
        assert_ok!(charge(DOCTOR_A, DELEGATE_WEIGHT, 1));
        assert_eq!(charge(DOCTOR_A, 1, 1), exceeded());
        set_session(1);
        let share = u32::try_from(DELEGATE_BYTES).unwrap();
        assert_ok!(charge(DOCTOR_A, 1, share));
        assert_eq!(charge(DOCTOR_A, 1, 1), exceeded());
        // Another requester has its whole share, and the operator the rest.
        assert_ok!(charge(DOCTOR_A2, DELEGATE_WEIGHT, 1));
        assert_ok!(charge(OPERATOR_A, COMMON_WEIGHT - DELEGATE_WEIGHT - 1, 1));
    });
}

#[test]
fn shares_should_not_exceed_the_common_quota_together() {
    ExtBuilder::default().run(|| {
        add_doctors();
        assert_ok!(charge(DOCTOR_A, 100, 1));
        assert_ok!(charge(DOCTOR_A2, 100, 1));
        assert_ok!(charge(DOCTOR_A3, 50, 1));
        assert_eq!(charge(DOCTOR_A3, 1, 1), exceeded());
        // The operator's own use leaves requesters what is left of the common quota.
        set_session(1);
        assert_ok!(charge(OPERATOR_A, 240, 1));
        assert_ok!(charge(DOCTOR_A, 10, 1));
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
        assert_ok!(charge(OPERATOR_A, COMMON_WEIGHT, 1));
        assert_ok!(register(RESERVE_WEIGHT, 1));
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
        assert_eq!(UsedCommon::<Test>::get(HOSPITAL_A).weight, COMMON_WEIGHT);
        assert_eq!(UsedReserve::<Test>::get(HOSPITAL_A).weight, RESERVE_WEIGHT);
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
fn grant_quota_should_raise_the_reserve_until_its_session() {
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
            assert_ok!(register(RESERVE_WEIGHT + 500, 475));
            assert_eq!(register(1, 0), exceeded());
        }
        set_session(2);
        assert_eq!(register(RESERVE_WEIGHT + 1, 1), exceeded());
        assert_ok!(register(RESERVE_WEIGHT, 1));
    });
}

#[test]
fn grant_quota_should_not_raise_the_common_quota() {
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
        assert_ok!(charge(DOCTOR_A, DELEGATE_WEIGHT, 1));
        assert_ok!(charge(OPERATOR_A, COMMON_WEIGHT - DELEGATE_WEIGHT, 1));
        assert_eq!(charge(OPERATOR_A, 1, 1), exceeded());
    });
}

#[test]
fn grant_quota_should_end_an_earlier_grant_when_it_is_zero() {
    ExtBuilder::default().run(|| {
        assert_ok!(Consortium::grant_quota(council(), HOSPITAL_A, 500, 100, 9));
        assert_ok!(Consortium::grant_quota(council(), HOSPITAL_A, 0, 0, 0));
        assert_eq!(GrantedQuotas::<Test>::get(HOSPITAL_A), None);
        assert_eq!(register(RESERVE_WEIGHT + 1, 1), exceeded());
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
        for call in [remark(), registration()] {
            assert_ok!(Consortium::charge(&OPERATOR_B, &call, 1, 1));
        }
        assert_ok!(Consortium::grant_quota(council(), HOSPITAL_B, 1, 1, 1));
        assert_ok!(Consortium::remove_hospital(council(), HOSPITAL_B));
        assert!(!UsedReserve::<Test>::contains_key(HOSPITAL_B));
        assert!(!UsedCommon::<Test>::contains_key(HOSPITAL_B));
        assert!(!GrantedQuotas::<Test>::contains_key(HOSPITAL_B));
    });
}

#[test]
fn room_for_should_tell_whether_a_registration_fits() {
    ExtBuilder::default().run(|| {
        let room = |weight, bytes| Consortium::room_for(&HOSPITAL_A, weight, bytes);
        assert!(room(RESERVE_WEIGHT, RESERVE_BYTES));
        assert!(!room(RESERVE_WEIGHT + 1, 0));
        assert_ok!(charge(OPERATOR_A, COMMON_WEIGHT, 1));
        assert!(room(RESERVE_WEIGHT, 1), "other calls use another bucket");
        assert_ok!(register(700, 1));
        assert!(room(50, 1));
        assert!(!room(51, 1));
        set_session(1);
        assert!(room(RESERVE_WEIGHT, 1));
    });
}

/// Attack: an operator burns the reserve and registers nothing, so that its clock stands.
#[test]
fn burnt_reserve_should_not_stop_the_lag_clock() {
    ExtBuilder::default().run(|| {
        let stops = || Consortium::quota_stops(&HOSPITAL_A, 200, 1);
        assert!(!stops(), "there is room");
        assert_ok!(register(551, 1));
        assert!(!stops(), "nothing was registered");
        Consortium::note_registered(&HOSPITAL_A, 274, 1);
        assert!(!stops(), "less than half of the room before the last call");
        Consortium::note_registered(&HOSPITAL_A, 1, 1);
        assert!(stops());
        // A clock that stands does so until the session ends, whatever the operator burns.
        assert_ok!(register(RESERVE_WEIGHT - 551, 1));
        assert!(stops());
        set_session(1);
        assert!(!stops(), "the reserve is new");
        assert_ok!(register(RESERVE_WEIGHT, 1));
        assert!(!stops(), "registrations of the last session do not count");
    });
}

#[test]
fn check_quotas_should_accept_a_reserve_of_two_largest_registrations() {
    ExtBuilder::default().run(|| {
        RegistrationWeight::set(RESERVE_WEIGHT / 2);
        RegistrationBytes::set(RESERVE_BYTES / 2);
        ShareWeight::set(COMMON_WEIGHT);
        ShareBytes::set(COMMON_BYTES);
        Consortium::check_quotas();
    });
}

#[test]
#[should_panic(expected = "the reserve has weight for two of the largest registrations")]
fn check_quotas_should_refuse_a_reserve_without_weight_for_two_registrations() {
    ExtBuilder::default().run(|| {
        RegistrationWeight::set(RESERVE_WEIGHT / 2 + 1);
        Consortium::check_quotas();
    });
}

#[test]
#[should_panic(expected = "the reserve has bytes for two of the largest registrations")]
fn check_quotas_should_refuse_a_reserve_without_bytes_for_two_registrations() {
    ExtBuilder::default().run(|| {
        RegistrationBytes::set(RESERVE_BYTES / 2 + 1);
        Consortium::check_quotas();
    });
}

#[test]
#[should_panic(expected = "a requester's share is a part of the common quota")]
fn check_quotas_should_refuse_a_share_above_the_common_quota() {
    ExtBuilder::default().run(|| {
        ShareBytes::set(COMMON_BYTES + 1);
        Consortium::check_quotas();
    });
}

/// The bucket that pays for a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Operational,
    Registration,
    Other,
}

/// A transaction of one of hospital A's accounts, or the end of a session.
fn step() -> impl Strategy<Value = Option<(AccountId, Kind, u64, u32)>> {
    let who = prop::sample::select(vec![
        OPERATOR_A,
        DOCTOR_A,
        DOCTOR_A2,
        DOCTOR_A3,
        VALIDATOR_A,
        COUNCILLOR,
    ]);
    let kind = prop::sample::select(vec![Kind::Operational, Kind::Registration, Kind::Other]);
    prop_oneof![
        12 => (who, kind, 0u64..200, 0u32..100).prop_map(Some),
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
            let mut included: BTreeMap<(AccountId, Kind), (u32, u64, u64)> = BTreeMap::new();
            for step in steps {
                let Some((who, kind, weight, len)) = step else {
                    session += 1;
                    set_session(session);
                    included.clear();
                    continue;
                };
                let call = match kind {
                    Kind::Operational => operational(),
                    Kind::Registration => registration(),
                    Kind::Other => remark(),
                };
                let checked = Consortium::check(&who, &call, weight, len);
                let charged = Consortium::charge(&who, &call, weight, len);
                prop_assert_eq!(checked.is_ok(), charged.is_ok());
                if charged.is_ok() {
                    let sum = included.entry((who, kind)).or_default();
                    *sum = (sum.0 + 1, sum.1 + weight, sum.2 + u64::from(len));
                }
                prop_assert_eq!(Consortium::do_try_state(), Ok(()));
                let mut common = (0, 0);
                for ((who, kind), (number, weight, bytes)) in &included {
                    match kind {
                        Kind::Operational => {
                            prop_assert!(*number <= OPERATIONAL_QUOTA.number);
                            prop_assert!(*weight <= OPERATIONAL_QUOTA.weight);
                            prop_assert!(*bytes <= OPERATIONAL_QUOTA.bytes);
                        }
                        Kind::Registration => {
                            prop_assert_eq!(*who, OPERATOR_A);
                            prop_assert!(*weight <= RESERVE_WEIGHT && *bytes <= RESERVE_BYTES);
                        }
                        Kind::Other => {
                            common = (common.0 + weight, common.1 + bytes);
                            if *who != OPERATOR_A {
                                prop_assert!(*weight <= DELEGATE_WEIGHT);
                                prop_assert!(*bytes <= DELEGATE_BYTES);
                            }
                        }
                    }
                }
                prop_assert!(common.0 <= COMMON_WEIGHT && common.1 <= COMMON_BYTES);
                // Whatever the others did, the reserve is the operator's registrations'.
                let (_, weight, bytes) = included
                    .get(&(OPERATOR_A, Kind::Registration))
                    .copied()
                    .unwrap_or_default();
                let room = |weight, bytes| Consortium::room_for(&HOSPITAL_A, weight, bytes);
                prop_assert!(room(RESERVE_WEIGHT - weight, RESERVE_BYTES - bytes));
            }
            Ok(())
        })?;
    }
}
