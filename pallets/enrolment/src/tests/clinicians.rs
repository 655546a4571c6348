// SPDX-License-Identifier: Apache-2.0

use super::unsigned;
use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

#[test]
fn add_clinician_should_let_the_account_transact() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(Enrolment::add_clinician(RuntimeOrigin::signed(ADMIN), 30));
        assert!(Enrolment::is_clinician(&30));
        assert_eq!(System::sufficients(&30), 1);
        assert_eq!(events(), vec![Event::ClinicianAdded { account: 30 }]);
    });
}

#[test]
fn add_clinician_should_fail_when_the_origin_is_no_admin() {
    ExtBuilder::default().build_and_execute(|| {
        for origin in unsigned() {
            assert_noop!(
                Enrolment::add_clinician(origin, 30),
                DispatchError::BadOrigin
            );
        }
        for who in [CLINICIAN, NODE, STRANGER] {
            assert_noop!(
                Enrolment::add_clinician(RuntimeOrigin::signed(who), 30),
                Error::<Test>::NotAuthorized
            );
        }
    });
}

#[test]
fn add_clinician_should_fail_when_it_exists_or_there_is_no_room() {
    ExtBuilder::default()
        .with_clinicians(&[30, 31, 32])
        .build_and_execute(|| {
            assert_noop!(
                Enrolment::add_clinician(RuntimeOrigin::signed(ADMIN), 31),
                Error::<Test>::ClinicianAlreadyExists
            );
            assert_noop!(
                Enrolment::add_clinician(RuntimeOrigin::signed(ADMIN), 33),
                Error::<Test>::MaxCliniciansExceeded
            );
        });
}

#[test]
fn remove_clinician_should_keep_the_reference() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(Enrolment::add_clinician(RuntimeOrigin::signed(ADMIN), 30));
        assert_ok!(Enrolment::remove_clinician(
            RuntimeOrigin::signed(ADMIN),
            30
        ));
        assert!(!Enrolment::is_clinician(&30));
        assert_eq!(System::sufficients(&30), 1);
        assert_eq!(
            events().last(),
            Some(&Event::ClinicianRemoved { account: 30 })
        );
        assert_ok!(Enrolment::add_clinician(RuntimeOrigin::signed(ADMIN), 30));
        assert_eq!(System::sufficients(&30), 1);
    });
}

#[test]
fn remove_clinician_should_fail_when_it_is_unknown_or_the_origin_no_admin() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            Enrolment::remove_clinician(RuntimeOrigin::signed(ADMIN), STRANGER),
            Error::<Test>::ClinicianNotFound
        );
        for origin in unsigned() {
            assert_noop!(
                Enrolment::remove_clinician(origin, CLINICIAN),
                DispatchError::BadOrigin
            );
        }
        assert_noop!(
            Enrolment::remove_clinician(RuntimeOrigin::signed(CLINICIAN), CLINICIAN),
            Error::<Test>::NotAuthorized
        );
    });
}
