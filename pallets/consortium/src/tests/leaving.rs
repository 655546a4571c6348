// SPDX-License-Identifier: Apache-2.0
//! Validators that lose standing leave at the next session; the last author stays.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchResult;

fn suspend(hospital: bspp_types::HospitalId) -> DispatchResult {
    Consortium::suspend_hospital(council(), hospital)
}

fn remove(operator: AccountId, validator: AccountId) -> DispatchResult {
    Consortium::remove_validator(signed(operator), validator)
}

/// Asserts that hospital A cannot lose standing in any of the three ways.
fn assert_a_must_stay() {
    let too_few = Error::<Test>::InvalidValidatorCount;
    assert_noop!(suspend(HOSPITAL_A), too_few);
    let too_few = Error::<Test>::InvalidValidatorCount;
    assert_noop!(Consortium::remove_hospital(council(), HOSPITAL_A), too_few);
    let too_few = Error::<Test>::InvalidValidatorCount;
    assert_noop!(remove(OPERATOR_A, VALIDATOR_A), too_few);
}

#[test]
fn suspend_hospital_should_take_its_validators_out_of_the_next_session() {
    ExtBuilder::default().run(|| {
        assert_ok!(suspend(HOSPITAL_A));
        assert_eq!(queued(), vec![VALIDATOR_B]);
        next_session();
        assert_eq!(in_force(), vec![VALIDATOR_B]);
        // After readmission they return with the next sets that are planned, one in each.
        assert_ok!(Consortium::readmit_hospital(council(), HOSPITAL_A));
        next_session();
        assert_eq!(in_force(), vec![VALIDATOR_B]);
        next_session();
        assert_eq!(in_force(), vec![VALIDATOR_A, VALIDATOR_B]);
        next_session();
        assert_eq!(in_force(), vec![VALIDATOR_A, VALIDATOR_A2, VALIDATOR_B]);
    });
}

#[test]
fn remove_hospital_should_take_its_validators_out_of_the_next_session() {
    ExtBuilder::default().run(|| {
        assert_ok!(Consortium::remove_hospital(council(), HOSPITAL_A));
        assert_eq!(queued(), vec![VALIDATOR_B]);
        next_session();
        assert_eq!(in_force(), vec![VALIDATOR_B]);
        assert_eq!(queued(), vec![VALIDATOR_B]);
    });
}

#[test]
fn remove_validator_should_take_it_out_of_the_next_session() {
    ExtBuilder::default().run(|| {
        assert_ok!(remove(OPERATOR_A, VALIDATOR_A));
        assert_eq!(queued(), vec![VALIDATOR_A2, VALIDATOR_B]);
        next_session();
        assert_eq!(in_force(), vec![VALIDATOR_A2, VALIDATOR_B]);
    });
}

#[test]
fn validators_should_not_leave_when_nobody_else_may_author_in_this_session() {
    ExtBuilder::default().run(|| {
        set_in_force(&[VALIDATOR_A]);
        assert_a_must_stay();
        // The other validators join, so this hospital may leave now.
        next_session();
        assert_ok!(suspend(HOSPITAL_A));
    });
}

#[test]
fn validators_should_not_leave_when_nobody_else_may_author_in_the_next_session() {
    ExtBuilder::default().run(|| {
        set_queued(&[VALIDATOR_A]);
        assert_a_must_stay();
        next_session();
        assert_a_must_stay();
        next_session();
        assert_ok!(suspend(HOSPITAL_A));
    });
}

#[test]
fn validators_should_not_leave_when_all_others_are_suspended_themselves() {
    ExtBuilder::default().run(|| {
        set_suspended(&[VALIDATOR_A2, VALIDATOR_B]);
        assert_a_must_stay();
        // Suspended validators may leave, because they cannot author in any case.
        assert_ok!(remove(OPERATOR_A, VALIDATOR_A2));
        assert_ok!(suspend(HOSPITAL_B));
    });
}

#[test]
fn validators_should_not_leave_when_all_others_lack_session_keys() {
    ExtBuilder::default().run(|| {
        set_keyless(&[VALIDATOR_A2, VALIDATOR_B]);
        assert_a_must_stay();
        // A validator without keys does not count, so it may leave itself.
        assert_ok!(remove(OPERATOR_A, VALIDATOR_A2));
        assert_ok!(Consortium::remove_hospital(council(), HOSPITAL_B));
    });
}

#[test]
fn a_keyless_validator_should_not_leave_when_it_alone_may_author_in_this_session() {
    ExtBuilder::default().run(|| {
        set_in_force(&[VALIDATOR_B]);
        set_keyless(&[VALIDATOR_B]);
        // It is no longer planned, but the keys of this session are still in force.
        assert_noop!(
            remove(OPERATOR_B, VALIDATOR_B),
            Error::<Test>::InvalidValidatorCount
        );
        assert_noop!(suspend(HOSPITAL_B), Error::<Test>::InvalidValidatorCount);
        next_session();
        assert_ok!(suspend(HOSPITAL_B));
    });
}

#[test]
fn hospitals_should_not_be_suspended_one_after_the_other_until_nobody_may_author() {
    ExtBuilder::default().run(|| {
        assert_ok!(Consortium::add_hospital(council(), HOSPITAL_C, 30, key(3)));
        assert_ok!(admit(HOSPITAL_C, 30, 32));
        // C is planned, but not in the set of this session or of the next one.
        assert_ok!(suspend(HOSPITAL_A));
        assert_noop!(suspend(HOSPITAL_B), Error::<Test>::InvalidValidatorCount);
        next_session();
        assert_noop!(suspend(HOSPITAL_B), Error::<Test>::InvalidValidatorCount);
        next_session();
        assert_eq!(in_force(), vec![VALIDATOR_B, 32]);
        assert_ok!(suspend(HOSPITAL_B));
        assert_noop!(suspend(HOSPITAL_C), Error::<Test>::InvalidValidatorCount);
    });
}
