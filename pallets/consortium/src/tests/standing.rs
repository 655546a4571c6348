// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use bspp_primitives::{conformance::StandingFault, traits::SuspendHospital};
use frame_support::{assert_noop, assert_ok};

#[test]
fn standing_of_should_be_good_when_the_hospital_is_active() {
    ExtBuilder::default().run(|| {
        for who in [VALIDATOR_A, VALIDATOR_A2, VALIDATOR_B] {
            assert_eq!(Consortium::standing_of(&who), Ok(()));
        }
        // Other pallets check session keys and the author's own suspension.
        set_keyless(&[VALIDATOR_A]);
        set_suspended(&[VALIDATOR_A]);
        assert_eq!(Consortium::standing_of(&VALIDATOR_A), Ok(()));
    });
}

#[test]
fn standing_of_should_be_not_member_when_the_account_is_no_validator() {
    ExtBuilder::default().run(|| {
        for who in [OPERATOR_A, DOCTOR_A, COUNCILLOR, STRANGER] {
            assert_eq!(Consortium::standing_of(&who), Err(StandingFault::NotMember));
        }
        assert_ok!(Consortium::remove_validator(
            signed(OPERATOR_A),
            VALIDATOR_A
        ));
        assert_ok!(Consortium::remove_hospital(council(), HOSPITAL_B));
        for who in [VALIDATOR_A, VALIDATOR_B] {
            assert_eq!(Consortium::standing_of(&who), Err(StandingFault::NotMember));
        }
    });
}

#[test]
fn standing_of_should_be_hospital_suspended_until_it_is_readmitted() {
    ExtBuilder::default().run(|| {
        assert_ok!(Consortium::suspend_hospital(council(), HOSPITAL_A));
        for who in [VALIDATOR_A, VALIDATOR_A2] {
            assert_eq!(
                Consortium::standing_of(&who),
                Err(StandingFault::HospitalSuspended)
            );
        }
        assert_eq!(Consortium::standing_of(&VALIDATOR_B), Ok(()));
        assert_ok!(Consortium::readmit_hospital(council(), HOSPITAL_A));
        assert_eq!(Consortium::standing_of(&VALIDATOR_A), Ok(()));
    });
}

#[test]
fn planned_validators_should_leave_out_who_is_suspended() {
    ExtBuilder::default().run(|| {
        set_suspended(&[VALIDATOR_A]);
        let planned = vec![VALIDATOR_A2, VALIDATOR_B];
        assert_eq!(Consortium::planned_validators(), planned);
        next_session();
        next_session();
        assert_eq!(in_force(), planned);
        // After readmission it returns without a call.
        set_suspended(&[]);
        next_session();
        next_session();
        assert_eq!(in_force(), vec![VALIDATOR_A, VALIDATOR_A2, VALIDATOR_B]);
    });
}

#[test]
fn suspend_should_do_as_the_council_does() {
    ExtBuilder::default().run(|| {
        assert_ok!(<Consortium as SuspendHospital>::suspend(&HOSPITAL_A));
        assert_eq!(
            last_event(),
            Event::HospitalSuspended {
                hospital: HOSPITAL_A
            }
        );
        assert_eq!(
            Consortium::status(&HOSPITAL_A),
            Some(HospitalStatus::Suspended)
        );
        assert_eq!(queued(), vec![VALIDATOR_B]);
    });
}

#[test]
fn suspend_should_fail_when_the_council_could_not() {
    ExtBuilder::default().run(|| {
        let suspend = |id| <Consortium as SuspendHospital>::suspend(&id);
        assert_noop!(suspend(HOSPITAL_C), Error::<Test>::NotFound);
        assert_ok!(suspend(HOSPITAL_A));
        assert_noop!(suspend(HOSPITAL_A), Error::<Test>::InvalidStatus);
        assert_noop!(suspend(HOSPITAL_B), Error::<Test>::InvalidValidatorCount);
        assert_eq!(queued(), vec![VALIDATOR_B]);
    });
}
