// SPDX-License-Identifier: Apache-2.0

use super::unsigned;
use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

#[test]
fn remove_admin_should_keep_the_reference() {
    ExtBuilder::default()
        .with_admins(&[ADMIN, OTHER_ADMIN])
        .build_and_execute(|| {
            assert_ok!(HospitalAdmin::remove_admin(
                RuntimeOrigin::signed(ADMIN),
                OTHER_ADMIN
            ));
            assert!(!HospitalAdmin::is_admin(&OTHER_ADMIN));
            assert_eq!(System::sufficients(&OTHER_ADMIN), 1);
            assert_eq!(
                events(),
                vec![Event::AdminRemoved {
                    account: OTHER_ADMIN
                }]
            );
            assert_noop!(
                HospitalAdmin::add_staff(RuntimeOrigin::signed(OTHER_ADMIN), 11),
                Error::<Test>::NotAuthorized
            );
            // An admin who returns does not get a second reference.
            assert_ok!(HospitalAdmin::add_admin(
                RuntimeOrigin::signed(ADMIN),
                OTHER_ADMIN
            ));
            assert_eq!(System::sufficients(&OTHER_ADMIN), 1);
        });
}

#[test]
fn remove_admin_should_fail_when_it_is_the_last_one() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            HospitalAdmin::remove_admin(RuntimeOrigin::signed(ADMIN), ADMIN),
            Error::<Test>::LastAdmin
        );
    });
}

#[test]
fn remove_admin_should_fail_when_the_account_or_the_origin_is_no_admin() {
    ExtBuilder::default()
        .with_admins(&[ADMIN, OTHER_ADMIN])
        .build_and_execute(|| {
            assert_noop!(
                HospitalAdmin::remove_admin(RuntimeOrigin::signed(ADMIN), STRANGER),
                Error::<Test>::AdminNotFound
            );
            for origin in unsigned() {
                assert_noop!(
                    HospitalAdmin::remove_admin(origin, ADMIN),
                    DispatchError::BadOrigin
                );
            }
            assert_noop!(
                HospitalAdmin::remove_admin(RuntimeOrigin::signed(STAFF), ADMIN),
                Error::<Test>::NotAuthorized
            );
        });
}
