// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use bspp_primitives::{refusal, traits::Admission};
use frame_support::{assert_noop, assert_ok};
use pallet_session::SessionManager;
use sp_runtime::{
    traits::Convert,
    transaction_validity::{InvalidTransaction, TransactionValidityError},
    DispatchError::BadOrigin,
};

fn propose(operator: AccountId, validator: AccountId) -> sp_runtime::DispatchResult {
    Consortium::add_validator(signed(operator), validator)
}

fn proposed(hospital: bspp_types::HospitalId) -> Vec<AccountId> {
    ProposedValidators::<Test>::get(hospital).into_inner()
}

#[test]
fn add_validator_should_propose_and_give_no_right() {
    ExtBuilder::default().run(|| {
        assert_ok!(propose(OPERATOR_B, 23));
        assert_eq!(
            last_event(),
            Event::ValidatorProposed {
                hospital: HOSPITAL_B,
                validator: 23
            }
        );
        assert_eq!(proposed(HOSPITAL_B), vec![23]);
        // It has no hospital, no reference, no session keys and no place in the set.
        assert_eq!(Consortium::hospital_of_validator(&23), None);
        assert_eq!(ValidatorOf::<Test>::convert(23), None);
        assert_eq!(System::providers(&23), 0);
        assert_eq!(Consortium::new_session(2), None);
        let remark: RuntimeCall = frame_system::Call::<Test>::remark { remark: vec![] }.into();
        let refused: TransactionValidityError =
            InvalidTransaction::Custom(refusal::NOT_MEMBER).into();
        assert_eq!(Consortium::check(&23, &remark, 1, 1).err(), Some(refused));
    });
}

#[test]
fn add_validator_should_fail_when_taken_full_or_not_asked_by_an_operator() {
    ExtBuilder::default().run(|| {
        for who in [VALIDATOR_A, VALIDATOR_B, OPERATOR_A, DOCTOR_A, COUNCILLOR] {
            assert_noop!(propose(OPERATOR_B, who), Error::<Test>::AlreadyExists);
        }
        for who in [DOCTOR_A, VALIDATOR_A, COUNCILLOR, STRANGER] {
            assert_noop!(propose(who, 23), Error::<Test>::NotAuthorized);
        }
        for validator in [23, 24, 25] {
            assert_ok!(propose(OPERATOR_B, validator));
        }
        assert_noop!(propose(OPERATOR_B, 23), Error::<Test>::AlreadyExists);
        assert_noop!(
            propose(OPERATOR_B, 26),
            Error::<Test>::MaxValidatorsExceeded
        );
        // Another hospital may propose the same account; the council decides.
        assert_ok!(propose(OPERATOR_A, 23));
    });
}

#[test]
fn withdraw_validator_should_end_the_senders_own_proposal_only() {
    ExtBuilder::default().run(|| {
        assert_ok!(propose(OPERATOR_B, 23));
        let withdraw = |who, validator| Consortium::withdraw_validator(signed(who), validator);
        assert_noop!(withdraw(OPERATOR_A, 23), Error::<Test>::NotFound);
        assert_noop!(withdraw(OPERATOR_B, VALIDATOR_B), Error::<Test>::NotFound);
        assert_noop!(withdraw(DOCTOR_A, 23), Error::<Test>::NotAuthorized);
        assert_ok!(withdraw(OPERATOR_B, 23));
        assert_eq!(
            last_event(),
            Event::ValidatorWithdrawn {
                hospital: HOSPITAL_B,
                validator: 23
            }
        );
        assert!(!ProposedValidators::<Test>::contains_key(HOSPITAL_B));
        assert_noop!(
            Consortium::admit_validator(council(), HOSPITAL_B, 23, true),
            Error::<Test>::NotFound
        );
    });
}

#[test]
fn admit_validator_should_join_the_set_when_it_has_session_keys() {
    ExtBuilder::default().run(|| {
        set_keyless(&[23]);
        assert_ok!(propose(OPERATOR_B, 23));
        assert_ok!(Consortium::admit_validator(council(), HOSPITAL_B, 23, true));
        assert_eq!(
            last_event(),
            Event::ValidatorAdmitted {
                hospital: HOSPITAL_B,
                validator: 23
            }
        );
        assert!(proposed(HOSPITAL_B).is_empty());
        assert_eq!(Consortium::hospital_of_validator(&23), Some(HOSPITAL_B));
        assert_eq!(ValidatorOf::<Test>::convert(23), Some(23));
        assert_eq!(System::providers(&23), 1);
        assert_eq!(Consortium::new_session(2), None);
        set_keyless(&[]);
        assert_eq!(
            Consortium::new_session(3),
            Some(vec![VALIDATOR_A, VALIDATOR_A2, VALIDATOR_B, 23])
        );
    });
}

