// SPDX-License-Identifier: Apache-2.0
//! The invariants of the pallet's storage.

#![cfg(any(test, feature = "try-runtime"))]

use crate::{
    finality,
    pallet::{Anchors, AuthoritySets, Config, HeadRing, Heads, Pallet, StoodAt, Waiting},
};
use bspp_types::{HospitalId, Sequence};
use frame_support::{ensure, traits::Get};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks the invariants, which hold after every block.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        let mut remembered = 0usize;
        for (hospital, anchor) in Anchors::<T>::iter() {
            let best = Heads::<T>::get(hospital, anchor.best.hash);
            ensure!(best == Some(anchor.best), "the best head is remembered");
            ensure!(
                anchor.next_slot < T::MaxHeads::get(),
                "the next slot lies in the ring"
            );
            let set = AuthoritySets::<T>::get(hospital).ok_or("an anchor has authorities")?;
            ensure!(
                finality::is_valid_set(&set.authorities),
                "the authorities can finalize"
            );
            ensure!(
                anchor.started_at <= anchor.best.number,
                "the best head is no older than the first"
            );
            Self::check_waiting(&hospital, anchor.best.entry_blocks)?;
            for (slot, hash) in HeadRing::<T>::iter_prefix(hospital) {
                ensure!(slot < T::MaxHeads::get(), "every slot lies in the ring");
                let head = Heads::<T>::get(hospital, hash).ok_or("the ring names known heads")?;
                ensure!(head.hash == hash, "a head stands under its hash");
                let older = head.number < anchor.best.number || head == anchor.best;
                ensure!(older, "no head is newer than the best");
                ensure!(
                    head.entry_blocks <= anchor.best.entry_blocks,
                    "entry blocks only become more"
                );
                remembered = remembered.saturating_add(1);
            }
        }
        ensure!(
            Heads::<T>::iter_keys().count() == remembered,
            "every head is in its ring"
        );
        ensure!(
            HeadRing::<T>::iter_keys().count() == remembered,
            "every ring has its anchor"
        );
        let sets = AuthoritySets::<T>::iter_keys().count();
        ensure!(
            sets == Anchors::<T>::iter_keys().count(),
            "every set has its anchor"
        );
        ensure!(
            Waiting::<T>::iter_keys().all(Anchors::<T>::contains_key),
            "nothing waits without an anchor"
        );
        ensure!(
            StoodAt::<T>::iter_keys().all(Anchors::<T>::contains_key),
            "no clock stood without an anchor"
        );
        Ok(())
    }

    /// Checks that the pairs in `Waiting` ascend and end at the best head.
    fn check_waiting(hospital: &HospitalId, entry_blocks: Sequence) -> Result<(), TryRuntimeError> {
        let Ok(pairs) = Waiting::<T>::try_get(hospital) else {
            return Ok(());
        };
        ensure!(
            pairs.last().map(|(total, _)| *total) == Some(entry_blocks),
            "the waiting pairs end at the best head"
        );
        let ascend = pairs
            .windows(2)
            .all(|pair| matches!(pair, [(a, then), (b, now)] if a < b && then <= now));
        ensure!(ascend, "the waiting pairs ascend");
        Ok(())
    }
}
