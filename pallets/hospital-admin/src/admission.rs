// SPDX-License-Identifier: Apache-2.0
//! Admission of transactions: admins and staff with any call, nodes with operational ones.

use crate::{Config, Pallet};
use bspp_primitives::traits::Admission;
use frame_support::traits::Contains;
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};

/// The chain is the hospital's own, so there is no quota.
impl<T: Config> Admission<T::AccountId, <T as frame_system::Config>::RuntimeCall> for Pallet<T> {
    fn is_operational(call: &<T as frame_system::Config>::RuntimeCall) -> bool {
        T::OperationalCalls::contains(call)
    }

    fn check(
        who: &T::AccountId,
        call: &<T as frame_system::Config>::RuntimeCall,
        _weight: u64,
        _len: u32,
    ) -> Result<u16, TransactionValidityError> {
        let admitted = Self::is_staff(who)
            || Self::is_admin(who)
            || (Self::is_node(who) && T::OperationalCalls::contains(call));
        if admitted {
            Ok(0)
        } else {
            Err(InvalidTransaction::BadSigner.into())
        }
    }

    fn charge(
        who: &T::AccountId,
        call: &<T as frame_system::Config>::RuntimeCall,
        weight: u64,
        len: u32,
    ) -> Result<(), TransactionValidityError> {
        Self::check(who, call, weight, len).map(|_| ())
    }
}