#[test]
fn admit_validator_should_fail_when_not_proposed_taken_full_or_not_asked_by_the_council() {
    ExtBuilder::default().run(|| {
        let admit = |id, who| Consortium::admit_validator(council(), id, who, true);
        assert_ok!(propose(OPERATOR_B, 23));
        for origin in [signed(OPERATOR_B), signed(COUNCILLOR), signed(STRANGER)] {
            assert_noop!(
                Consortium::admit_validator(origin, HOSPITAL_B, 23, true),
                BadOrigin
            );
        }
        // The council admits nobody whom the hospital has not proposed.
        assert_noop!(admit(HOSPITAL_A, 23), Error::<Test>::NotFound);
        assert_noop!(admit(HOSPITAL_B, 24), Error::<Test>::NotFound);
        assert_noop!(admit(HOSPITAL_C, 23), Error::<Test>::NotFound);
        // The account has got another role since.
        assert_ok!(propose(OPERATOR_B, 25));
        assert_ok!(add_requester(signed(OPERATOR_A), HOSPITAL_A, 25));
        assert_noop!(admit(HOSPITAL_B, 25), Error::<Test>::AlreadyExists);
        assert_ok!(Consortium::suspend_hospital(council(), HOSPITAL_B));
        assert_noop!(admit(HOSPITAL_B, 23), Error::<Test>::InvalidStatus);
        assert_ok!(Consortium::readmit_hospital(council(), HOSPITAL_B));
        // Maximum three for each hospital, five in total.
        assert_ok!(propose(OPERATOR_A, 14));
        assert_ok!(propose(OPERATOR_A, 15));
        assert_ok!(admit(HOSPITAL_A, 14));
        assert_noop!(admit(HOSPITAL_A, 15), Error::<Test>::MaxValidatorsExceeded);
        assert_ok!(admit(HOSPITAL_B, 23));
        assert_ok!(propose(OPERATOR_B, 24));
        assert_noop!(admit(HOSPITAL_B, 24), Error::<Test>::MaxValidatorsExceeded);
    });
}

#[test]
fn admit_validator_should_need_the_councils_word_when_the_share_is_a_third() {
    ExtBuilder::default().run(|| {
        MaxValidators::set(20);
        assert_ok!(Consortium::add_hospital(council(), HOSPITAL_C, 30, key(3)));
        let admit = |id, who, word| Consortium::admit_validator(council(), id, who, word);
        assert_ok!(propose(OPERATOR_B, 23));
        // Two of four votes.
        assert_noop!(
            admit(HOSPITAL_B, 23, false),
            Error::<Test>::VoteShareExceeded
        );
        assert_ok!(admit(HOSPITAL_B, 23, true));
        // One of five votes.
        assert_ok!(propose(30, 32));
        assert_ok!(admit(HOSPITAL_C, 32, false));
        // Two of six votes are a third.
        assert_ok!(propose(30, 33));
        assert_noop!(
            admit(HOSPITAL_C, 33, false),
            Error::<Test>::VoteShareExceeded
        );
    });
}

/// Attack: the hospital's admitted validators have no keys until all of them are admitted.
#[test]
fn admission_should_count_validators_without_keys() {
    ExtBuilder::default().run(|| {
        MaxValidators::set(20);
        assert_ok!(Consortium::add_hospital(council(), HOSPITAL_C, 30, key(3)));
        assert_ok!(admit(HOSPITAL_B, OPERATOR_B, 23));
        set_keyless(&[32, 33, 34]);
        assert_ok!(propose(30, 32));
        assert_ok!(Consortium::admit_validator(
            council(),
            HOSPITAL_C,
            32,
            false
        ));
        assert_ok!(propose(30, 33));
        assert_noop!(
            Consortium::admit_validator(council(), HOSPITAL_C, 33, false),
            Error::<Test>::VoteShareExceeded
        );
    });
}

/// Attack: a stolen operator's key leaves proposals that the council may take for good.
#[test]
fn proposals_should_end_with_the_operator_and_with_the_hospital() {
    ExtBuilder::default().run(|| {
        assert_ok!(propose(OPERATOR_A, 14));
        assert_ok!(Consortium::change_operator(council(), HOSPITAL_A, 30));
        assert!(proposed(HOSPITAL_A).is_empty());
        assert_ok!(propose(OPERATOR_B, 23));
        assert_ok!(Consortium::remove_hospital(council(), HOSPITAL_B));
        assert!(proposed(HOSPITAL_B).is_empty());
    });
}
