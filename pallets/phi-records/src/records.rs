// SPDX-License-Identifier: Apache-2.0
//! Storage of records: checks of each record, and use of its index and chunks.

use crate::{Batches, Chunks, Config, EntryBlockCount, Error, Event, Locations, Pallet, Payloads};
use alloc::{collections::BTreeSet, vec::Vec};
use bspp_primitives::traits::{Consents, Staff};
use bspp_types::{
    filing_month_end, payload_hash_of_chunks, BlockNumber, EntryError, Record, RecordLocation,
    FILING_GRACE_MS, MAX_CHUNK_BYTES,
};
use codec::Encode;
use frame_support::{
    ensure,
    traits::{Get, Time},
};
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::{DispatchError, DispatchResult, SaturatedConversion};

impl<T: Config> From<EntryError> for Error<T> {
    fn from(error: EntryError) -> Self {
        match error {
            EntryError::InvalidSlotCount => Self::InvalidSlotCount,
            EntryError::DuplicateTag => Self::DuplicateTag,
        }
    }
}

impl<T: Config> Pallet<T> {
    pub(crate) fn ensure_staff(origin: OriginFor<T>) -> Result<T::AccountId, DispatchError> {
        let who = ensure_signed(origin)?;
        ensure!(T::Staff::may_store(&who), Error::<T>::NotAuthorized);
        Ok(who)
    }

    pub(crate) fn do_store_record(who: T::AccountId, record: Record) -> DispatchResult {
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
        let mut batch = Batches::<T>::get(record.entry.batch).ok_or(Error::<T>::BatchNotFound)?;
        ensure!(batch.owner == who, Error::<T>::NotAuthorized);
        // The month of the batch judges the record, whatever the clock shows within the grace
        // period.
        let end = filing_month_end(batch.filing_month).ok_or(Error::<T>::InvalidFilingMonth)?;
        ensure!(
            T::Time::now() < end.saturating_add(FILING_GRACE_MS),
            Error::<T>::FilingMonthClosed
        );
        ensure!(
            T::Consents::covers(&record.consent, &record.patient, batch.filing_month),
            Error::<T>::ConsentNotFound
        );
        // The consortium accepts a batch's entries only in the order of their indices.
        ensure!(
            record.entry.index >= batch.next_index,
            Error::<T>::InvalidIndex
        );
        batch.next_index = record
            .entry
            .index
            .checked_add(1)
            .ok_or(Error::<T>::InvalidIndex)?;
        Batches::<T>::insert(record.entry.batch, batch);
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

    /// Takes the record's chunks, if no earlier entry over the same payload took them.
    fn take_payload(record: &Record) -> DispatchResult {
        let chunks = record.chunks.as_slice();
        let distinct: BTreeSet<&H256> = chunks.iter().collect();
        ensure!(
            !chunks.is_empty() && distinct.len() == chunks.len(),
            Error::<T>::InvalidChunks
        );
        let payload_hash = record.entry.payload_hash;
        let owner =
            H256((record.patient, record.entry.key_commitment, chunks).using_encoded(blake2_256));
        if let Some(known) = Payloads::<T>::get(payload_hash) {
            ensure!(known == owner, Error::<T>::PayloadMismatch);
            return Ok(());
        }
        let mut bytes = 0u32;
        let mut roots = Vec::with_capacity(chunks.len());
        for hash in chunks {
            // Only the last chunk is shorter: chunks are the subtrees of the payload's tree.
            ensure!(
                bytes.is_multiple_of(MAX_CHUNK_BYTES),
                Error::<T>::InvalidChunks
            );
            let chunk = Chunks::<T>::take(hash).ok_or(Error::<T>::ChunkNotFound)?;
            bytes = bytes.saturating_add(chunk.len);
            roots.push(chunk.root);
        }
        ensure!(
            payload_hash_of_chunks(bytes.into(), &roots) == payload_hash,
            Error::<T>::PayloadHashMismatch
        );
        ensure!(
            bytes <= T::MaxRecordBytes::get(),
            Error::<T>::MaxRecordBytesExceeded
        );
        Payloads::<T>::insert(payload_hash, owner);
        Ok(())
    }

    /// Index of the current extrinsic. Hooks do not have one.
    pub(crate) fn extrinsic_index() -> Result<u32, DispatchError> {
        frame_system::Pallet::<T>::extrinsic_index().ok_or(Error::<T>::InvalidContext.into())
    }

    pub(crate) fn block_number() -> BlockNumber {
        frame_system::Pallet::<T>::block_number().saturated_into()
    }
}
