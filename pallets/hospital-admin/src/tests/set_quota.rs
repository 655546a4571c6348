// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Error, Event, Quotas};
use bspp_primitives::quota::Quota;
use frame_support::{assert_noop, assert_ok};

fn admin() -> RuntimeOrigin {
    RuntimeOrigin::signed(ADMIN)
}

#[test]
fn set_quota_should_give_an_account_a_quota_of_its_own_and_take_it() {
    ExtBuilder::default().build_and_execute(|| {
        let own = Quota::of(9_000, 8_000);
        assert_ok!(HospitalAdmin::set_quota(
            admin(),
            STAFF,
            Some((9_000, 8_000))
        ));
        assert_eq!(HospitalAdmin::quota_of(&STAFF), own);
        assert_eq!(HospitalAdmin::quota_of(&ADMIN), STAFF_QUOTA);
        assert_ok!(HospitalAdmin::set_quota(admin(), STAFF, None));
        assert_eq!(HospitalAdmin::quota_of(&STAFF), STAFF_QUOTA);
        let set = |quota| Event::QuotaSet {
            account: STAFF,
            quota,
        };
        assert_eq!(events(), vec![set(Some(own)), set(None)]);
    });
}

#[test]
fn set_quota_should_fail_when_not_by_an_admin() {
    ExtBuilder::default().build_and_execute(|| {
        for who in [STAFF, NODE, STRANGER] {
            assert_noop!(
                HospitalAdmin::set_quota(RuntimeOrigin::signed(who), STAFF, Some((1, 1))),
                Error::<Test>::NotAuthorized
            );
        }
    });
}

#[test]
fn set_quota_should_fail_for_accounts_that_are_not_admin_or_staff() {
    ExtBuilder::default().build_and_execute(|| {
        for who in [NODE, STRANGER] {
            assert_noop!(
                HospitalAdmin::set_quota(admin(), who, Some((1, 1))),
                Error::<Test>::StaffNotFound
            );
        }
    });
}

#[test]
fn quota_should_go_with_the_last_role() {
    ExtBuilder::default()
        .with_admins(&[ADMIN, OTHER_ADMIN])
        .with_staff(&[STAFF, OTHER_ADMIN])
        .with_quotas(&[(STAFF, 1, 1), (OTHER_ADMIN, 1, 1)])
        .build_and_execute(|| {
            assert_ok!(HospitalAdmin::remove_staff(admin(), STAFF));
            assert!(!Quotas::<Test>::contains_key(STAFF));
            assert_ok!(HospitalAdmin::remove_staff(admin(), OTHER_ADMIN));
            assert!(Quotas::<Test>::contains_key(OTHER_ADMIN));
            assert_ok!(HospitalAdmin::remove_admin(admin(), OTHER_ADMIN));
            assert!(!Quotas::<Test>::contains_key(OTHER_ADMIN));
        });
}

#[test]
#[should_panic(expected = "a quota of an account that is not admin or staff")]
fn genesis_should_be_refused_with_a_quota_of_a_stranger() {
    ExtBuilder::default()
        .with_quotas(&[(STRANGER, 1, 1)])
        .build();
}
