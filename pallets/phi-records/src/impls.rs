// SPDX-License-Identifier: Apache-2.0
//! What the calls and hooks do.

use crate::{
    types::{Chunk, Disclosure},
    Chunks, Config, Disclosures, EntryBlockCount, EntryBlocks, Error, Event, Locations, NextIndex,
    Pallet, Payloads, PendingLeaves,
};
use alloc::collections::BTreeSet;
use bspp_primitives::{
    epoch_at, leaves_root, next_chain_hash,
    traits::{BlockContent, Consents, Staff},
    BlockNumber, ContentDigest, Entry, EntryBlock, EntryError, Record, RecordId, RecordLocation,
    RequestId, MAX_CHUNK_BYTES, MAX_ENTRIES_PER_BLOCK,
};
use codec::Encode;
use frame_support::{
    ensure,
    traits::{Get, Time},
};
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::{traits::Saturating, DispatchError, DispatchResult, SaturatedConversion};

impl<T: Config> From<EntryError> for Error<T> {
    fn from(error: EntryError) -> Self {
        match error {
            EntryError::InvalidSlotCount => Self::InvalidSlotCount,
            EntryError::DuplicateTag => Self::DuplicateTag,
        }
    }
}

impl<T: Config> BlockContent for Pallet<T> {
    fn content() -> ContentDigest {
        Self::block_content()
    }
}

impl<T: Config> Pallet<T> {
    pub(crate) fn ensure_staff(origin: OriginFor<T>) -> Result<T::AccountId, DispatchError> {
        let who = ensure_signed(origin)?;
        ensure!(T::Staff::may_store(&who), Error::<T>::NotAuthorized);
        Ok(who)
    }

    /// Checks and notes a chunk. Returns what the transaction index needs: extrinsic, length, hash.
    pub(crate) fn do_store_chunk(
        uploader: T::AccountId,
        data: &[u8],
    ) -> Result<(u32, u32, H256), DispatchError> {
        ensure!(!data.is_empty(), Error::<T>::InvalidChunkSize);
        let len = u32::try_from(data.len()).map_err(|_| Error::<T>::MaxChunkBytesExceeded)?;
        ensure!(len <= MAX_CHUNK_BYTES, Error::<T>::MaxChunkBytesExceeded);
        let extrinsic = Self::extrinsic_index()?;
        let chunk = H256(blake2_256(data));
        ensure!(
            !Chunks::<T>::contains_key(chunk),
            Error::<T>::ChunkAlreadyExists
        );
        let stored_at = frame_system::Pallet::<T>::block_number();
        Chunks::<T>::insert(
            chunk,
            Chunk {
                len,
                uploader,
                stored_at,
            },
        );
        Self::deposit_event(Event::ChunkStored { chunk, len });
        Ok((extrinsic, len, chunk))
    }

    pub(crate) fn do_store_record(record: Record) -> DispatchResult {
        let extrinsic = Self::extrinsic_index()?;
        record.entry.check_shape().map_err(Error::<T>::from)?;
        ensure!(
            record.wraps.len() == record.entry.slots.len(),
            Error::<T>::WrapCountMismatch
        );
        let rid = record.entry.rid();
        ensure!(
            !Locations::<T>::contains_key(rid),
            Error::<T>::RecordAlreadyExists
        );
        let epoch = epoch_at(T::Time::now()).ok_or(Error::<T>::InvalidEpoch)?;
        ensure!(
            T::Consents::covers(&record.consent, &record.patient, epoch),
            Error::<T>::ConsentNotFound
        );
        Self::take_index(&record.entry)?;
        Self::take_payload(&record)?;
        let leaf = Self::push_leaf(record.entry.leaf())?;
        let sequence = EntryBlockCount::<T>::get();
        Locations::<T>::insert(
            rid,
            RecordLocation {
                patient: record.patient,
                block: Self::block_number(),
                extrinsic,
                sequence,
                leaf,
            },
        );
        Self::deposit_event(Event::RecordStored {
            record: rid,
            sequence,
            leaf,
        });
        Ok(())
    }

    pub(crate) fn do_drop_chunk(chunk: H256) -> DispatchResult {
        let known = Chunks::<T>::get(chunk).ok_or(Error::<T>::ChunkNotFound)?;
        let end = known.stored_at.saturating_add(T::ChunkLifetime::get());
        ensure!(
            frame_system::Pallet::<T>::block_number() > end,
            Error::<T>::ChunkNotExpired
        );
        Chunks::<T>::remove(chunk);
        Self::deposit_event(Event::ChunkDropped { chunk });
        Ok(())
    }

