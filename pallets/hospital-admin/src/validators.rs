// SPDX-License-Identifier: Apache-2.0
//! Validators that the admins named.

use crate::{Config, Error, Event, Pallet, Validators};
use alloc::vec::Vec;
use bspp_primitives::traits::AuthorStandings;
use frame_support::{ensure, traits::ValidatorRegistration, BoundedVec};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    /// The set that should author: the validators that the admins named, in their order.
    ///
    /// Validators that are suspended or lost their session keys are left out.
    pub fn planned_validators() -> Vec<T::AccountId> {
        Validators::<T>::get()
            .into_iter()
            .filter(|who| !T::Authors::is_suspended(who) && T::SessionKeys::is_registered(who))
            .collect()
    }

    pub(crate) fn do_set_validators(
        validators: BoundedVec<T::AccountId, T::MaxNodes>,
    ) -> DispatchResult {
        ensure!(!validators.is_empty(), Error::<T>::InvalidValidators);
        let mut sorted = validators.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        ensure!(
            sorted.len() == validators.len(),
            Error::<T>::InvalidValidators
        );
        for account in &validators {
            ensure!(Self::is_node(account), Error::<T>::NodeNotFound);
            ensure!(
                !T::Authors::is_suspended(account),
                Error::<T>::NodeSuspended
            );
            // A validator without keys would be in the set with empty keys and stop finality.
            ensure!(
                T::SessionKeys::is_registered(account),
                Error::<T>::SessionKeysNotFound
            );
        }
        let count = u32::try_from(validators.len()).unwrap_or(u32::MAX);
        Validators::<T>::put(validators);
        Self::deposit_event(Event::ValidatorsSet { count });
        Ok(())
    }
}
