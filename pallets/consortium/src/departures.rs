// SPDX-License-Identifier: Apache-2.0
//! Former validators, whose session keys are purged after their last session.

use crate::{pallet::*, validators::LOG_TARGET};
use bspp_primitives::traits::SessionKeyStore;
use frame_support::traits::ValidatorRegistration;

/// Maximum number of accounts whose keys are purged when a session begins.
const MAX_PURGES: usize = 32;

impl<T: Config> Pallet<T> {
    /// Notes validators that were removed and have session keys.
    pub(crate) fn note_departed(leaving: &[T::AccountId]) {
        DepartedValidators::<T>::mutate(|departed| {
            for who in leaving.iter().filter(|who| T::Session::is_registered(who)) {
                // Validators and departed ones together are never more than the maximum.
                if departed.try_push(who.clone()).is_err() {
                    log::error!(target: LOG_TARGET, "the keys of a former validator stay");
                }
            }
        });
    }

    /// Purges the keys of former validators that are in neither of the two sets.
    ///
    /// It purges a bounded number and leaves the others for the next session.
    pub(crate) fn purge_departed(current: &[T::AccountId], next: &[T::AccountId]) {
        if DepartedValidators::<T>::decode_len().unwrap_or(0) == 0 {
            return;
        }
        let mut purged = 0usize;
        DepartedValidators::<T>::mutate(|departed| {
            departed.retain(|who| {
                if purged >= MAX_PURGES || current.contains(who) || next.contains(who) {
                    return true;
                }
                purged = purged.saturating_add(1);
                T::SessionKeys::purge_keys(who);
                false
            });
        });
    }
}
