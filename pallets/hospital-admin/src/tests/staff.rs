// SPDX-License-Identifier: Apache-2.0

use crate::mock::*;
use bspp_primitives::traits::Staff;

#[test]
fn may_store_should_hold_for_staff_only() {
    ExtBuilder::default().build_and_execute(|| {
        assert!(HospitalAdmin::may_store(&STAFF));
        for who in [ADMIN, NODE, STRANGER] {
            assert!(!HospitalAdmin::may_store(&who));
        }
    });
}

#[test]
fn may_enrol_should_hold_for_staff_and_admins() {
    ExtBuilder::default().build_and_execute(|| {
        for who in [STAFF, ADMIN] {
            assert!(HospitalAdmin::may_enrol(&who));
        }
        for who in [NODE, STRANGER] {
            assert!(!HospitalAdmin::may_enrol(&who));
        }
    });
}
