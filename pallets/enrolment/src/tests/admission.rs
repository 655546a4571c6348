// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Call};
use bspp_primitives::traits::Admission;
use frame_support::assert_ok;
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};

fn operational() -> RuntimeCall {
    RuntimeCall::System(frame_system::Call::remark { remark: Vec::new() })
}

fn ordinary() -> RuntimeCall {
    RuntimeCall::Enrolment(Call::remove_admin { account: ADMIN })
}

fn bad_signer() -> TransactionValidityError {
    InvalidTransaction::BadSigner.into()
}

#[test]
fn check_should_admit_admins_and_clinicians_with_any_call() {
    ExtBuilder::default().build_and_execute(|| {
        for who in [ADMIN, CLINICIAN] {
            for call in [operational(), ordinary()] {
                assert_eq!(Enrolment::check(&who, &call, 1, 1), Ok(0));
                assert_ok!(Enrolment::charge(&who, &call, 1, 1));
            }
        }
    });
}

#[test]
fn check_should_admit_nodes_with_operational_calls_only() {
    ExtBuilder::default().build_and_execute(|| {
        assert_eq!(Enrolment::check(&NODE, &operational(), 1, 1), Ok(0));
        assert_eq!(
            Enrolment::check(&NODE, &ordinary(), 1, 1),
            Err(bad_signer())
        );
        assert_eq!(
            Enrolment::charge(&NODE, &ordinary(), 1, 1),
            Err(bad_signer())
        );
    });
}

#[test]
fn check_should_refuse_strangers_and_removed_members() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(Enrolment::remove_clinician(
            RuntimeOrigin::signed(ADMIN),
            CLINICIAN
        ));
        for who in [STRANGER, CLINICIAN] {
            for call in [operational(), ordinary()] {
                assert_eq!(Enrolment::check(&who, &call, 1, 1), Err(bad_signer()));
                assert_eq!(Enrolment::charge(&who, &call, 1, 1), Err(bad_signer()));
            }
        }
    });
}

#[test]
fn is_operational_should_ask_the_runtime() {
    assert!(Enrolment::is_operational(&operational()));
    assert!(!Enrolment::is_operational(&ordinary()));
}