    pub(crate) fn do_log_disclosure(
        logged_by: T::AccountId,
        request: RequestId,
        record: RecordId,
        requester: [u8; 32],
    ) -> DispatchResult {
        ensure!(
            Locations::<T>::contains_key(record),
            Error::<T>::RecordNotFound
        );
        ensure!(
            !Disclosures::<T>::contains_key(record, request),
            Error::<T>::DisclosureAlreadyExists
        );
        let logged_at = Self::block_number();
        Disclosures::<T>::insert(
            record,
            request,
            Disclosure {
                requester,
                logged_by,
                logged_at,
            },
        );
        Self::deposit_event(Event::DisclosureLogged {
            record,
            request,
            requester,
        });
        Ok(())
    }

    /// What this block stored: what [`Self::seal_entry_block`] is going to seal.
    pub(crate) fn block_content() -> ContentDigest {
        let leaves = PendingLeaves::<T>::get().into_inner();
        let sealed = EntryBlockCount::<T>::get();
        let total = if leaves.is_empty() {
            sealed
        } else {
            sealed.saturating_add(1)
        };
        ContentDigest {
            total,
            count: leaves.len().saturated_into(),
            root: leaves_root(leaves),
        }
    }

    /// Appends this block's entries, if there are any, to the sequence of entry blocks.
    pub(crate) fn seal_entry_block() {
        let leaves = PendingLeaves::<T>::take();
        let Ok(count) = u32::try_from(leaves.len()) else {
            return;
        };
        if count == 0 {
            return;
        }
        let sequence = EntryBlockCount::<T>::get();
        let previous = sequence
            .checked_sub(1)
            .and_then(EntryBlocks::<T>::get)
            .map_or(H256::zero(), |block| block.chain_hash);
        let number = Self::block_number();
        let root = leaves_root(leaves.into_inner());
        let chain_hash = next_chain_hash(&previous, number, count, &root);
        EntryBlocks::<T>::insert(
            sequence,
            EntryBlock {
                number,
                count,
                root,
                chain_hash,
            },
        );
        EntryBlockCount::<T>::put(sequence.saturating_add(1));
        Self::deposit_event(Event::EntryBlockSealed {
            sequence,
            count,
            root,
        });
    }

    /// The consortium takes a batch's entries in the order of their indexes only. A block that broke it could never be
    /// registered, and nor could any after it.
    fn take_index(entry: &Entry) -> DispatchResult {
        ensure!(
            entry.index >= NextIndex::<T>::get(entry.batch),
            Error::<T>::InvalidIndex
        );
        let next = entry.index.checked_add(1).ok_or(Error::<T>::InvalidIndex)?;
        NextIndex::<T>::insert(entry.batch, next);
        Ok(())
    }

    /// Uses up the record's chunks, or finds that an earlier entry over the very same payload has.
    fn take_payload(record: &Record) -> DispatchResult {
        let chunks = record.chunks.as_slice();
        let distinct: BTreeSet<&H256> = chunks.iter().collect();
        ensure!(
            !chunks.is_empty() && distinct.len() == chunks.len(),
            Error::<T>::InvalidChunks
        );
        let payload_hash = record.entry.payload_hash;
        if let [only] = chunks {
            ensure!(*only == payload_hash, Error::<T>::PayloadHashMismatch);
        }
        let owner =
            H256((record.patient, record.entry.key_commitment, chunks).using_encoded(blake2_256));
        if let Some(known) = Payloads::<T>::get(payload_hash) {
            ensure!(known == owner, Error::<T>::PayloadMismatch);
            return Ok(());
        }
        let mut bytes = 0u32;
        for hash in chunks {
            let chunk = Chunks::<T>::take(hash).ok_or(Error::<T>::ChunkNotFound)?;
            bytes = bytes.saturating_add(chunk.len);
        }
        ensure!(
            bytes <= T::MaxRecordBytes::get(),
            Error::<T>::MaxRecordBytesExceeded
        );
        Payloads::<T>::insert(payload_hash, owner);
        Ok(())
    }

    /// Appends a leaf to this block's; returns its position.
    fn push_leaf(leaf: H256) -> Result<u32, DispatchError> {
        let position = PendingLeaves::<T>::decode_len().unwrap_or(0);
        let position = u32::try_from(position)
            .ok()
            .filter(|position| *position < MAX_ENTRIES_PER_BLOCK)
            .ok_or(Error::<T>::MaxEntriesPerBlockExceeded)?;
        PendingLeaves::<T>::try_append(leaf)
            .map_err(|()| Error::<T>::MaxEntriesPerBlockExceeded)?;
        Ok(position)
    }

    /// Index of the extrinsic being applied. Hooks have none.
    fn extrinsic_index() -> Result<u32, DispatchError> {
        frame_system::Pallet::<T>::extrinsic_index().ok_or(Error::<T>::InvalidContext.into())
    }

    pub(crate) fn block_number() -> BlockNumber {
        frame_system::Pallet::<T>::block_number().saturated_into()
    }
}
