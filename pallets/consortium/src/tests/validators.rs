// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use pallet_session::SessionManager;
use sp_runtime::traits::Convert;

#[test]
fn add_validator_should_join_the_set_when_it_has_session_keys() {
    ExtBuilder::default().run(|| {
        set_keyless(&[23]);
        assert_ok!(Consortium::add_validator(signed(OPERATOR_B), 23));
        assert_eq!(
            last_event(),
            Event::ValidatorAdded {
                hospital: HOSPITAL_B,
                validator: 23
            }
        );
        assert_eq!(Consortium::hospital_of_validator(&23), Some(HOSPITAL_B));
        assert_eq!(ValidatorOf::<Test>::convert(23), Some(23));
        assert_eq!(System::providers(&23), 1);
        assert_eq!(Consortium::new_session(2), None);
        set_keyless(&[]);
        assert_eq!(
            Consortium::new_session(3),
            Some(vec![VALIDATOR_A, VALIDATOR_A2, VALIDATOR_B, 23])
        );
    });
}

#[test]
fn add_validator_should_fail_when_taken_full_or_not_asked_by_an_operator() {
    ExtBuilder::default().run(|| {
        for who in [VALIDATOR_A, VALIDATOR_B, OPERATOR_A, DOCTOR_A, COUNCILLOR] {
            let exists = Error::<Test>::AlreadyExists;
            assert_noop!(Consortium::add_validator(signed(OPERATOR_B), who), exists);
        }
        assert_noop!(
            Consortium::add_validator(signed(DOCTOR_A), 23),
            Error::<Test>::NotAuthorized
        );
        // Maximum three for each hospital, five in total.
        assert_ok!(Consortium::add_validator(signed(OPERATOR_A), 14));
        assert_noop!(
            Consortium::add_validator(signed(OPERATOR_A), 15),
            Error::<Test>::MaxValidatorsExceeded
        );
        assert_ok!(Consortium::add_validator(signed(OPERATOR_B), 23));
        assert_noop!(
            Consortium::add_validator(signed(OPERATOR_B), 24),
            Error::<Test>::MaxValidatorsExceeded
        );
    });
}

#[test]
fn remove_validator_should_leave_the_set() {
    ExtBuilder::default().run(|| {
        assert_ok!(Consortium::remove_validator(
            signed(OPERATOR_A),
            VALIDATOR_A
        ));
        assert_eq!(
            last_event(),
            Event::ValidatorRemoved {
                hospital: HOSPITAL_A,
                validator: VALIDATOR_A
            }
        );
        assert_eq!(
            Consortium::new_session(2),
            Some(vec![VALIDATOR_A2, VALIDATOR_B])
        );
        // It is in force until this session ends, not until the next one ends.
        next_session();
        assert_eq!(in_force(), vec![VALIDATOR_A2, VALIDATOR_B]);
        assert_eq!(ValidatorOf::<Test>::convert(VALIDATOR_A), None);
        assert_eq!(System::providers(&VALIDATOR_A), 1);
    });
}

#[test]
fn remove_validator_should_fail_when_it_is_none_of_the_senders_or_the_last() {
    ExtBuilder::default().run(|| {
        let remove = |who, validator| Consortium::remove_validator(signed(who), validator);
        assert_noop!(remove(OPERATOR_B, VALIDATOR_A), Error::<Test>::NotFound);
        assert_noop!(remove(OPERATOR_B, STRANGER), Error::<Test>::NotFound);
        assert_noop!(
            remove(VALIDATOR_A, VALIDATOR_A),
            Error::<Test>::NotAuthorized
        );
        assert_ok!(remove(OPERATOR_A, VALIDATOR_A));
        assert_ok!(remove(OPERATOR_A, VALIDATOR_A2));
        assert_noop!(
            remove(OPERATOR_B, VALIDATOR_B),
            Error::<Test>::InvalidValidatorCount
        );
        // A validator without keys does not count. The last one with keys must stay; the other one
        // may leave.
        set_keyless(&[23]);
        assert_ok!(Consortium::add_validator(signed(OPERATOR_B), 23));
        assert_noop!(
            remove(OPERATOR_B, VALIDATOR_B),
            Error::<Test>::InvalidValidatorCount
        );
        assert_ok!(remove(OPERATOR_B, 23));
    });
}

#[test]
fn new_session_should_be_none_when_the_set_is_unchanged_or_would_be_empty() {
    ExtBuilder::default().run(|| {
        assert_eq!(Consortium::new_session_genesis(0), None);
        assert_eq!(Consortium::new_session(1), None);
        // The pallet does not change the order of the set in force.
        set_in_force(&[VALIDATOR_B, VALIDATOR_A, VALIDATOR_A2]);
        assert_eq!(Consortium::new_session(2), None);
        set_keyless(&[VALIDATOR_A, VALIDATOR_A2, VALIDATOR_B]);
        assert_eq!(Consortium::new_session(3), None);
    });
}
