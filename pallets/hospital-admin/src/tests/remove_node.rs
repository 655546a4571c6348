// SPDX-License-Identifier: Apache-2.0

use super::unsigned;
use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

#[test]
fn remove_node_should_keep_the_reference() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(HospitalAdmin::add_node(RuntimeOrigin::signed(ADMIN), 30));
        assert_ok!(HospitalAdmin::remove_node(RuntimeOrigin::signed(ADMIN), 30));
        assert!(!HospitalAdmin::is_node(&30));
        assert_eq!(System::sufficients(&30), 1);
        assert_eq!(events().last(), Some(&Event::NodeRemoved { account: 30 }));
        assert_ok!(HospitalAdmin::add_node(RuntimeOrigin::signed(ADMIN), 30));
        assert_eq!(System::sufficients(&30), 1);
    });
}

#[test]
fn remove_node_should_remove_its_credential() {
    ExtBuilder::default().build_and_execute(|| {
        let admin = || RuntimeOrigin::signed(ADMIN);
        assert_ok!(HospitalAdmin::add_node(admin(), 30));
        assert_ok!(HospitalAdmin::issue_credential(admin(), 30, NOW + 1));
        assert_ok!(HospitalAdmin::remove_node(admin(), 30));
        assert_eq!(HospitalAdmin::credential(&30), None);
        // A node that returns does not get the old credential back.
        assert_ok!(HospitalAdmin::add_node(admin(), 30));
        assert_eq!(HospitalAdmin::credential(&30), None);
    });
}

#[test]
fn remove_node_should_fail_when_it_is_unknown_or_the_origin_no_admin() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            HospitalAdmin::remove_node(RuntimeOrigin::signed(ADMIN), STRANGER),
            Error::<Test>::NodeNotFound
        );
        for origin in unsigned() {
            assert_noop!(
                HospitalAdmin::remove_node(origin, NODE),
                DispatchError::BadOrigin
            );
        }
        assert_noop!(
            HospitalAdmin::remove_node(RuntimeOrigin::signed(STAFF), NODE),
            Error::<Test>::NotAuthorized
        );
    });
}

#[test]
fn remove_node_should_fail_when_it_is_a_validator() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            HospitalAdmin::remove_node(RuntimeOrigin::signed(ADMIN), NODE),
            Error::<Test>::NodeIsValidator
        );
    });
}
