// SPDX-License-Identifier: Apache-2.0
//! Invariants of the pallet's storage.

#![cfg(any(test, feature = "try-runtime"))]

use crate::{Config, Expiring, Matches, Pallet, Requests, SweepDay, TombstoneCount, Tombstones};
use alloc::collections::BTreeMap;
use bspp_types::{messages, DisclosureStatus};
use frame_support::{ensure, traits::Get};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks the invariants that must hold after every block.
    ///
    /// A request is stored under its key's identifier and counts its matches; every match has a
    /// request, and every answer a question. Requests and tombstones are noted under the day of
    /// their expiry, and each hospital's tombstones are counted.
    pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
        for (id, request) in Requests::<T>::iter() {
            ensure!(
                id == messages::request_id(&request.authority),
                "request stands under another grant key's identifier"
            );
            let matches = Matches::<T>::iter_prefix(id).count();
            ensure!(
                usize::try_from(request.matches) == Ok(matches),
                "request miscounts its matches"
            );
            ensure!(
                request.matches <= T::MaxMatchesPerRequest::get(),
                "request has too many matches"
            );
        }
        let first = SweepDay::<T>::get();
        for (day, id, ()) in Expiring::<T>::iter() {
            ensure!(
                first.is_some_and(|first| first <= day),
                "expiry before the day of the sweep"
            );
            let request = Requests::<T>::get(id).map(|request| request.expiry);
            let tombstone = Tombstones::<T>::get(id).map(|tombstone| tombstone.expiry);
            ensure!(
                request == Some(day) || tombstone == Some(day),
                "expiry of nothing"
            );
        }
        for (id, request) in Requests::<T>::iter() {
            ensure!(
                Expiring::<T>::contains_key(request.expiry, id),
                "request that never expires"
            );
        }
        let mut counts = BTreeMap::new();
        for (id, tombstone) in Tombstones::<T>::iter() {
            ensure!(
                !Requests::<T>::contains_key(id),
                "tombstone of an open request"
            );
            ensure!(
                Expiring::<T>::contains_key(tombstone.expiry, id),
                "tombstone that never expires"
            );
            let count = counts.entry(tombstone.hospital).or_insert(0u32);
            *count = count.saturating_add(1);
        }
        let counted: BTreeMap<_, _> = TombstoneCount::<T>::iter()
            .filter(|(_, count)| *count > 0)
            .collect();
        ensure!(counts == counted, "tombstones miscounted");
        for (id, _, matched) in Matches::<T>::iter() {
            ensure!(Requests::<T>::contains_key(id), "match without a request");
            let is_asked = matches!(
                matched.disclosure,
                DisclosureStatus::Asked | DisclosureStatus::Refused | DisclosureStatus::Unanswered
            );
            ensure!(
                !is_asked || (matched.asked_on.is_some() && matched.ask_hash.is_some()),
                "answer without a question"
            );
        }
        Ok(())
    }
}
