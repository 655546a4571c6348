// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use bspp_primitives::traits::Membership;
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError::BadOrigin;

#[test]
fn add_requester_should_succeed_when_the_operator_asks() {
    ExtBuilder::default().run(|| {
        assert_ok!(add_requester(signed(OPERATOR_B), HOSPITAL_B, 21));
        assert_eq!(Consortium::hospital_of(&21), Some(HOSPITAL_B));
        assert!(!Consortium::is_operator(&21, &HOSPITAL_B));
        assert_eq!(System::providers(&21), 1);
        assert_eq!(
            last_event(),
            Event::RequesterAdded {
                hospital: HOSPITAL_B,
                requester: 21
            }
        );
    });
}

#[test]
fn add_requester_should_fail_when_the_sender_is_no_operator() {
    ExtBuilder::default().run(|| {
        for who in [DOCTOR_A, VALIDATOR_A, COUNCILLOR, STRANGER] {
            let refused = Error::<Test>::NotAuthorized;
            assert_noop!(add_requester(signed(who), HOSPITAL_B, 21), refused);
        }
        assert_noop!(add_requester(council(), HOSPITAL_B, 21), BadOrigin);
    });
}

#[test]
fn add_requester_should_fail_when_the_account_has_a_role() {
    ExtBuilder::default().run(|| {
        for who in [OPERATOR_A, OPERATOR_B, DOCTOR_A, VALIDATOR_A, COUNCILLOR] {
            let exists = Error::<Test>::AlreadyExists;
            assert_noop!(add_requester(signed(OPERATOR_B), HOSPITAL_B, who), exists);
        }
    });
}

#[test]
fn add_requester_should_fail_when_there_are_as_many_as_may_be() {
    ExtBuilder::default().run(|| {
        for who in 50..53 {
            assert_ok!(add_requester(signed(OPERATOR_B), HOSPITAL_B, who));
        }
        assert_noop!(
            add_requester(signed(OPERATOR_B), HOSPITAL_B, 53),
            Error::<Test>::MaxRequestersExceeded
        );
        // One requester leaves, so another one may come.
        assert_ok!(Consortium::remove_requester(signed(OPERATOR_B), 50));
        assert_ok!(add_requester(signed(OPERATOR_B), HOSPITAL_B, 53));
    });
}

#[test]
fn remove_requester_should_keep_the_account_so_that_nothing_replays() {
    ExtBuilder::default().run(|| {
        System::inc_account_nonce(DOCTOR_A);
        assert_ok!(Consortium::remove_requester(signed(OPERATOR_A), DOCTOR_A));
        assert_eq!(
            last_event(),
            Event::RequesterRemoved {
                hospital: HOSPITAL_A,
                requester: DOCTOR_A
            }
        );
        assert_eq!(Consortium::hospital_of(&DOCTOR_A), None);
        assert_eq!(System::account_nonce(DOCTOR_A), 1);
        assert_eq!(System::providers(&DOCTOR_A), 1);
        // The return of the requester does not reset the nonce and adds no reference.
        assert_ok!(add_requester(signed(OPERATOR_A), HOSPITAL_A, DOCTOR_A));
        assert_eq!(System::account_nonce(DOCTOR_A), 1);
        assert_eq!(System::providers(&DOCTOR_A), 1);
    });
}

#[test]
fn remove_requester_should_fail_when_it_is_none_of_the_senders() {
    ExtBuilder::default().run(|| {
        let not_found = Error::<Test>::NotFound;
        assert_noop!(
            Consortium::remove_requester(signed(OPERATOR_B), DOCTOR_A),
            not_found
        );
        let not_found = Error::<Test>::NotFound;
        assert_noop!(
            Consortium::remove_requester(signed(OPERATOR_A), OPERATOR_A),
            not_found
        );
        let not_found = Error::<Test>::NotFound;
        assert_noop!(
            Consortium::remove_requester(signed(OPERATOR_A), STRANGER),
            not_found
        );
        assert_noop!(
            Consortium::remove_requester(signed(DOCTOR_A), DOCTOR_A),
            Error::<Test>::NotAuthorized
        );
    });
}

#[test]
fn add_requester_should_register_the_key_that_the_requester_signed() {
    ExtBuilder::default().run(|| {
        assert_ok!(add_requester(signed(OPERATOR_B), HOSPITAL_B, 21));
        assert_eq!(Consortium::requester_key(&21), Some(key(1)));
        assert_ok!(Consortium::remove_requester(signed(OPERATOR_B), 21));
        assert_eq!(Consortium::requester_key(&21), None);
    });
}

