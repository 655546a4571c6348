// SPDX-License-Identifier: Apache-2.0

use super::unsigned;
use crate::{mock::*, Error, Event, Validators};
use frame_support::{assert_noop, assert_ok, BoundedVec};
use pallet_session::SessionManager;
use sp_runtime::{DispatchError, DispatchResult};

fn set(who: u64, validators: &[u64]) -> DispatchResult {
    HospitalAdmin::set_validators(
        RuntimeOrigin::signed(who),
        BoundedVec::truncate_from(validators.to_vec()),
    )
}

fn with_second_node() -> sp_io::TestExternalities {
    let mut ext = ExtBuilder::default().build();
    ext.execute_with(|| {
        assert_ok!(HospitalAdmin::add_node(RuntimeOrigin::signed(ADMIN), 21));
    });
    ext
}

#[test]
fn set_validators_should_take_effect_with_the_next_session_planned() {
    with_second_node().execute_with(|| {
        assert_eq!(HospitalAdmin::new_session(5), None);
        assert_ok!(set(ADMIN, &[21, NODE]));
        assert_eq!(Validators::<Test>::get().to_vec(), vec![21, NODE]);
        assert_eq!(events().last(), Some(&Event::ValidatorsSet { count: 2 }));
        assert_eq!(HospitalAdmin::new_session(6), Some(vec![21, NODE]));
        // The set does not change after that.
        InForce::set(vec![21, NODE]);
        assert_eq!(HospitalAdmin::new_session(7), None);
    });
}

#[test]
fn set_validators_should_fail_when_the_origin_is_no_admin() {
    with_second_node().execute_with(|| {
        for origin in unsigned() {
            assert_noop!(
                HospitalAdmin::set_validators(origin, BoundedVec::truncate_from(vec![21])),
                DispatchError::BadOrigin
            );
        }
        for who in [STAFF, NODE, STRANGER] {
            assert_noop!(set(who, &[21]), Error::<Test>::NotAuthorized);
        }
    });
}

#[test]
fn set_validators_should_fail_when_there_is_none_or_one_twice() {
    with_second_node().execute_with(|| {
        assert_noop!(set(ADMIN, &[]), Error::<Test>::InvalidValidators);
        assert_noop!(
            set(ADMIN, &[21, NODE, 21]),
            Error::<Test>::InvalidValidators
        );
    });
}

#[test]
fn set_validators_should_fail_when_one_is_no_node_or_has_no_keys() {
    with_second_node().execute_with(|| {
        assert_noop!(set(ADMIN, &[NODE, STRANGER]), Error::<Test>::NodeNotFound);
        Keyless::set(vec![21]);
        assert_noop!(set(ADMIN, &[NODE, 21]), Error::<Test>::SessionKeysNotFound);
    });
}

#[test]
fn set_validators_should_fail_when_one_is_suspended() {
    with_second_node().execute_with(|| {
        Suspended::set(vec![21]);
        assert_noop!(set(ADMIN, &[NODE, 21]), Error::<Test>::NodeSuspended);
        assert_noop!(set(ADMIN, &[21]), Error::<Test>::NodeSuspended);
        Suspended::set(vec![]);
        assert_ok!(set(ADMIN, &[NODE, 21]));
    });
}
