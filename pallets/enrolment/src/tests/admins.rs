// SPDX-License-Identifier: Apache-2.0

use super::unsigned;
use crate::{mock::*, EnsureAdmin, Error, Event};
use frame_support::{assert_noop, assert_ok, traits::EnsureOrigin};
use sp_runtime::DispatchError;

#[test]
fn add_admin_should_let_the_account_manage_and_transact() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(Enrolment::add_admin(
            RuntimeOrigin::signed(ADMIN),
            OTHER_ADMIN
        ));
        assert!(Enrolment::is_admin(&OTHER_ADMIN));
        assert_eq!(System::sufficients(&OTHER_ADMIN), 1);
        assert_eq!(
            events(),
            vec![Event::AdminAdded {
                account: OTHER_ADMIN
            }]
        );
        assert_ok!(Enrolment::add_clinician(
            RuntimeOrigin::signed(OTHER_ADMIN),
            11
        ));
    });
}

#[test]
fn add_admin_should_fail_when_the_origin_is_no_admin() {
    ExtBuilder::default().build_and_execute(|| {
        for origin in unsigned() {
            assert_noop!(Enrolment::add_admin(origin, 3), DispatchError::BadOrigin);
        }
        for who in [CLINICIAN, NODE, STRANGER] {
            assert_noop!(
                Enrolment::add_admin(RuntimeOrigin::signed(who), who),
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
                Enrolment::add_admin(RuntimeOrigin::signed(1), 2),
                Error::<Test>::AdminAlreadyExists
            );
            assert_noop!(
                Enrolment::add_admin(RuntimeOrigin::signed(1), 4),
                Error::<Test>::MaxAdminsExceeded
            );
        });
}

#[test]
fn remove_admin_should_keep_the_reference() {
    ExtBuilder::default()
        .with_admins(&[ADMIN, OTHER_ADMIN])
        .build_and_execute(|| {
            assert_ok!(Enrolment::remove_admin(
                RuntimeOrigin::signed(ADMIN),
                OTHER_ADMIN
            ));
            assert!(!Enrolment::is_admin(&OTHER_ADMIN));
            assert_eq!(System::sufficients(&OTHER_ADMIN), 1);
            assert_eq!(
                events(),
                vec![Event::AdminRemoved {
                    account: OTHER_ADMIN
                }]
            );
            assert_noop!(
                Enrolment::add_clinician(RuntimeOrigin::signed(OTHER_ADMIN), 11),
                Error::<Test>::NotAuthorized
            );
            // Coming back adds no second reference.
            assert_ok!(Enrolment::add_admin(
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
            Enrolment::remove_admin(RuntimeOrigin::signed(ADMIN), ADMIN),
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
                Enrolment::remove_admin(RuntimeOrigin::signed(ADMIN), STRANGER),
                Error::<Test>::AdminNotFound
            );
            for origin in unsigned() {
                assert_noop!(
                    Enrolment::remove_admin(origin, ADMIN),
                    DispatchError::BadOrigin
                );
            }
            assert_noop!(
                Enrolment::remove_admin(RuntimeOrigin::signed(CLINICIAN), ADMIN),
                Error::<Test>::NotAuthorized
            );
        });
}

#[test]
fn ensure_admin_should_accept_any_one_admin_and_nobody_else() {
    ExtBuilder::default()
        .with_admins(&[ADMIN, OTHER_ADMIN])
        .build_and_execute(|| {
            for who in [ADMIN, OTHER_ADMIN] {
                let admin = EnsureAdmin::<Test>::ensure_origin(RuntimeOrigin::signed(who));
                assert_eq!(admin.ok(), Some(who));
            }
            assert!(EnsureAdmin::<Test>::ensure_origin(RuntimeOrigin::signed(CLINICIAN)).is_err());
            for origin in unsigned() {
                assert!(EnsureAdmin::<Test>::ensure_origin(origin).is_err());
            }
        });
}
