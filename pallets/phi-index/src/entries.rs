// SPDX-License-Identifier: Apache-2.0
//! Registration of the entries of a hospital block, with a judgement of each.

use crate::{
    cutoffs::cutoff_in,
    pallet::{
        Batches, Config, Cutoffs, Error, Event, NextSequence, Pallet, RefusedLeaves,
        RegisteredBlocks, RegisteredBy,
    },
    types::{Refusal, Refused, RefusedEntries, Registered, StorageProof},
};
use alloc::{collections::BTreeMap, vec::Vec};
use bspp_primitives::{entry_commitment_storage, traits::AnchoredState};
use bspp_types::{
    entries_root, next_chain_hash, Batch, BatchId, Entry, EntryCommitment, EntryError, FilingMonth,
    HospitalId, RegisteredBlock, Sequence,
};
use codec::DecodeAll;
use frame_support::ensure;
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult, SaturatedConversion};

/// Batches touched by one registration: each is read once and written once.
type Touched = BTreeMap<BatchId, Option<Batch>>;

impl<T: Config> Pallet<T> {
    /// Registers the entries of the hospital's next entry block.
    pub(crate) fn do_register_entries(
        hospital: HospitalId,
        sequence: Sequence,
        head: H256,
        proof: StorageProof,
        entries: &[Entry],
    ) -> DispatchResult {
        let next = NextSequence::<T>::get(hospital);
        ensure!(sequence == next, Error::<T>::SequenceMismatch);
        let after = next.checked_add(1).ok_or(Error::<T>::MaxSequenceExceeded)?;
        let extrinsic = Self::free_extrinsic()?;
        Self::ensure_block_takes_more()?;

        let block = Self::proved_block(hospital, sequence, head, proof)?;
        Self::ensure_all_entries(hospital, sequence, &block, entries)?;
        let refused = Self::index_entries(hospital, block.number, entries);

        let registered_at = frame_system::Pallet::<T>::block_number().saturated_into();
        RegisteredBlocks::<T>::insert(
            hospital,
            sequence,
            RegisteredBlock {
                block,
                registered_at,
                extrinsic,
            },
        );
        RegisteredBy::<T>::insert(extrinsic, Registered { hospital, sequence });
        NextSequence::<T>::insert(hospital, after);
        Self::note_registration(&hospital, sequence, &block)?;
        let EntryCommitment { number, count, .. } = block;
        Self::deposit_event(Event::EntriesRegistered {
            hospital,
            sequence,
            number,
            count,
        });
        if !refused.is_empty() {
            RefusedLeaves::<T>::insert(hospital, sequence, &refused);
            Self::deposit_event(Event::EntriesRefused {
                hospital,
                sequence,
                refused,
            });
        }
        Ok(())
    }

    /// The current extrinsic, if it has not registered entries yet.
    ///
    /// A reader of the block's body must find one registration where the state names one.
    fn free_extrinsic() -> Result<u32, DispatchError> {
        let extrinsic =
            frame_system::Pallet::<T>::extrinsic_index().ok_or(Error::<T>::InvalidContext)?;
        ensure!(
            Self::registered_now(extrinsic).is_none(),
            Error::<T>::InvalidContext
        );
        Ok(extrinsic)
    }

    /// The entry commitment of the entry block in the hospital's anchored state.
    fn proved_block(
        hospital: HospitalId,
        sequence: Sequence,
        head: H256,
        proof: StorageProof,
    ) -> Result<EntryCommitment, DispatchError> {
        let nodes: Vec<Vec<u8>> = proof.into_iter().map(|node| node.into_inner()).collect();
        let key = entry_commitment_storage::key(sequence);
        let value = T::AnchoredState::read(&hospital, &head, nodes, &key).map_err(Into::into)?;
        EntryCommitment::decode_all(&mut &value[..])
            .map_err(|_| Error::<T>::InvalidEntryBlock.into())
    }

    /// Checks that `entries` are complete and in order, and that the block follows the last one.
    fn ensure_all_entries(
        hospital: HospitalId,
        sequence: Sequence,
        block: &EntryCommitment,
        entries: &[Entry],
    ) -> DispatchResult {
        let count: u32 = entries.len().saturated_into();
        ensure!(block.count > 0, Error::<T>::InvalidEntryBlock);
        ensure!(block.count == count, Error::<T>::CountMismatch);
        let previous = match sequence.checked_sub(1) {
            None => H256::zero(),
            Some(before) => {
                let last = RegisteredBlocks::<T>::get(hospital, before)
                    .ok_or(Error::<T>::SequenceMismatch)?;
                ensure!(
                    block.number > last.block.number,
                    Error::<T>::InvalidEntryBlock
                );
                last.block.chain_hash
            }
        };
        let chain_hash = next_chain_hash(&previous, block.number, block.count, &block.root);
        ensure!(
            block.chain_hash == chain_hash,
            Error::<T>::ChainHashMismatch
        );
        ensure!(
            block.root == entries_root(entries),
            Error::<T>::RootMismatch
        );
        Ok(())
    }

    /// Judges each entry, uses the batch indices of the good ones, and returns the refused ones.
    fn index_entries(hospital: HospitalId, number: u32, entries: &[Entry]) -> RefusedEntries {
        let cutoffs = Cutoffs::<T>::get(hospital);
        let mut touched = Touched::new();
        let mut refused = Vec::new();
        for (leaf, entry) in (0u32..).zip(entries) {
            let is_closed = |filing_month| {
                cutoff_in(&cutoffs, filing_month).is_some_and(|last_block| number > last_block)
            };
            if let Err(reason) = Self::judge(hospital, entry, is_closed, &mut touched) {
                refused.push(Refused { leaf, reason });
            }
        }
        for (id, batch) in touched {
            if let Some(batch) = batch {
                Batches::<T>::insert(id, batch);
            }
        }
        // Refused entries are no more than the entries, which have the same bound.
        RefusedEntries::truncate_from(refused)
    }

    /// Judges an entry. `is_closed` tells whether a month no longer takes the entry's block.
    fn judge(
        hospital: HospitalId,
        entry: &Entry,
        is_closed: impl Fn(FilingMonth) -> bool,
        touched: &mut Touched,
    ) -> Result<(), Refusal> {
        entry.check_shape().map_err(|error| match error {
            EntryError::InvalidSlotCount => Refusal::InvalidSlotCount,
            EntryError::DuplicateTag => Refusal::DuplicateTag,
        })?;
        let batch = touched
            .entry(entry.batch)
            .or_insert_with(|| Batches::<T>::get(entry.batch))
            .as_mut()
            .ok_or(Refusal::BatchNotFound)?;
        if batch.header.hospital != hospital.0 {
            return Err(Refusal::HospitalMismatch);
        }
        if is_closed(batch.header.filing_month) {
            return Err(Refusal::BatchExpired);
        }
        if entry.index < batch.next_index {
            return Err(Refusal::InvalidIndex);
        }
        // The largest index would leave no index above it: it is refused too.
        batch.next_index = entry.index.checked_add(1).ok_or(Refusal::InvalidIndex)?;
        Ok(())
    }
}
