// SPDX-License-Identifier: Apache-2.0

use super::unsigned;
use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

#[test]
fn add_staff_should_let_the_account_transact() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(HospitalAdmin::add_staff(RuntimeOrigin::signed(ADMIN), 30));
        assert!(HospitalAdmin::is_staff(&30));
        assert_eq!(System::sufficients(&30), 1);
        assert_eq!(events(), vec![Event::StaffAdded { account: 30 }]);
    });
}

#[test]
fn add_staff_should_fail_when_the_origin_is_no_admin() {
    ExtBuilder::default().build_and_execute(|| {
        for origin in unsigned() {
            assert_noop!(
                HospitalAdmin::add_staff(origin, 30),
                DispatchError::BadOrigin
            );
        }
        for who in [STAFF, NODE, STRANGER] {
            assert_noop!(
                HospitalAdmin::add_staff(RuntimeOrigin::signed(who), 30),
                Error::<Test>::NotAuthorized
            );
        }
    });
}

#[test]
fn add_staff_should_fail_when_it_exists_or_there_is_no_room() {
    ExtBuilder::default()
        .with_staff(&[30, 31, 32])
        .build_and_execute(|| {
            assert_noop!(
                HospitalAdmin::add_staff(RuntimeOrigin::signed(ADMIN), 31),
                Error::<Test>::StaffAlreadyExists
            );
            assert_noop!(
                HospitalAdmin::add_staff(RuntimeOrigin::signed(ADMIN), 33),
                Error::<Test>::MaxStaffExceeded
            );
        });
}
