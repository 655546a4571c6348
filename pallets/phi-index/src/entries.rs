// SPDX-License-Identifier: Apache-2.0
//! Registration of the entries of hospital blocks, with a judgement of each.

use crate::{
    cutoffs::{cutoff_in, CutoffsOf},
    pallet::{
        Batches, Config, Cutoffs, Error, Event, LastExtrinsic, NextSequence, Pallet, RefusedLeaves,
        RegisteredBlocks,
    },
    types::{Refusal, Refused, RefusedEntries, Registered, Size, StorageProof},
};
use alloc::{collections::BTreeMap, vec::Vec};
use bspp_primitives::{
    entry_commitment_storage,
    traits::{AnchoredState, QuotaRoom, RegisteredCount},
};
use bspp_types::{
    entries_root,
    limits::{MAX_ENTRIES_PER_CALL, MAX_REGISTRATION_BYTES},
    next_chain_hash, Batch, BatchId, Entry, EntryBlock, EntryCommitment, EntryError, FilingMonth,
    HospitalId, RegisteredBlock, Sequence,
};
use codec::{DecodeAll, Encode};
use frame_support::ensure;
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult, SaturatedConversion};

/// Bytes of an encoded entry block before its entries: its sequence number and its height.
const HEADER_BYTES: u32 = 8;

/// Batches touched by an entry block: each is read once and written once.
type Touched = BTreeMap<BatchId, Option<Batch>>;

/// The place of the encoded entries of a block in its extrinsic, in bytes.
#[derive(Clone, Copy)]
struct Location {
    from_end: u32,
    len: u32,
}

impl<T: Config> Pallet<T> {
    /// Registers those of the entry blocks that are not registered yet, and returns their size.
    pub(crate) fn do_register_blocks(
        hospital: HospitalId,
        head: H256,
        proof: StorageProof,
        blocks: &[EntryBlock],
    ) -> Result<Size, DispatchError> {
        let locations = Self::locate(blocks)?;
        let consecutive = blocks
            .windows(2)
            .all(|pair| matches!(pair, [a, b] if a.sequence.checked_add(1) == Some(b.sequence)));
        ensure!(consecutive, Error::<T>::SequenceMismatch);
        let next = NextSequence::<T>::get(hospital);
        let known = blocks.partition_point(|block| block.sequence < next);
        let new = blocks.get(known..).unwrap_or_default();
        let size = Size::of(new);
        let (Some(first), Some(last)) = (new.first(), new.last()) else {
            return Ok(size);
        };
        ensure!(first.sequence == next, Error::<T>::SequenceMismatch);
        let after = last
            .sequence
            .checked_add(1)
            .ok_or(Error::<T>::MaxSequenceExceeded)?;
        let extrinsic = Self::free_extrinsic()?;
        Self::ensure_block_takes_more(size.blocks)?;

        let proved = Self::proved_block(hospital, last.sequence, head, proof)?;
        let commitments = Self::commitments(hospital, new)?;
        Self::ensure_proved(commitments.last(), &proved)?;

        let cutoffs = Cutoffs::<T>::get(hospital);
        let registered_at = frame_system::Pallet::<T>::block_number().saturated_into();
        let locations = locations.get(known..).unwrap_or_default();
        for ((entry_block, block), location) in new.iter().zip(commitments).zip(locations) {
            let Location { from_end, len } = *location;
            RegisteredBlocks::<T>::insert(
                hospital,
                entry_block.sequence,
                RegisteredBlock {
                    block,
                    registered_at,
                    extrinsic,
                    from_end,
                    len,
                },
            );
            Self::note_registration(&hospital, entry_block.sequence, &block)?;
            Self::index_block(hospital, entry_block, &cutoffs);
        }
        LastExtrinsic::<T>::put(extrinsic);
        NextSequence::<T>::insert(hospital, after);
        Self::note_call(Registered {
            hospital,
            first: first.sequence,
            count: size.blocks,
        })?;
        let bytes = locations.iter().fold(0u64, |sum, location| {
            sum.saturating_add(location.len.into())
        });
        let weight = size.weight::<T::WeightInfo>(0).ref_time();
        T::Quota::note_registered(&hospital, weight, bytes);
        Ok(size)
    }

    /// Indexes the entries of a block and reports the registration.
    fn index_block(hospital: HospitalId, block: &EntryBlock, cutoffs: &CutoffsOf) {
        let EntryBlock {
            sequence,
            number,
            ref entries,
        } = *block;
        let refused = Self::index_entries(hospital, number, entries, cutoffs);
        Self::deposit_event(Event::EntriesRegistered {
            hospital,
            sequence,
            number,
            count: entries.len().saturated_into(),
        });
        if !refused.is_empty() {
            RefusedLeaves::<T>::insert(hospital, sequence, &refused);
            Self::deposit_event(Event::EntriesRefused {
                hospital,
                sequence,
                refused,
            });
        }
    }

