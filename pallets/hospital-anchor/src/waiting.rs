// SPDX-License-Identifier: Apache-2.0
//! How a hospital's chain stands here: what it anchored last, and since when its oldest unregistered entry block waits.

use crate::pallet::{Anchors, Config, Pallet, Waiting};
use bspp_primitives::{
    conformance::Shortfall,
    traits::{AnchorFacts, Anchorage, CurrentSlot, RegisteredCount},
    AnchoredHead, HospitalId, Sequence,
};

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
            .map(|(_, slot)| slot)
    }
}

impl<T: Config> Pallet<T> {
    /// Notes an accepted head, after one that counted `before` entry blocks.
    ///
    /// With more anchorings waiting than are kept, the newest kept one stands for those after it as well. Its slot is older than
    /// theirs: who leaves so much unregistered is not given time for it.
    pub(crate) fn note_waiting(hospital: HospitalId, before: Sequence, head: &AnchoredHead) {
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

    /// Forgets what waited before the anchor was started at `head`. What waits at it waits from now on.
    pub(crate) fn restart_waiting(hospital: HospitalId, head: &AnchoredHead) {
        Waiting::<T>::remove(hospital);
        Self::note_waiting(hospital, 0, head);
    }
}
