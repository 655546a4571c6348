// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Call};
use bspp_primitives::traits::Admission;
use frame_support::assert_ok;
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};

fn operational() -> RuntimeCall {
    RuntimeCall::System(frame_system::Call::remark { remark: Vec::new() })
}

fn ordinary() -> RuntimeCall {
    RuntimeCall::HospitalAdmin(Call::remove_admin { account: ADMIN })
}

fn bad_signer() -> TransactionValidityError {
    InvalidTransaction::BadSigner.into()
}

#[test]
fn check_should_admit_admins_and_staff_with_any_call() {
    ExtBuilder::default().build_and_execute(|| {
        for who in [ADMIN, STAFF] {
            for call in [operational(), ordinary()] {
                assert_eq!(HospitalAdmin::check(&who, &call, 1, 1), Ok(0));
                assert_ok!(HospitalAdmin::charge(&who, &call, 1, 1));
            }
        }
    });
}

#[test]
fn check_should_admit_nodes_with_operational_calls_only() {
    ExtBuilder::default().build_and_execute(|| {
        assert_eq!(HospitalAdmin::check(&NODE, &operational(), 1, 1), Ok(0));
        assert_eq!(
            HospitalAdmin::check(&NODE, &ordinary(), 1, 1),
            Err(bad_signer())
        );
        assert_eq!(
            HospitalAdmin::charge(&NODE, &ordinary(), 1, 1),
            Err(bad_signer())
        );
    });
}

#[test]
fn check_should_refuse_strangers_and_removed_members() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(HospitalAdmin::remove_staff(
            RuntimeOrigin::signed(ADMIN),
            STAFF
        ));
        for who in [STRANGER, STAFF] {
            for call in [operational(), ordinary()] {
                assert_eq!(HospitalAdmin::check(&who, &call, 1, 1), Err(bad_signer()));
                assert_eq!(HospitalAdmin::charge(&who, &call, 1, 1), Err(bad_signer()));
            }
        }
    });
}

#[test]
fn is_operational_should_ask_the_runtime() {
    assert!(HospitalAdmin::is_operational(&operational()));
    assert!(!HospitalAdmin::is_operational(&ordinary()));
}
