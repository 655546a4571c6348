// SPDX-License-Identifier: Apache-2.0
//! Removal of expired requests, their matches, and expired tombstones.

use crate::{
    Config, Event, Expiring, Matches, Pallet, Requests, SweepDay, TombstoneCount, Tombstones,
    WeightInfo,
};
use bspp_types::{day_start, Day, RequestId};
use frame_support::{
    traits::{Get, Time},
    weights::Weight,
};
use sp_runtime::SaturatedConversion;

/// Maximum number of matches that one step removes.
pub(crate) const MATCHES_PER_STEP: u32 = 32;
/// Maximum number of steps in a block: about 2,000 matches.
pub(crate) const MAX_STEPS_PER_BLOCK: u32 = 64;

impl<T: Config> Pallet<T> {
    /// Notes that a request or tombstone expires on a day.
    pub(crate) fn note_expiry(day: Day, request: RequestId) {
        Expiring::<T>::insert(day, request, ());
        let first = SweepDay::<T>::get().map_or(day, |first| first.min(day));
        SweepDay::<T>::put(first);
    }

    /// Removes expired data in steps, as far as the weight goes. Returns the used weight.
    ///
    /// A request goes after its expiry and the answer period: until then it may still be flagged.
    pub(crate) fn sweep(limit: Weight) -> Weight {
        let step = T::WeightInfo::sweep_step(MATCHES_PER_STEP);
        let mut used = Weight::zero();
        for _ in 0..MAX_STEPS_PER_BLOCK {
            if !limit.all_gte(used.saturating_add(step)) {
                break;
            }
            used = used.saturating_add(step);
            if !Self::sweep_step() {
                break;
            }
        }
        used
    }

    /// One step. `false` if nothing is left to do now.
    pub(crate) fn sweep_step() -> bool {
        let Some(day) = SweepDay::<T>::get() else {
            return false;
        };
        let due = day_start(day).saturating_add(T::AnswerPeriod::get());
        if T::Time::now() < due {
            return false;
        }
        let Some(request) = Expiring::<T>::iter_key_prefix(day).next() else {
            SweepDay::<T>::put(day.saturating_add(1));
            return true;
        };
        // The limit of `clear_prefix` counts what earlier steps of this block removed.
        let removed = Matches::<T>::drain_prefix(request)
            .take(MATCHES_PER_STEP.saturated_into())
            .count();
        if Matches::<T>::iter_key_prefix(request).next().is_none() {
            Requests::<T>::remove(request);
            if let Some(tombstone) = Tombstones::<T>::take(request) {
                TombstoneCount::<T>::mutate(tombstone.hospital, |count| {
                    *count = count.saturating_sub(1);
                });
            }
            Expiring::<T>::remove(day, request);
            Self::deposit_event(Event::Swept { request });
        } else {
            // The count follows the matches that are left.
            Requests::<T>::mutate_extant(request, |request| {
                request.matches = request.matches.saturating_sub(removed.saturated_into());
            });
        }
        true
    }
}
