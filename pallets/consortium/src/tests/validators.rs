// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use pallet_session::SessionManager;
use sp_runtime::traits::Convert;

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
        assert_ok!(admit(HOSPITAL_B, OPERATOR_B, 23));
        assert_noop!(
            remove(OPERATOR_B, VALIDATOR_B),
            Error::<Test>::InvalidValidatorCount
        );
        assert_ok!(remove(OPERATOR_B, 23));
    });
}

#[test]
fn keys_should_be_purged_after_the_last_session_of_a_removed_validator() {
    ExtBuilder::default().run(|| {
        assert_ok!(Consortium::remove_validator(
            signed(OPERATOR_A),
            VALIDATOR_A
        ));
        assert_eq!(
            DepartedValidators::<Test>::get().into_inner(),
            vec![VALIDATOR_A]
        );
        // It is in the set of this session.
        assert_eq!(
            Consortium::new_session(1),
            Some(vec![VALIDATOR_A2, VALIDATOR_B])
        );
        assert_eq!(purged(), Vec::<AccountId>::new());
        let again = || Consortium::add_validator(signed(OPERATOR_B), VALIDATOR_A);
        assert_noop!(again(), Error::<Test>::KeysNotPurged);
        next_session();
        assert_eq!(purged(), vec![VALIDATOR_A]);
        assert!(DepartedValidators::<Test>::get().is_empty());
        // From then on it may be proposed again, also by another hospital.
        assert_ok!(again());
    });
}

#[test]
fn keys_should_be_purged_when_the_hospital_is_removed_and_never_in_a_set() {
    ExtBuilder::default().run(|| {
        set_keyless(&[VALIDATOR_A2]);
        assert_ok!(Consortium::remove_hospital(council(), HOSPITAL_A));
        // An account without keys has nothing to purge.
        assert_eq!(
            DepartedValidators::<Test>::get().into_inner(),
            vec![VALIDATOR_A]
        );
        // A set that keeps the account keeps its keys.
        set_queued(&[VALIDATOR_A, VALIDATOR_B]);
        next_session();
        assert_eq!(purged(), Vec::<AccountId>::new());
        next_session();
        assert_eq!(purged(), vec![VALIDATOR_A]);
    });
}

#[test]
fn departed_validators_should_count_against_the_maximum() {
    ExtBuilder::default().run(|| {
        assert_ok!(admit(HOSPITAL_B, OPERATOR_B, 23));
        assert_ok!(admit(HOSPITAL_B, OPERATOR_B, 24));
        assert_ok!(Consortium::remove_validator(signed(OPERATOR_B), 23));
        assert_ok!(Consortium::add_validator(signed(OPERATOR_B), 25));
        let admit = || Consortium::admit_validator(council(), HOSPITAL_B, 25, true);
        assert_noop!(admit(), Error::<Test>::MaxValidatorsExceeded);
        next_session();
        assert_ok!(admit());
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
