// SPDX-License-Identifier: Apache-2.0

use super::unsigned;
use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchError, DispatchResult};

fn issue(who: u64, node: u64, expires_at: u64) -> DispatchResult {
    HospitalAdmin::issue_credential(RuntimeOrigin::signed(who), node, expires_at)
}

#[test]
fn issue_credential_should_be_good_until_the_slot() {
    ExtBuilder::default().build_and_execute(|| {
        assert_eq!(HospitalAdmin::credential(&NODE), None);
        assert_ok!(issue(ADMIN, NODE, NOW + 10));
        assert_eq!(HospitalAdmin::credential(&NODE), Some(NOW + 10));
        assert_eq!(
            events(),
            vec![Event::CredentialIssued {
                account: NODE,
                expires_at: NOW + 10
            }]
        );
    });
}

#[test]
fn issue_credential_should_replace_an_older_one_even_by_a_shorter_one() {
    ExtBuilder::default().build_and_execute(|| {
        for expires_at in [NOW + 10, NOW + 20, NOW + 5] {
            assert_ok!(issue(ADMIN, NODE, expires_at));
            assert_eq!(HospitalAdmin::credential(&NODE), Some(expires_at));
        }
    });
}

#[test]
fn issue_credential_should_succeed_when_the_node_is_no_validator_yet() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(HospitalAdmin::add_node(RuntimeOrigin::signed(ADMIN), 30));
        assert_ok!(issue(ADMIN, 30, NOW + 1));
    });
}

#[test]
fn issue_credential_should_fail_when_the_slot_is_past_or_too_far_ahead() {
    ExtBuilder::default().build_and_execute(|| {
        let beyond = NOW + MAX_CREDENTIAL_SLOTS + 1;
        for expires_at in [0, NOW - 1, NOW, beyond, u64::MAX] {
            assert_noop!(issue(ADMIN, NODE, expires_at), Error::<Test>::InvalidExpiry);
        }
        assert_ok!(issue(ADMIN, NODE, NOW + 1));
        assert_ok!(issue(ADMIN, NODE, NOW + MAX_CREDENTIAL_SLOTS));
        // At the last slot nothing overflows.
        Slot::set(u64::MAX);
        assert_noop!(issue(ADMIN, NODE, u64::MAX), Error::<Test>::InvalidExpiry);
    });
}

#[test]
fn issue_credential_should_fail_when_the_account_is_no_node() {
    ExtBuilder::default().build_and_execute(|| {
        for who in [ADMIN, STAFF, STRANGER] {
            assert_noop!(issue(ADMIN, who, NOW + 1), Error::<Test>::NodeNotFound);
        }
    });
}

#[test]
fn issue_credential_should_fail_when_the_origin_is_no_admin() {
    ExtBuilder::default().build_and_execute(|| {
        for origin in unsigned() {
            assert_noop!(
                HospitalAdmin::issue_credential(origin, NODE, NOW + 1),
                DispatchError::BadOrigin
            );
        }
        // A node cannot issue a credential for itself.
        for who in [STAFF, NODE, STRANGER] {
            assert_noop!(issue(who, NODE, NOW + 1), Error::<Test>::NotAuthorized);
        }
    });
}
