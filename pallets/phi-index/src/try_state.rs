// SPDX-License-Identifier: Apache-2.0
//! Invariants of the pallet's storage.

#![cfg(any(test, feature = "try-runtime"))]

use crate::pallet::{
    Bases, BatchCount, Batches, BatchesOfFilingMonth, BlockRegistrations, Config, Cutoffs,
    NextSequence, Pallet, RefusedLeaves, RegisteredBlocks, RegisteredIn, TotalRegistrations,
    UsedPoints,
};
use alloc::vec::Vec;
use bspp_types::{next_chain_hash, HospitalId, Sequence};
use frame_support::{ensure, traits::Get};
use sp_core::H256;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks the invariants that must hold after every block.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        Self::check_batches()?;
        let mut total = 0u32;
        for (hospital, next) in NextSequence::<T>::iter() {
            Self::check_registrations(hospital, next)?;
            total = total.saturating_add(next);
        }
        ensure!(
            TotalRegistrations::<T>::get() == total,
            "every registration is counted once"
        );
        let in_block = BlockRegistrations::<T>::decode_len().unwrap_or(0);
        ensure!(
            u32::try_from(in_block).is_ok_and(|count| count <= total),
            "a block has no more registrations than there are"
        );
        Self::check_calls()?;
        for (hospital, bases) in Bases::<T>::iter() {
            let ordered = bases.windows(2).all(|w| matches!(w, [a, b] if a <= b));
            let next = NextSequence::<T>::get(hospital);
            ensure!(
                ordered && bases.last().is_some_and(|base| *base <= next),
                "incarnations begin in order, at registered sequence numbers"
            );
        }
        for hospital in RegisteredBlocks::<T>::iter_keys().map(|(hospital, _)| hospital) {
            ensure!(
                NextSequence::<T>::contains_key(hospital),
                "a registration is counted"
            );
        }
        for (_, cutoffs) in Cutoffs::<T>::iter() {
            let ascending = cutoffs
                .windows(2)
                .all(|w| matches!(w, [a, b] if a.filing_month < b.filing_month));
            ensure!(ascending && !cutoffs.is_empty(), "cutoffs ascend by month");
        }
        for (hospital, sequence, refused) in RefusedLeaves::<T>::iter() {
            let block = RegisteredBlocks::<T>::get(hospital, sequence)
                .ok_or("refused entries stand in a registered block")?
                .block;
            ensure!(
                !refused.is_empty(),
                "a block without refused entries has no list of them"
            );
            let ascending = refused
                .windows(2)
                .all(|w| matches!(w, [a, b] if a.leaf < b.leaf));
            ensure!(ascending, "refused leaves ascend");
            ensure!(
                refused.iter().all(|r| r.leaf < block.count),
                "refused leaves are in the block"
            );
        }
        Ok(())
    }

    /// Checks that the maps of batches, points and lists agree.
    ///
    /// Every batch is stored under its id and occurs once in its month's list; its point occurs
    /// once in the used points.
    fn check_batches() -> Result<(), TryRuntimeError> {
        let mut batches = 0usize;
        for (id, batch) in Batches::<T>::iter() {
            ensure!(
                Self::batch_id(&batch.header) == id,
                "a batch stands under its id"
            );
            let point = UsedPoints::<T>::get(batch.header.point.0);
            ensure!(point == Some(id), "a batch's point is used by it");
            batches = batches.saturating_add(1);
        }
        ensure!(
            UsedPoints::<T>::iter_keys().count() == batches,
            "every used point has its batch"
        );
        let mut listed = 0usize;
        for (hospital, filing_month, count) in BatchCount::<T>::iter() {
            ensure!(
                count <= T::MaxBatchesPerFilingMonth::get(),
                "a month does not have too many batches"
            );
            for position in 0..count {
                let id = BatchesOfFilingMonth::<T>::get((hospital, filing_month, position))
                    .ok_or("a month's list has no gap")?;
                let header = Batches::<T>::get(id)
                    .ok_or("a list names known batches")?
                    .header;
                let own = header.hospital == hospital.0 && header.filing_month == filing_month;
                ensure!(own, "a batch stands in its own month's list");
                listed = listed.saturating_add(1);
            }
        }
        ensure!(
            BatchesOfFilingMonth::<T>::iter_keys().count() == listed,
            "lists have no more than counted"
        );
        ensure!(listed == batches, "every batch is listed once");
        Ok(())
    }

    /// Checks that every call that registered names blocks of its own consortium block.
    fn check_calls() -> Result<(), TryRuntimeError> {
        for (number, calls) in RegisteredIn::<T>::iter() {
            let mut extrinsics = Vec::new();
            for call in &calls {
                for sequence in call.first..call.first.saturating_add(call.count) {
                    let registered = RegisteredBlocks::<T>::get(call.hospital, sequence)
                        .ok_or("a call names registered blocks")?;
                    ensure!(
                        registered.registered_at == number,
                        "a call stands under its block"
                    );
                    if sequence == call.first {
                        extrinsics.push(registered.extrinsic);
                    }
                }
            }
            let ascending = extrinsics.windows(2).all(|w| matches!(w, [a, b] if a < b));
            ensure!(ascending, "an extrinsic registers once");
        }
        Ok(())
    }

    /// Checks that a hospital's registrations are 0, 1, … without a gap, and their hashes.
    fn check_registrations(hospital: HospitalId, next: Sequence) -> Result<(), TryRuntimeError> {
        let (mut previous, mut height) = (H256::zero(), None);
        let bases = Bases::<T>::get(hospital);
        for sequence in 0..next {
            // The heights and the running hash of a rebuilt chain begin again.
            if bases.contains(&sequence) {
                (previous, height) = (H256::zero(), None);
            }
            let block = RegisteredBlocks::<T>::get(hospital, sequence)
                .ok_or("registrations are in order, none left out")?
                .block;
            ensure!(height < Some(block.number), "hospital blocks ascend");
            let hash = next_chain_hash(&previous, block.number, block.count, &block.root);
            ensure!(hash == block.chain_hash, "the running hash holds");
            (previous, height) = (block.chain_hash, Some(block.number));
        }
        let count = RegisteredBlocks::<T>::iter_key_prefix(hospital).count();
        ensure!(
            u32::try_from(count).ok() == Some(next),
            "no registration is ahead"
        );
        Ok(())
    }
}
