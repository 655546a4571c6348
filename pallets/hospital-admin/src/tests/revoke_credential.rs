// SPDX-License-Identifier: Apache-2.0

use super::unsigned;
use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchError, DispatchResult};

fn revoke(who: u64, node: u64) -> DispatchResult {
    HospitalAdmin::revoke_credential(RuntimeOrigin::signed(who), node)
}

fn with_credential() -> ExtBuilder {
    ExtBuilder::default().with_credentials_until(NOW + 10)
}

#[test]
fn revoke_credential_should_take_it_until_another_is_issued() {
    with_credential().build_and_execute(|| {
        assert_ok!(revoke(ADMIN, NODE));
        assert_eq!(HospitalAdmin::credential(&NODE), None);
        assert_eq!(events(), vec![Event::CredentialRevoked { account: NODE }]);
        assert_ok!(HospitalAdmin::issue_credential(
            RuntimeOrigin::signed(ADMIN),
            NODE,
            NOW + 1
        ));
        assert_eq!(HospitalAdmin::credential(&NODE), Some(NOW + 1));
    });
}

#[test]
fn revoke_credential_should_succeed_when_it_has_expired() {
    with_credential().build_and_execute(|| {
        Slot::set(NOW + 11);
        assert_ok!(revoke(ADMIN, NODE));
    });
}

#[test]
fn revoke_credential_should_fail_when_there_is_none() {
    with_credential().build_and_execute(|| {
        assert_ok!(revoke(ADMIN, NODE));
        for who in [NODE, ADMIN, STRANGER] {
            assert_noop!(revoke(ADMIN, who), Error::<Test>::CredentialNotFound);
        }
    });
}

#[test]
fn revoke_credential_should_fail_when_the_origin_is_no_admin() {
    with_credential().build_and_execute(|| {
        for origin in unsigned() {
            assert_noop!(
                HospitalAdmin::revoke_credential(origin, NODE),
                DispatchError::BadOrigin
            );
        }
        for who in [STAFF, NODE, STRANGER] {
            assert_noop!(revoke(who, NODE), Error::<Test>::NotAuthorized);
        }
    });
}
