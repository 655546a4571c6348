// SPDX-License-Identifier: Apache-2.0
//! The authors and their `conf` keys, as `pallet-session` provides them.

use crate::pallet::*;
use alloc::vec::Vec;
use bspp_primitives::conformance::ConformanceId;
use core::marker::PhantomData;
use frame_support::{
    traits::{Get, OneSessionHandler},
    BoundedVec,
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::BoundToRuntimeAppPublic;

/// Target of this pallet's log lines.
const LOG_TARGET: &str = "runtime::conformance";

/// Length of a session in blocks: the chain's own, or the runtime's default. Never zero.
///
/// `pallet_session::PeriodicSessions` takes it as its period.
pub struct SessionLengthOf<T>(PhantomData<T>);

impl<T: Config> Get<BlockNumberFor<T>> for SessionLengthOf<T> {
    fn get() -> BlockNumberFor<T> {
        let length = match SessionLength::<T>::get() {
            0 => T::DefaultSessionLength::get(),
            chosen => chosen,
        };
        length.max(1).into()
    }
}

impl<T: Config> Pallet<T> {
    fn set_authorities(authors: Vec<(T::AccountId, ConformanceId)>) {
        // Aura does the same. Without authors the chain would end here.
        if authors.is_empty() {
            log::error!(target: LOG_TARGET, "a session without authors; the former ones stay");
            return;
        }
        let max = T::MaxAuthors::get();
        if u32::try_from(authors.len()).map_or(true, |count| count > max) {
            log::error!(target: LOG_TARGET, "more than {max} authors; the last ones are left out");
        }
        let authors = BoundedVec::truncate_from(authors);
        if Authorities::<T>::get() != authors {
            Authorities::<T>::put(authors);
        }
    }
}

impl<T: Config> BoundToRuntimeAppPublic for Pallet<T> {
    type Public = ConformanceId;
}

impl<T: Config> OneSessionHandler<T::AccountId> for Pallet<T> {
    type Key = ConformanceId;

    fn on_genesis_session<'a, I>(validators: I)
    where
        I: Iterator<Item = (&'a T::AccountId, ConformanceId)> + 'a,
    {
        // The genesis of a chain may have no authors; then there is nothing to log.
        let authors: Vec<_> = validators.map(|(who, key)| (who.clone(), key)).collect();
        if !authors.is_empty() {
            Self::set_authorities(authors);
        }
    }

    fn on_new_session<'a, I>(_changed: bool, validators: I, _queued_validators: I)
    where
        I: Iterator<Item = (&'a T::AccountId, ConformanceId)> + 'a,
    {
        // The function compares the keys and ignores `_changed`: a migration may replace keys and
        // set no flag.
        Self::set_authorities(validators.map(|(who, key)| (who.clone(), key)).collect());
        Self::begin_storage_session();
    }

    fn on_disabled(_validator_index: u32) {
        // Suspension excludes an author, and it does not need a new session.
    }
}
