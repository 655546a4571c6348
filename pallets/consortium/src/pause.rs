// SPDX-License-Identifier: Apache-2.0
//! Groups of calls that the council has paused.

use crate::{pallet::*, CallGroupList, CallGroups};
use bspp_primitives::refusal;
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};

impl<T: Config> Pallet<T> {
    /// Pauses groups of calls. Groups that are paused already stay so.
    pub(crate) fn do_pause(groups: CallGroupList) {
        PausedCalls::<T>::mutate(|paused| {
            for group in &groups {
                // The set has room for every group.
                let _ = paused.try_insert(*group);
            }
        });
        Self::deposit_event(Event::CallsPaused { groups });
    }

    /// Ends the pause of groups of calls. Groups that are not paused stay so.
    pub(crate) fn do_unpause(groups: CallGroupList) {
        PausedCalls::<T>::mutate(|paused| {
            for group in &groups {
                paused.remove(group);
            }
        });
        Self::deposit_event(Event::CallsUnpaused { groups });
    }

    /// Whether the council has paused a call.
    pub fn is_paused(call: &<T as Config>::RuntimeCall) -> bool {
        T::PausableCalls::group_of(call)
            .is_some_and(|group| PausedCalls::<T>::get().contains(&group))
    }

    /// Refuses calls that the chain takes from nobody now: paused ones, and early upgrades.
    pub(crate) fn ensure_open(
        call: &<T as Config>::RuntimeCall,
    ) -> Result<(), TransactionValidityError> {
        if Self::is_paused(call) {
            return Err(InvalidTransaction::Custom(refusal::PAUSED).into());
        }
        if Self::is_early_upgrade(call) {
            return Err(InvalidTransaction::Custom(refusal::UPGRADE_NOT_DUE).into());
        }
        Ok(())
    }
}
