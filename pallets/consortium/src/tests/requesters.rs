// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use bspp_primitives::traits::Membership;
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError::BadOrigin;

#[test]
fn add_requester_should_succeed_when_the_operator_asks() {
    ExtBuilder::default().run(|| {
        assert_ok!(Consortium::add_requester(signed(OPERATOR_B), 21));
        assert_eq!(Consortium::hospital_of(&21), Some(HOSPITAL_B));
        assert!(!Consortium::is_operator(&21, &HOSPITAL_B));
        assert_eq!(System::providers(&21), 1);
        assert_eq!(
            last_event(),
            Event::RequesterAdded {
                hospital: HOSPITAL_B,
                requester: 21
            }
        );
    });
}

#[test]
fn add_requester_should_fail_when_the_sender_is_no_operator() {
    ExtBuilder::default().run(|| {
        for who in [DOCTOR_A, VALIDATOR_A, COUNCILLOR, STRANGER] {
            let refused = Error::<Test>::NotAuthorized;
            assert_noop!(Consortium::add_requester(signed(who), 21), refused);
        }
        assert_noop!(Consortium::add_requester(council(), 21), BadOrigin);
    });
}

#[test]
fn add_requester_should_fail_when_the_account_has_a_role() {
    ExtBuilder::default().run(|| {
        for who in [OPERATOR_A, OPERATOR_B, DOCTOR_A, VALIDATOR_A, COUNCILLOR] {
            let exists = Error::<Test>::AlreadyExists;
            assert_noop!(Consortium::add_requester(signed(OPERATOR_B), who), exists);
        }
    });
}

#[test]
fn add_requester_should_fail_when_there_are_as_many_as_may_be() {
    ExtBuilder::default().run(|| {
        for who in 50..53 {
            assert_ok!(Consortium::add_requester(signed(OPERATOR_B), who));
        }
        assert_noop!(
            Consortium::add_requester(signed(OPERATOR_B), 53),
            Error::<Test>::MaxRequestersExceeded
        );
        // One requester leaves, so another one may come.
        assert_ok!(Consortium::remove_requester(signed(OPERATOR_B), 50));
        assert_ok!(Consortium::add_requester(signed(OPERATOR_B), 53));
    });
}

#[test]
fn remove_requester_should_keep_the_account_so_that_nothing_replays() {
    ExtBuilder::default().run(|| {
        System::inc_account_nonce(DOCTOR_A);
        assert_ok!(Consortium::remove_requester(signed(OPERATOR_A), DOCTOR_A));
        assert_eq!(
            last_event(),
            Event::RequesterRemoved {
                hospital: HOSPITAL_A,
                requester: DOCTOR_A
            }
        );
        assert_eq!(Consortium::hospital_of(&DOCTOR_A), None);
        assert_eq!(System::account_nonce(DOCTOR_A), 1);
        assert_eq!(System::providers(&DOCTOR_A), 1);
        // The return of the requester does not reset the nonce and adds no reference.
        assert_ok!(Consortium::add_requester(signed(OPERATOR_A), DOCTOR_A));
        assert_eq!(System::account_nonce(DOCTOR_A), 1);
        assert_eq!(System::providers(&DOCTOR_A), 1);
    });
}

#[test]
fn remove_requester_should_fail_when_it_is_none_of_the_senders() {
    ExtBuilder::default().run(|| {
        let not_found = Error::<Test>::NotFound;
        assert_noop!(
            Consortium::remove_requester(signed(OPERATOR_B), DOCTOR_A),
            not_found
        );
        let not_found = Error::<Test>::NotFound;
        assert_noop!(
            Consortium::remove_requester(signed(OPERATOR_A), OPERATOR_A),
            not_found
        );
        let not_found = Error::<Test>::NotFound;
        assert_noop!(
            Consortium::remove_requester(signed(OPERATOR_A), STRANGER),
            not_found
        );
        assert_noop!(
            Consortium::remove_requester(signed(DOCTOR_A), DOCTOR_A),
            Error::<Test>::NotAuthorized
        );
    });
}
