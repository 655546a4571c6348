// SPDX-License-Identifier: Apache-2.0
//! Tests of the accounts that send anchors besides operators.

use crate::{mock::*, *};
use bspp_primitives::traits::Membership;
use bspp_types::Role;
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError::BadOrigin;

const ANCHORER: AccountId = 31;

fn set(who: AccountId, anchorer: Option<AccountId>) -> sp_runtime::DispatchResult {
    Consortium::set_anchorer(signed(who), anchorer)
}

#[test]
fn set_anchorer_should_give_the_role_and_nothing_else() {
    ExtBuilder::default().run(|| {
        assert_ok!(set(OPERATOR_A, Some(ANCHORER)));
        assert_eq!(Consortium::anchorer(&HOSPITAL_A), Some(ANCHORER));
        assert!(Consortium::may_anchor(&ANCHORER));
        assert_eq!(Consortium::hospital_of(&ANCHORER), None);
        assert!(!Consortium::is_operator(&ANCHORER, &HOSPITAL_A));
        assert_eq!(
            last_event(),
            Event::AnchorerChanged {
                hospital: HOSPITAL_A,
                anchorer: Some(ANCHORER)
            }
        );
    });
}

#[test]
fn may_anchor_should_hold_for_operators_but_not_for_others() {
    ExtBuilder::default().run(|| {
        assert!(Consortium::may_anchor(&OPERATOR_A));
        for who in [DOCTOR_A, VALIDATOR_A, COUNCILLOR, STRANGER] {
            assert!(!Consortium::may_anchor(&who));
        }
        assert_ok!(set(OPERATOR_B, Some(ANCHORER)));
        assert_ok!(Consortium::suspend_hospital(council(), HOSPITAL_B));
        assert!(!Consortium::may_anchor(&ANCHORER) && !Consortium::may_anchor(&OPERATOR_B));
    });
}

#[test]
fn set_anchorer_should_take_the_role_from_the_former_one() {
    ExtBuilder::default().run(|| {
        assert_ok!(set(OPERATOR_A, Some(ANCHORER)));
        assert_ok!(set(OPERATOR_A, Some(ANCHORER + 1)));
        assert!(!Consortium::may_anchor(&ANCHORER));
        assert!(Consortium::may_anchor(&(ANCHORER + 1)));
        // The former one may have the role again.
        assert_ok!(set(OPERATOR_A, Some(ANCHORER)));
        assert_ok!(set(OPERATOR_A, None));
        assert_eq!(Consortium::anchorer(&HOSPITAL_A), None);
        assert!(!Consortium::may_anchor(&ANCHORER));
    });
}

#[test]
fn set_anchorer_should_fail_when_the_account_has_a_role() {
    ExtBuilder::default().run(|| {
        for who in [OPERATOR_A, OPERATOR_B, DOCTOR_A, VALIDATOR_A, COUNCILLOR] {
            let exists = Error::<Test>::AlreadyExists;
            assert_noop!(set(OPERATOR_A, Some(who)), exists);
        }
    });
}

#[test]
fn set_anchorer_should_fail_when_the_sender_is_no_operator() {
    ExtBuilder::default().run(|| {
        assert_ok!(set(OPERATOR_A, Some(ANCHORER)));
        for who in [ANCHORER, DOCTOR_A, VALIDATOR_A, COUNCILLOR, STRANGER] {
            let refused = Error::<Test>::NotAuthorized;
            assert_noop!(set(who, Some(40)), refused);
        }
        assert_noop!(Consortium::set_anchorer(council(), None), BadOrigin);
    });
}

#[test]
fn anchorer_should_lose_its_role_with_its_hospital() {
    ExtBuilder::default().run(|| {
        assert_ok!(set(OPERATOR_B, Some(ANCHORER)));
        assert_ok!(Consortium::remove_hospital(council(), HOSPITAL_B));
        assert_eq!(Consortium::anchorer(&HOSPITAL_B), None);
        let member = Members::<Test>::get(ANCHORER).unwrap();
        assert_eq!(member.role, Role::Removed);
    });
}
