// SPDX-License-Identifier: Apache-2.0
//! Invariants of the pallet's storage.

#![cfg(any(test, feature = "try-runtime"))]

use crate::{
    Batches, Config, Disclosures, EntryCommitments, Live, LiveCount, Locations, Pallet, Payloads,
};
use bspp_types::{filing_month_end, next_chain_hash, DisclosureGround};
use frame_support::ensure;
use sp_core::H256;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks the invariants that must hold after every block.
    ///
    /// The entry blocks have no gap and a correct running hash; each record is in one of them; each
    /// payload has a position and its entries; each batch has a month; the log names only known records, and patients only with their own.
    pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
        let count = Self::entry_block_count();
        ensure!(
            usize::try_from(count) == Ok(EntryCommitments::<T>::iter_keys().count()),
            "entry blocks outside the sequence"
        );
        let mut previous = H256::zero();
        for sequence in 0..count {
            let block = Self::entry_commitment(sequence).ok_or("entry block missing")?;
            ensure!(block.count > 0, "entry block without entries");
            ensure!(
                block.chain_hash
                    == next_chain_hash(&previous, block.number, block.count, &block.root),
                "running hash broken"
            );
            previous = block.chain_hash;
        }
        for (_, location) in Locations::<T>::iter() {
            // The current block is not sealed yet.
            let Some(block) = Self::entry_commitment(location.sequence) else {
                ensure!(location.sequence == count, "record beyond the sequence");
                continue;
            };
            ensure!(
                block.number == location.block,
                "record in another block than its entry"
            );
            ensure!(
                location.leaf < block.count,
                "record beyond its block's entries"
            );
        }
        let payloads = LiveCount::<T>::get();
        ensure!(
            usize::try_from(payloads) == Ok(Live::<T>::iter_keys().count()),
            "positions with a gap"
        );
        let (mut entries, mut live) = (0usize, 0u32);
        for (hash, payload) in Payloads::<T>::iter() {
            if let Some(position) = payload.position {
                ensure!(
                    position < payloads && Live::<T>::get(position) == Some(hash),
                    "payload at another position"
                );
                live = live.saturating_add(1);
            }
            ensure!(payload.entries > 0, "payload without an entry");
            entries = entries.saturating_add(payload.entries as usize);
        }
        ensure!(live == payloads, "a position without its payload");
        ensure!(
            entries == Locations::<T>::iter_keys().count(),
            "entries without a payload"
        );
        for (_, batch) in Batches::<T>::iter() {
            ensure!(
                filing_month_end(batch.filing_month).is_some(),
                "batch of a month outside the calendar"
            );
        }
        for (record, ground, disclosure) in Disclosures::<T>::iter() {
            let location = Locations::<T>::get(record).ok_or("disclosure of an unknown record")?;
            ensure!(
                ground != DisclosureGround::OwnRecord || disclosure.recipient == location.patient,
                "own record of another patient"
            );
        }
        Ok(())
    }
}
