// SPDX-License-Identifier: Apache-2.0

use super::unsigned;
use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

#[test]
fn add_admin_should_let_the_account_manage_and_transact() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(HospitalAdmin::add_admin(
            RuntimeOrigin::signed(ADMIN),
            OTHER_ADMIN
        ));
        assert!(HospitalAdmin::is_admin(&OTHER_ADMIN));
        assert_eq!(System::sufficients(&OTHER_ADMIN), 1);
        assert_eq!(
            events(),
            vec![Event::AdminAdded {
                account: OTHER_ADMIN
            }]
        );
        assert_ok!(HospitalAdmin::add_staff(
            RuntimeOrigin::signed(OTHER_ADMIN),
            11
        ));
    });
}

#[test]
fn add_admin_should_fail_when_the_origin_is_no_admin() {
    ExtBuilder::default().build_and_execute(|| {
        for origin in unsigned() {
            assert_noop!(
                HospitalAdmin::add_admin(origin, 3),
                DispatchError::BadOrigin
            );
        }
        for who in [STAFF, NODE, STRANGER] {
            assert_noop!(
                HospitalAdmin::add_admin(RuntimeOrigin::signed(who), who),
                Error::<Test>::NotAuthorized
            );
        }
    });
}

#[test]
fn add_admin_should_fail_when_the_account_is_an_admin_or_there_is_no_room() {
    ExtBuilder::default()
        .with_admins(&[1, 2, 3])
        .build_and_execute(|| {
            assert_noop!(
                HospitalAdmin::add_admin(RuntimeOrigin::signed(1), 2),
                Error::<Test>::AdminAlreadyExists
            );
            assert_noop!(
                HospitalAdmin::add_admin(RuntimeOrigin::signed(1), 4),
                Error::<Test>::MaxAdminsExceeded
            );
        });
}
