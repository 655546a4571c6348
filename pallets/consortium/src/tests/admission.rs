// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use bspp_primitives::{
    refusal,
    traits::{Admission, Admitted},
};
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
fn each_part_should_send_its_own_calls_only() {
    ExtBuilder::default().run(|| {
        for who in [COUNCILLOR, OPERATOR_A, VALIDATOR_A] {
            assert_eq!(
                Consortium::check(&who, &operational(), 100, 1),
                Ok(Admitted {
                    operational: true,
                    used: 250
                })
            );
        }
        for (who, call) in [
            (COUNCILLOR, remark()),
            (VALIDATOR_A, remark()),
            // An operational call that is not the sender's is refused, not charged.
            (DOCTOR_A, operational()),
        ] {
            let refusal = refused(refusal::CALL_NOT_AUTHORIZED);
            assert_eq!(Consortium::check(&who, &call, 1, 1), refusal);
            let refusal = refused(refusal::CALL_NOT_AUTHORIZED);
            assert_eq!(Consortium::charge(&who, &call, 1, 1), refusal);
        }
        assert_eq!(UsedReserve::<Test>::iter().count(), 0);
        assert_eq!(UsedCommon::<Test>::iter().count(), 0);
        assert!(Consortium::is_operational(&operational()));
        assert!(!Consortium::is_operational(&remark()));
    });
}

#[test]
fn calls_out_of_bounds_should_be_refused_by_the_pool() {
    ExtBuilder::default().run(|| {
        let long: RuntimeCall = frame_system::Call::remark {
            remark: vec![0; 101],
        }
        .into();
        assert_eq!(
            Consortium::check(&OPERATOR_A, &long, 1, 1),
            refused(refusal::OUT_OF_BOUNDS)
        );
    });
}

#[test]
fn calls_that_would_fail_should_be_refused_by_the_block_only() {
    ExtBuilder::default().run(|| {
        let early: RuntimeCall = frame_system::Call::set_heap_pages { pages: 0 }.into();
        assert_ok!(Consortium::check(&COUNCILLOR, &early, 1, 1));
        assert_eq!(
            Consortium::charge(&COUNCILLOR, &early, 1, 1),
            refused(refusal::MOTION_NOT_DECIDED)
        );
        assert_eq!(UsedOperationalQuota::<Test>::iter().count(), 0);
    });
}
