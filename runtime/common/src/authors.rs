// SPDX-License-Identifier: Apache-2.0
//! The data from Aura and the session pallet that the gate needs.

use alloc::vec::Vec;
use bspp_primitives::traits::{AuthorSets, CurrentSlot, SessionKeyStore};
use core::marker::PhantomData;
use polkadot_sdk::{
    frame_support::traits::{Contains, IsSubType, ValidatorRegistration},
    frame_system, pallet_aura, pallet_session,
};

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

/// A call filter that refuses `purge_keys` only.
///
/// Validators replace their session keys and do not purge them: a set without keys could no longer
/// author.
pub struct NoPurgedKeys<T>(PhantomData<T>);

impl<T: pallet_session::Config> Contains<T::RuntimeCall> for NoPurgedKeys<T>
where
    T::RuntimeCall: IsSubType<pallet_session::Call<T>>,
{
    fn contains(call: &T::RuntimeCall) -> bool {
        !matches!(
            call.is_sub_type(),
            Some(pallet_session::Call::purge_keys { .. })
        )
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

    // The session pallet plans one session ahead. Without this function a suspended author would be
    // in the next session's set and leave with the one after it.
    fn drop_queued(leaving: &[T::AccountId]) {
        let queued = pallet_session::QueuedKeys::<T>::get();
        let before = queued.len();
        let remaining: Vec<_> = queued
            .into_iter()
            .filter(|(who, _)| !leaving.contains(who))
            .collect();
        // A chain without authors stops. Callers have checked that somebody stays.
        if remaining.is_empty() || remaining.len() == before {
            return;
        }
        pallet_session::QueuedKeys::<T>::put(remaining);
        pallet_session::QueuedChanged::<T>::put(true);
    }
}

impl<T> SessionKeyStore<T::AccountId> for SessionAuthors<T>
where
    T: pallet_session::Config<ValidatorId = <T as frame_system::Config>::AccountId>,
{
    // The session pallet offers no other way than its call. The call filter does not apply here.
    fn purge_keys(who: &T::AccountId) {
        if !pallet_session::Pallet::<T>::is_registered(who) {
            return;
        }
        // The purge gives a consumer reference back, which validators of the genesis lack.
        if frame_system::Pallet::<T>::consumers(who) == 0
            && !pallet_session::ExternallySetKeys::<T>::contains_key(who)
        {
            let _ = frame_system::Pallet::<T>::inc_consumers(who);
        }
        let origin = frame_system::RawOrigin::Signed(who.clone()).into();
        // It fails only for an account without keys.
        let _ = pallet_session::Pallet::<T>::purge_keys(origin);
    }
}
