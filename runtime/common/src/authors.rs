// SPDX-License-Identifier: Apache-2.0
//! What the gate needs of Aura and of the session pallet.

use alloc::vec::Vec;
use bspp_primitives::traits::{AuthorSets, CurrentSlot};
use core::marker::PhantomData;
use polkadot_sdk::{frame_system, pallet_aura, pallet_session};

/// The slot that Aura read from the block's digest.
pub struct AuraSlot<T>(PhantomData<T>);

impl<T: pallet_aura::Config> CurrentSlot for AuraSlot<T> {
    fn current_slot() -> u64 {
        *pallet_aura::CurrentSlot::<T>::get()
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn set_slot(slot: u64) {
        pallet_aura::CurrentSlot::<T>::put(polkadot_sdk::sp_consensus_aura::Slot::from(slot));
    }
}

/// The session pallet's sets of validators.
pub struct SessionAuthors<T>(PhantomData<T>);

impl<T> AuthorSets<T::AccountId> for SessionAuthors<T>
where
    T: pallet_session::Config<ValidatorId = <T as frame_system::Config>::AccountId>,
{
    fn current() -> Vec<T::AccountId> {
        pallet_session::Validators::<T>::get()
    }

    fn queued() -> Vec<T::AccountId> {
        pallet_session::QueuedKeys::<T>::get()
            .into_iter()
            .map(|(who, _)| who)
            .collect()
    }

    // The session pallet plans a session ahead: without this, a suspended author would be in the next session's set and
    // leave with the one after.
    fn drop_queued(leaving: &[T::AccountId]) {
        let queued = pallet_session::QueuedKeys::<T>::get();
        let before = queued.len();
        let remaining: Vec<_> = queued
            .into_iter()
            .filter(|(who, _)| !leaving.contains(who))
            .collect();
        // Without authors there is no chain. Callers have made sure that somebody stays.
        if remaining.is_empty() || remaining.len() == before {
            return;
        }
        pallet_session::QueuedKeys::<T>::put(remaining);
        pallet_session::QueuedChanged::<T>::put(true);
    }
}
