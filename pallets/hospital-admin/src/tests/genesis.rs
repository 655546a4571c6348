// SPDX-License-Identifier: Apache-2.0

use crate::mock::*;
use bspp_primitives::traits::HospitalChain;

#[test]
fn genesis_should_make_members_that_can_transact() {
    ExtBuilder::default().build_and_execute(|| {
        assert_eq!(HospitalAdmin::hospital(), HOSPITAL);
        assert_eq!(HospitalAdmin::chain(), CHAIN);
        assert!(HospitalAdmin::is_admin(&ADMIN));
        assert!(HospitalAdmin::is_staff(&STAFF));
        assert!(HospitalAdmin::is_node(&NODE));
        for who in [ADMIN, STAFF, NODE] {
            assert_eq!(System::sufficients(&who), 1);
        }
    });
}

#[test]
fn genesis_should_count_one_reference_for_an_account_with_several_roles() {
    ExtBuilder::default()
        .with_staff(&[ADMIN])
        .with_validators(&[ADMIN])
        .build_and_execute(|| {
            assert_eq!(System::sufficients(&ADMIN), 1);
            assert_eq!(System::providers(&ADMIN), 1);
        });
}

#[test]
fn genesis_should_give_validators_credentials_when_it_says_until_when() {
    ExtBuilder::default()
        .with_validators(&[NODE, 21])
        .with_credentials_until(NOW + 5)
        .build_and_execute(|| {
            for who in [NODE, 21] {
                assert_eq!(HospitalAdmin::credential(&who), Some(NOW + 5));
            }
            for who in [ADMIN, STAFF] {
                assert_eq!(HospitalAdmin::credential(&who), None);
            }
        });
    ExtBuilder::default().build_and_execute(|| {
        assert_eq!(HospitalAdmin::credential(&NODE), None);
    });
}

#[test]
#[should_panic(expected = "more admins")]
fn genesis_should_panic_when_there_are_too_many_admins() {
    ExtBuilder::default().with_admins(&[1, 2, 3, 4]).build();
}

#[test]
#[should_panic(expected = "more staff")]
fn genesis_should_panic_when_there_are_too_many_staff() {
    ExtBuilder::default().with_staff(&[1, 2, 3, 4]).build();
}

#[test]
#[should_panic(expected = "more validators")]
fn genesis_should_panic_when_there_are_too_many_validators() {
    ExtBuilder::default().with_validators(&[1, 2, 3, 4]).build();
}

#[test]
#[should_panic(expected = "validator twice")]
fn genesis_should_panic_when_a_validator_stands_twice() {
    ExtBuilder::default().with_validators(&[1, 1]).build();
}
