// SPDX-License-Identifier: Apache-2.0
//! Admission of transactions: the calls that each member may send, within its quotas.

use crate::{Config, Pallet, Quotas};
use bspp_primitives::{
    refusal,
    traits::{Admission, Admitted, CallRules, MAX_PENDING},
};
use frame_support::weights::Weight;
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};

/// Transactions of an account with a quota of its own that may wait in the pool.
///
/// A gateway stores hundreds of records in a block.
const MAX_PENDING_WITH_QUOTA: u32 = 1_024;

/// The parts in which an account sends transactions. It may have several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sender {
    /// It is an admin.
    pub admin: bool,
    /// It is staff.
    pub staff: bool,
    /// It is a node.
    pub node: bool,
}

pub(crate) fn refused(code: u8) -> TransactionValidityError {
    InvalidTransaction::Custom(code).into()
}

impl<T: Config> Pallet<T> {
    /// The parts of an account. Refuses accounts that have none.
    fn sender(who: &T::AccountId) -> Result<Sender, TransactionValidityError> {
        let sender = Sender {
            admin: Self::is_admin(who),
            staff: Self::is_staff(who),
            node: Self::is_node(who),
        };
        if sender == Sender::default() {
            Err(refused(refusal::NOT_MEMBER))
        } else {
            Ok(sender)
        }
    }

    /// The sender, and whether the call is operational for it.
    ///
    /// An operational call is exempt from the ordinary quota or refused. For that reason restricted
    /// blocks, which admit calls by their kind, have only those that their senders may send.
    fn admit(
        who: &T::AccountId,
        call: &<T as frame_system::Config>::RuntimeCall,
    ) -> Result<(Sender, bool), TransactionValidityError> {
        let sender = Self::sender(who)?;
        let operational = T::Calls::is_operational(call);
        let admitted = if operational {
            T::Calls::exempt(&sender, call)
        } else {
            T::Calls::permitted(&sender, call)
        };
        if admitted {
            Ok((sender, operational))
        } else {
            Err(refused(refusal::CALL_NOT_AUTHORIZED))
        }
    }
}

impl<T: Config> Admission<T::AccountId, <T as frame_system::Config>::RuntimeCall> for Pallet<T> {
    fn is_operational(call: &<T as frame_system::Config>::RuntimeCall) -> bool {
        T::Calls::is_operational(call)
    }

    fn check(
        who: &T::AccountId,
        call: &<T as frame_system::Config>::RuntimeCall,
        weight: u64,
        len: u32,
    ) -> Result<Admitted, TransactionValidityError> {
        let (sender, operational) = Self::admit(who, call)?;
        T::Calls::check_bounds(who, call, len).map_err(refused)?;
        let (_, used) = Self::usage_after(who, &sender, operational, weight, len)?;
        Ok(Admitted { operational, used })
    }

    fn charge(
        who: &T::AccountId,
        call: &<T as frame_system::Config>::RuntimeCall,
        weight: u64,
        len: u32,
    ) -> Result<(), TransactionValidityError> {
        let (sender, operational) = Self::admit(who, call)?;
        T::Calls::check_ready(call).map_err(refused)?;
        let (usage, _) = Self::usage_after(who, &sender, operational, weight, len)?;
        Self::store_usage(who, operational, usage);
        Ok(())
    }

    fn weight(call: &<T as frame_system::Config>::RuntimeCall) -> Weight {
        T::Calls::weight(call)
    }

    fn may_be_bare(call: &<T as frame_system::Config>::RuntimeCall) -> bool {
        T::Calls::may_be_bare(call)
    }

    fn max_pending(who: &T::AccountId) -> u32 {
        if Quotas::<T>::contains_key(who) {
            MAX_PENDING_WITH_QUOTA
        } else {
            MAX_PENDING
        }
    }
}