#[test]
fn operator_should_not_register_a_key_of_its_own_for_a_requester() {
    ExtBuilder::default().run(|| {
        let (own, signature) = signed_key(HOSPITAL_B, OPERATOR_B, 7);
        assert_noop!(
            Consortium::add_requester(signed(OPERATOR_B), 21, own, signature),
            Error::<Test>::InvalidSignature
        );
        // Signed for another hospital, or for another key.
        let (key_1, elsewhere) = signed_key(HOSPITAL_A, 21, 1);
        assert_noop!(
            Consortium::add_requester(signed(OPERATOR_B), 21, key_1, elsewhere),
            Error::<Test>::InvalidSignature
        );
        let (_, other_key) = signed_key(HOSPITAL_B, 21, 2);
        assert_noop!(
            Consortium::add_requester(signed(OPERATOR_B), 21, key_1, other_key),
            Error::<Test>::InvalidSignature
        );
    });
}

#[test]
fn add_requester_should_fail_when_the_key_has_small_order() {
    ExtBuilder::default().run(|| {
        let message =
            bspp_types::messages::requester_key_message(&CHAIN, &HOSPITAL_B, &21u64, &[0; 32]);
        let signature = sp_runtime::testing::TestSignature(21, message);
        assert_noop!(
            Consortium::add_requester(signed(OPERATOR_B), 21, [0; 32], signature),
            Error::<Test>::InvalidEncryptionKey
        );
    });
}

#[test]
fn replayed_statement_should_not_bring_back_a_replaced_key() {
    ExtBuilder::default().run(|| {
        assert_ok!(add_requester(signed(OPERATOR_B), HOSPITAL_B, 21));
        // The key is stolen, so the requester replaces it.
        assert_ok!(Consortium::rotate_requester_key(signed(21), key(2)));
        assert_ok!(Consortium::remove_requester(signed(OPERATOR_B), 21));
        assert_noop!(
            add_requester(signed(OPERATOR_B), HOSPITAL_B, 21),
            Error::<Test>::InvalidEncryptionKey
        );
        // The last key is not replaced: its statement holds again.
        let (last, statement) = signed_key(HOSPITAL_B, 21, 2);
        assert_ok!(Consortium::add_requester(
            signed(OPERATOR_B),
            21,
            last,
            statement
        ));
        for n in [1, 2] {
            assert_noop!(
                Consortium::rotate_requester_key(signed(21), key(n)),
                Error::<Test>::InvalidEncryptionKey
            );
        }
    });
}

#[test]
fn requester_of_the_genesis_should_register_its_key_itself() {
    ExtBuilder::default().run(|| {
        assert_eq!(Consortium::requester_key(&DOCTOR_A), None);
        assert_ok!(Consortium::rotate_requester_key(signed(DOCTOR_A), key(3)));
        assert_eq!(Consortium::requester_key(&DOCTOR_A), Some(key(3)));
    });
}

#[test]
fn requester_key_should_be_none_when_the_hospital_is_not_active() {
    ExtBuilder::default().run(|| {
        assert_ok!(add_requester(signed(OPERATOR_B), HOSPITAL_B, 21));
        assert_ok!(Consortium::suspend_hospital(council(), HOSPITAL_B));
        assert_eq!(Consortium::requester_key(&21), None);
        assert_noop!(
            Consortium::rotate_requester_key(signed(21), key(2)),
            Error::<Test>::NotFound
        );
        assert_ok!(Consortium::readmit_hospital(council(), HOSPITAL_B));
        assert_eq!(Consortium::requester_key(&21), Some(key(1)));
        assert_ok!(Consortium::remove_hospital(council(), HOSPITAL_B));
        assert_eq!(Consortium::requester_key(&21), None);
        // The key does not survive another role.
        assert_ok!(Consortium::change_operator(council(), HOSPITAL_A, 21));
        assert!(!RequesterKeys::<Test>::contains_key(21));
    });
}

#[test]
fn rotate_requester_key_should_replace_the_senders_own_key() {
    ExtBuilder::default().run(|| {
        assert_ok!(Consortium::rotate_requester_key(signed(DOCTOR_A), key(3)));
        assert_eq!(Consortium::requester_key(&DOCTOR_A), Some(key(3)));
        assert_eq!(
            last_event(),
            Event::RequesterKeyRotated {
                requester: DOCTOR_A,
                key: key(3)
            }
        );
        assert_noop!(
            Consortium::rotate_requester_key(signed(DOCTOR_A), [0; 32]),
            Error::<Test>::InvalidEncryptionKey
        );
        for who in [OPERATOR_A, VALIDATOR_A, COUNCILLOR, STRANGER] {
            assert_noop!(
                Consortium::rotate_requester_key(signed(who), key(3)),
                Error::<Test>::NotFound
            );
        }
        assert_noop!(
            Consortium::rotate_requester_key(council(), key(3)),
            BadOrigin
        );
    });
}
