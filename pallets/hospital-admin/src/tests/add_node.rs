// SPDX-License-Identifier: Apache-2.0

use super::unsigned;
use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

#[test]
fn add_node_should_let_the_account_transact() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(HospitalAdmin::add_node(RuntimeOrigin::signed(ADMIN), 30));
        assert!(HospitalAdmin::is_node(&30));
        assert_eq!(System::sufficients(&30), 1);
        assert_eq!(events(), vec![Event::NodeAdded { account: 30 }]);
    });
}

#[test]
fn add_node_should_fail_when_the_origin_is_no_admin() {
    ExtBuilder::default().build_and_execute(|| {
        for origin in unsigned() {
            assert_noop!(
                HospitalAdmin::add_node(origin, 30),
                DispatchError::BadOrigin
            );
        }
        for who in [STAFF, NODE, STRANGER] {
            assert_noop!(
                HospitalAdmin::add_node(RuntimeOrigin::signed(who), 30),
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
                HospitalAdmin::add_node(RuntimeOrigin::signed(ADMIN), 31),
                Error::<Test>::NodeAlreadyExists
            );
            assert_noop!(
                HospitalAdmin::add_node(RuntimeOrigin::signed(ADMIN), 33),
                Error::<Test>::MaxNodesExceeded
            );
        });
}

#[test]
fn add_node_should_let_the_account_register_session_keys() {
    ExtBuilder::default().build_and_execute(|| {
        // Registering session keys takes a consumer reference, which needs a provider.
        assert_ok!(HospitalAdmin::add_node(RuntimeOrigin::signed(ADMIN), 30));
        assert!(System::can_inc_consumer(&30));
        assert!(System::can_inc_consumer(&NODE));
    });
}
