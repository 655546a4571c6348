// SPDX-License-Identifier: Apache-2.0
//! The evidence of a hospital's chain: its last anchoring and its unregistered entry blocks.

use crate::pallet::{Anchors, Config, Pallet, StoodAt, Waiting};
use bspp_primitives::{
    conformance::Shortfall,
    traits::{AnchorFacts, Anchorage, CurrentSlot, RegisteredCount},
};
use bspp_types::{AnchoredHead, HospitalId, Sequence};
use frame_support::traits::Contains;

impl<T: Config> Anchorage for Pallet<T> {
    fn anchored(hospital: &HospitalId) -> Result<AnchorFacts, Shortfall> {
        let anchor = Anchors::<T>::get(hospital).ok_or(Shortfall::NotAnchored)?;
        if anchor.halted {
            return Err(Shortfall::AnchorHalted);
        }
        let AnchoredHead {
            hash,
            anchored_slot,
            entry_blocks,
            ..
        } = anchor.best;
        Ok(AnchorFacts {
            head: hash,
            anchored_slot,
            entry_blocks,
        })
    }

    fn waiting_since(hospital: &HospitalId, registered: Sequence) -> Option<u64> {
        Waiting::<T>::get(hospital)
            .into_iter()
            .find(|(total, _)| *total > registered)
            .map(|(_, slot)| slot.max(StoodAt::<T>::get(hospital).unwrap_or_default()))
    }
}

impl<T: Config> Pallet<T> {
    /// Notes an accepted head, after one that counted `before` entry blocks.
    ///
    /// If more anchorings wait than the pallet keeps, the newest kept one also stands for the later
    /// ones. Its slot is older than theirs, so a hospital with so many unregistered entry blocks
    /// gains no time.
    ///
    /// If the quota has no room for registrations now, all entry blocks wait from now on. Anchors
    /// are free of quota and come often, so they are the moments at which the pallet looks.
    pub(crate) fn note_waiting(hospital: HospitalId, before: Sequence, head: &AnchoredHead) {
        if T::ClockStands::contains(&hospital) {
            StoodAt::<T>::insert(hospital, T::Slot::current_slot());
        }
        let registered = T::Registered::registered(&hospital);
        let total = head.entry_blocks;
        Waiting::<T>::mutate_exists(hospital, |waiting| {
            let mut pairs = waiting.take().unwrap_or_default();
            pairs.retain(|(total, _)| *total > registered);
            let is_new = total > before && total > registered;
            if is_new && pairs.try_push((total, T::Slot::current_slot())).is_err() {
                if let Some((newest, _)) = pairs.last_mut() {
                    *newest = total;
                }
            }
            *waiting = (!pairs.is_empty()).then_some(pairs);
        });
    }

    /// Starts the waiting times anew, because the anchor starts at `head`.
    ///
    /// Earlier waiting times are forgotten. Unregistered entry blocks up to `head` wait from now
    /// on.
    pub(crate) fn restart_waiting(hospital: HospitalId, head: &AnchoredHead) {
        Waiting::<T>::remove(hospital);
        StoodAt::<T>::remove(hospital);
        Self::note_waiting(hospital, 0, head);
    }
}