    /// The place of each block's entries, counted from the end of the extrinsic.
    ///
    /// The blocks are the last argument of the call, and no call of this chain wraps another one
    /// with a signed origin. So the end of the blocks is the end of the extrinsic.
    fn locate(blocks: &[EntryBlock]) -> Result<Vec<Location>, DispatchError> {
        let (mut from_end, mut entries, mut bytes) = (0u32, 0u32, 0u32);
        let mut locations = Vec::with_capacity(blocks.len());
        for block in blocks.iter().rev() {
            let len: u32 = block.entries.encoded_size().saturated_into();
            let count: u32 = block.entries.len().saturated_into();
            entries = entries.saturating_add(count);
            bytes = bytes.saturating_add(len);
            ensure!(
                entries <= MAX_ENTRIES_PER_CALL && bytes <= MAX_REGISTRATION_BYTES,
                Error::<T>::MaxEntriesExceeded
            );
            from_end = from_end.saturating_add(len);
            locations.push(Location { from_end, len });
            from_end = from_end.saturating_add(HEADER_BYTES);
        }
        locations.reverse();
        Ok(locations)
    }

    /// The current extrinsic, if it has not registered entries yet.
    ///
    /// The places of entries count from the end of the extrinsic, so a second call in it would have
    /// wrong ones.
    fn free_extrinsic() -> Result<u32, DispatchError> {
        let extrinsic =
            frame_system::Pallet::<T>::extrinsic_index().ok_or(Error::<T>::InvalidContext)?;
        ensure!(
            LastExtrinsic::<T>::get() != Some(extrinsic),
            Error::<T>::InvalidContext
        );
        Ok(extrinsic)
    }

    /// The entry commitment of an entry block in the hospital's anchored state.
    fn proved_block(
        hospital: HospitalId,
        sequence: Sequence,
        head: H256,
        proof: StorageProof,
    ) -> Result<EntryCommitment, DispatchError> {
        let nodes: Vec<Vec<u8>> = proof.into_iter().map(|node| node.into_inner()).collect();
        // The hospital's chain counts its own blocks only.
        let own = sequence
            .checked_sub(Self::base(&hospital))
            .ok_or(Error::<T>::SequenceMismatch)?;
        let key = entry_commitment_storage::key(own);
        let value = T::AnchoredState::read(&hospital, &head, nodes, &key).map_err(Into::into)?;
        EntryCommitment::decode_all(&mut &value[..])
            .map_err(|_| Error::<T>::InvalidEntryBlock.into())
    }

    /// The commitments of entry blocks that follow the last registered one.
    fn commitments(
        hospital: HospitalId,
        blocks: &[EntryBlock],
    ) -> Result<Vec<EntryCommitment>, DispatchError> {
        let base = Self::base(&hospital);
        let before = blocks
            .first()
            .and_then(|block| block.sequence.checked_sub(1));
        // An incarnation begins with heights and a running hash of its own.
        let mut last = match before.filter(|before| *before >= base) {
            None => None,
            Some(before) => Some(
                RegisteredBlocks::<T>::get(hospital, before)
                    .ok_or(Error::<T>::SequenceMismatch)?
                    .block,
            ),
        };
        let mut commitments = Vec::with_capacity(blocks.len());
        for EntryBlock {
            number, entries, ..
        } in blocks
        {
            let count: u32 = entries.len().saturated_into();
            let height = last.map(|last| last.number);
            ensure!(
                count > 0 && height < Some(*number),
                Error::<T>::InvalidEntryBlock
            );
            let previous = last.map_or(H256::zero(), |last| last.chain_hash);
            let root = entries_root(entries);
            let commitment = EntryCommitment {
                number: *number,
                count,
                root,
                chain_hash: next_chain_hash(&previous, *number, count, &root),
            };
            last = Some(commitment);
            commitments.push(commitment);
        }
        Ok(commitments)
    }

    /// Checks that the newest block of the call is the proved one.
    ///
    /// The running hash covers all blocks before it, so these are the hospital's too.
    fn ensure_proved(newest: Option<&EntryCommitment>, proved: &EntryCommitment) -> DispatchResult {
        let newest = newest.ok_or(Error::<T>::InvalidEntryBlock)?;
        ensure!(newest.count == proved.count, Error::<T>::CountMismatch);
        ensure!(newest.root == proved.root, Error::<T>::RootMismatch);
        ensure!(newest == proved, Error::<T>::ChainHashMismatch);
        Ok(())
    }

    /// Judges each entry, uses the batch indices of the good ones, and returns the refused ones.
    fn index_entries(
        hospital: HospitalId,
        number: u32,
        entries: &[Entry],
        cutoffs: &CutoffsOf,
    ) -> RefusedEntries {
        let mut touched = Touched::new();
        let mut refused = Vec::new();
        for (leaf, entry) in (0u32..).zip(entries) {
            let is_closed = |filing_month| {
                cutoff_in(cutoffs, filing_month).is_some_and(|last_block| number > last_block)
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
