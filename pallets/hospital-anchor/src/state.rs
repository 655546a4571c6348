// SPDX-License-Identifier: Apache-2.0
//! Reading a hospital chain's state by proof, and the invariants of this pallet's own.

use crate::pallet::{Anchors, Config, Error, Heads, Pallet};
use alloc::vec::Vec;
use bp_runtime::StorageProofChecker;
use bspp_primitives::{traits::AnchoredState, Hashing, HospitalId};
use frame_support::ensure;
use sp_core::H256;

impl<T: Config> AnchoredState for Pallet<T> {
    type Error = Error<T>;

    /// Hospital chains have state version 1. Reading by proof is the same for version 0, so a value
    /// written before a migration is found too. The proof must hold exactly the nodes on the key's path.
    fn read(
        hospital: &HospitalId,
        head: &H256,
        proof: Vec<Vec<u8>>,
        key: &[u8],
    ) -> Result<Vec<u8>, Self::Error> {
        let anchor = Anchors::<T>::get(hospital).ok_or(Error::<T>::NotFound)?;
        ensure!(!anchor.halted, Error::<T>::AnchorHalted);
        let head = Heads::<T>::get(hospital, head).ok_or(Error::<T>::UnknownHead)?;
        let mut checker = StorageProofChecker::<Hashing>::new(head.state_root, proof)
            .map_err(|_| Error::<T>::InvalidProof)?;
        let value = checker
            .read_value(key)
            .map_err(|_| Error::<T>::InvalidProof)?;
        checker
            .ensure_no_unused_nodes()
            .map_err(|_| Error::<T>::InvalidProof)?;
        value.ok_or(Error::<T>::ValueAbsent)
    }
}

#[cfg(any(feature = "try-runtime", test))]
impl<T: Config> Pallet<T> {
    /// Checks what must hold after every block.
    pub fn do_try_state() -> Result<(), sp_runtime::TryRuntimeError> {
        use crate::{
            finality,
            pallet::{AuthoritySets, HeadRing, Waiting},
        };
        use frame_support::traits::Get;

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
        Ok(())
    }

    /// What waits ascends and ends at the best head.
    fn check_waiting(
        hospital: &HospitalId,
        entry_blocks: bspp_primitives::Sequence,
    ) -> Result<(), sp_runtime::TryRuntimeError> {
        let Ok(pairs) = crate::pallet::Waiting::<T>::try_get(hospital) else {
            return Ok(());
        };
        ensure!(
            pairs.last().map(|(total, _)| *total) == Some(entry_blocks),
            "what waits ends at the best head"
        );
        let ascend = pairs
            .windows(2)
            .all(|pair| matches!(pair, [(a, then), (b, now)] if a < b && then <= now));
        ensure!(ascend, "what waits ascends");
        Ok(())
    }
}
