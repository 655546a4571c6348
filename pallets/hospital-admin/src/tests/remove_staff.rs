// SPDX-License-Identifier: Apache-2.0

use super::unsigned;
use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

#[test]
fn remove_staff_should_keep_the_reference() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(HospitalAdmin::add_staff(RuntimeOrigin::signed(ADMIN), 30));
        assert_ok!(HospitalAdmin::remove_staff(
            RuntimeOrigin::signed(ADMIN),
            30
        ));
        assert!(!HospitalAdmin::is_staff(&30));
        assert_eq!(System::sufficients(&30), 1);
        assert_eq!(events().last(), Some(&Event::StaffRemoved { account: 30 }));
        assert_ok!(HospitalAdmin::add_staff(RuntimeOrigin::signed(ADMIN), 30));
        assert_eq!(System::sufficients(&30), 1);
    });
}

#[test]
fn remove_staff_should_fail_when_it_is_unknown_or_the_origin_no_admin() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            HospitalAdmin::remove_staff(RuntimeOrigin::signed(ADMIN), STRANGER),
            Error::<Test>::StaffNotFound
        );
        for origin in unsigned() {
            assert_noop!(
                HospitalAdmin::remove_staff(origin, STAFF),
                DispatchError::BadOrigin
            );
        }
        assert_noop!(
            HospitalAdmin::remove_staff(RuntimeOrigin::signed(STAFF), STAFF),
            Error::<Test>::NotAuthorized
        );
    });
}
