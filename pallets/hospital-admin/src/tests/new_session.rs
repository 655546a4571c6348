// SPDX-License-Identifier: Apache-2.0
//! The set of authors follows the admins and the standing of nodes.

use crate::mock::*;
use pallet_session::SessionManager;

fn three() -> ExtBuilder {
    ExtBuilder::default().with_validators(&[22, 20, 21])
}

#[test]
fn new_session_should_be_none_when_the_set_is_unchanged() {
    three().build_and_execute(|| {
        assert_eq!(HospitalAdmin::new_session(1), None);
        // The pallet does not change the order in force.
        InForce::set(vec![20, 21, 22]);
        assert_eq!(HospitalAdmin::new_session(2), None);
    });
}

#[test]
fn new_session_should_leave_out_who_is_suspended_until_readmitted() {
    three().build_and_execute(|| {
        Suspended::set(vec![20]);
        assert_eq!(HospitalAdmin::new_session(1), Some(vec![22, 21]));
        InForce::set(vec![22, 21]);
        assert_eq!(HospitalAdmin::new_session(2), None);
        // A readmitted node returns automatically.
        Suspended::set(vec![]);
        assert_eq!(HospitalAdmin::new_session(3), Some(vec![22, 20, 21]));
    });
}

#[test]
fn new_session_should_leave_out_who_lost_its_session_keys() {
    three().build_and_execute(|| {
        Keyless::set(vec![21]);
        assert_eq!(HospitalAdmin::new_session(1), Some(vec![22, 20]));
        InForce::set(vec![22, 20]);
        assert_eq!(HospitalAdmin::new_session(2), None);
    });
}

#[test]
fn new_session_should_be_none_when_the_set_would_be_empty() {
    three().build_and_execute(|| {
        Suspended::set(vec![20, 21]);
        Keyless::set(vec![22]);
        assert_eq!(HospitalAdmin::new_session(1), None);
    });
    ExtBuilder::default()
        .with_validators(&[])
        .build_and_execute(|| {
            InForce::set(vec![NODE]);
            assert_eq!(HospitalAdmin::new_session(1), None);
        });
}

#[test]
fn new_session_genesis_should_return_the_validators_or_leave_them_to_the_session() {
    ExtBuilder::default().build_and_execute(|| {
        assert_eq!(HospitalAdmin::new_session_genesis(0), Some(vec![NODE]));
        assert_eq!(HospitalAdmin::new_session_genesis(1), Some(vec![NODE]));
    });
    ExtBuilder::default()
        .with_validators(&[])
        .build_and_execute(|| {
            assert_eq!(HospitalAdmin::new_session_genesis(0), None);
        });
}
