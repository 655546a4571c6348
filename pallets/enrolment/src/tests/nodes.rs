// SPDX-License-Identifier: Apache-2.0

use super::unsigned;
use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

#[test]
fn add_node_should_let_the_account_transact() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(Enrolment::add_node(RuntimeOrigin::signed(ADMIN), 30));
        assert!(Enrolment::is_node(&30));
        assert_eq!(System::sufficients(&30), 1);
        assert_eq!(events(), vec![Event::NodeAdded { account: 30 }]);
    });
}

#[test]
fn add_node_should_fail_when_the_origin_is_no_admin() {
    ExtBuilder::default().build_and_execute(|| {
        for origin in unsigned() {
            assert_noop!(Enrolment::add_node(origin, 30), DispatchError::BadOrigin);
        }
        for who in [CLINICIAN, NODE, STRANGER] {
            assert_noop!(
                Enrolment::add_node(RuntimeOrigin::signed(who), 30),
                Error::<Test>::NotAuthorized
            );
        }
    });
}

#[test]
fn add_node_should_fail_when_it_exists_or_there_is_no_room() {
    ExtBuilder::default()
        .with_validators(&[30, 31, 32])
        .build_and_execute(|| {
            assert_noop!(
                Enrolment::add_node(RuntimeOrigin::signed(ADMIN), 31),
                Error::<Test>::NodeAlreadyExists
            );
            assert_noop!(
                Enrolment::add_node(RuntimeOrigin::signed(ADMIN), 33),
                Error::<Test>::MaxNodesExceeded
            );
        });
}

#[test]
fn remove_node_should_keep_the_reference() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(Enrolment::add_node(RuntimeOrigin::signed(ADMIN), 30));
        assert_ok!(Enrolment::remove_node(RuntimeOrigin::signed(ADMIN), 30));
        assert!(!Enrolment::is_node(&30));
        assert_eq!(System::sufficients(&30), 1);
        assert_eq!(events().last(), Some(&Event::NodeRemoved { account: 30 }));
        assert_ok!(Enrolment::add_node(RuntimeOrigin::signed(ADMIN), 30));
        assert_eq!(System::sufficients(&30), 1);
    });
}

#[test]
fn remove_node_should_remove_its_credential() {
    ExtBuilder::default().build_and_execute(|| {
        let admin = || RuntimeOrigin::signed(ADMIN);
        assert_ok!(Enrolment::add_node(admin(), 30));
        assert_ok!(Enrolment::issue_credential(admin(), 30, NOW + 1));
        assert_ok!(Enrolment::remove_node(admin(), 30));
        assert_eq!(Enrolment::credential(&30), None);
        // Coming back does not bring it back.
        assert_ok!(Enrolment::add_node(admin(), 30));
        assert_eq!(Enrolment::credential(&30), None);
    });
}

#[test]
fn remove_node_should_fail_when_it_is_unknown_or_the_origin_no_admin() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            Enrolment::remove_node(RuntimeOrigin::signed(ADMIN), STRANGER),
            Error::<Test>::NodeNotFound
        );
        for origin in unsigned() {
            assert_noop!(
                Enrolment::remove_node(origin, NODE),
                DispatchError::BadOrigin
            );
        }
        assert_noop!(
            Enrolment::remove_node(RuntimeOrigin::signed(CLINICIAN), NODE),
            Error::<Test>::NotAuthorized
        );
    });
}

#[test]
fn add_node_should_let_the_account_register_session_keys() {
    ExtBuilder::default().build_and_execute(|| {
        // Registering session keys takes a consumer reference, which needs a provider.
        assert_ok!(Enrolment::add_node(RuntimeOrigin::signed(ADMIN), 30));
        assert!(System::can_inc_consumer(&30));
        assert!(System::can_inc_consumer(&NODE));
    });
}

#[test]
fn remove_node_should_fail_when_it_is_a_validator() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            Enrolment::remove_node(RuntimeOrigin::signed(ADMIN), NODE),
            Error::<Test>::NodeIsValidator
        );
    });
}
