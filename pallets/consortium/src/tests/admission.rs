// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use bspp_primitives::{refusal, traits::Admission};
use frame_support::assert_ok;
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};

fn remark() -> RuntimeCall {
    frame_system::Call::remark { remark: vec![] }.into()
}

fn operational() -> RuntimeCall {
    frame_system::Call::set_heap_pages { pages: 1 }.into()
}

fn refused<O>(code: u8) -> Result<O, TransactionValidityError> {
    Err(InvalidTransaction::Custom(code).into())
}

#[test]
fn strangers_and_removed_accounts_should_be_refused() {
    ExtBuilder::default().run(|| {
        assert_ok!(Consortium::remove_requester(signed(OPERATOR_A), DOCTOR_A));
        assert_ok!(Consortium::remove_hospital(council(), HOSPITAL_B));
        for who in [STRANGER, DOCTOR_A, OPERATOR_B, VALIDATOR_B] {
            for call in [remark(), operational()] {
                assert_eq!(
                    Consortium::check(&who, &call, 1, 1),
                    refused(refusal::NOT_MEMBER)
                );
                assert_eq!(
                    Consortium::charge(&who, &call, 1, 1),
                    refused(refusal::NOT_MEMBER)
                );
            }
        }
    });
}

#[test]
fn suspended_hospitals_accounts_should_be_refused_whatever_they_send() {
    ExtBuilder::default().run(|| {
        assert_ok!(Consortium::suspend_hospital(council(), HOSPITAL_A));
        for who in [OPERATOR_A, DOCTOR_A, VALIDATOR_A] {
            for call in [remark(), operational()] {
                assert_eq!(
                    Consortium::check(&who, &call, 1, 1),
                    refused(refusal::SUSPENDED)
                );
            }
        }
        assert_ok!(Consortium::check(&OPERATOR_B, &remark(), 1, 1));
    });
}

#[test]
fn council_members_should_send_operational_calls_only() {
    ExtBuilder::default().run(|| {
        assert_eq!(Consortium::check(&COUNCILLOR, &operational(), 1, 1), Ok(0));
        assert_eq!(
            Consortium::check(&COUNCILLOR, &remark(), 1, 1),
            refused(refusal::CALL_NOT_AUTHORIZED)
        );
    });
}

#[test]
fn a_hospitals_accounts_should_share_one_quota() {
    ExtBuilder::default().run(|| {
        assert_eq!(Consortium::check(&OPERATOR_A, &remark(), 250, 1), Ok(250));
        assert_ok!(Consortium::charge(&OPERATOR_A, &remark(), 250, 1));
        assert_ok!(Consortium::charge(&DOCTOR_A, &remark(), 250, 1));
        assert_eq!(Consortium::check(&VALIDATOR_A, &remark(), 500, 1), Ok(1000));
        let over = Consortium::check(&VALIDATOR_A, &remark(), 501, 1);
        assert_eq!(over, refused(refusal::QUOTA_EXCEEDED));
        assert_eq!(
            Consortium::charge(&DOCTOR_A, &remark(), 501, 1),
            refused(refusal::QUOTA_EXCEEDED)
        );
        // A refused charge costs nothing and does not affect other hospitals.
        assert_eq!(UsedQuota::<Test>::get(HOSPITAL_A).weight, 500);
        assert_eq!(Consortium::check(&OPERATOR_B, &remark(), 1, 1), Ok(2));
    });
}

#[test]
fn bytes_should_count_beside_weight() {
    ExtBuilder::default().run(|| {
        assert_eq!(Consortium::check(&OPERATOR_A, &remark(), 1, 250), Ok(500));
        let too_long = u32::try_from(QUOTA_BYTES).unwrap() + 1;
        assert_eq!(
            Consortium::check(&OPERATOR_A, &remark(), 1, too_long),
            refused(refusal::QUOTA_EXCEEDED)
        );
        assert_eq!(
            Consortium::check(&OPERATOR_A, &remark(), u64::MAX, u32::MAX),
            refused(refusal::QUOTA_EXCEEDED)
        );
    });
}

#[test]
fn quota_should_be_whole_again_when_a_session_begins() {
    ExtBuilder::default().run(|| {
        assert_ok!(Consortium::charge(&OPERATOR_A, &remark(), QUOTA_WEIGHT, 1));
        assert!(Consortium::check(&OPERATOR_A, &remark(), 1, 1).is_err());
        set_session(1);
        assert_eq!(Consortium::check(&OPERATOR_A, &remark(), 1, 1), Ok(2));
        assert_ok!(Consortium::charge(&OPERATOR_A, &remark(), 1, 1));
        assert_eq!(
            UsedQuota::<Test>::get(HOSPITAL_A),
            Usage {
                session: 1,
                weight: 1,
                bytes: 1
            }
        );
    });
}

#[test]
fn operational_calls_should_be_free_except_for_requesters() {
    ExtBuilder::default().run(|| {
        assert_ok!(Consortium::charge(&OPERATOR_A, &remark(), QUOTA_WEIGHT, 1));
        for who in [OPERATOR_A, VALIDATOR_A] {
            assert_eq!(Consortium::check(&who, &operational(), 9_999, 9_999), Ok(0));
            assert_ok!(Consortium::charge(&who, &operational(), 9_999, 9_999));
        }
        assert_eq!(UsedQuota::<Test>::get(HOSPITAL_A).weight, QUOTA_WEIGHT);
        assert_eq!(
            Consortium::check(&DOCTOR_A, &operational(), 1, 1),
            refused(refusal::QUOTA_EXCEEDED)
        );
        assert!(Consortium::is_operational(&operational()));
        assert!(!Consortium::is_operational(&remark()));
    });
}
