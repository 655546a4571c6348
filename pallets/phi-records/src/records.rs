// SPDX-License-Identifier: Apache-2.0
//! Storage of records: checks of each record, and use of its index and payload.

use crate::{Batches, Config, EntryBlockCount, Error, Event, Locations, Pallet};
use bspp_primitives::traits::{Consents, Staff};
use bspp_types::{
    filing_month_end, BlockNumber, EntryError, Record, RecordLocation, Records, FILING_GRACE_MS,
};
use frame_support::{ensure, storage::with_storage_layer, traits::Time};
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
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

    pub(crate) fn do_store_records(who: T::AccountId, records: Records) -> DispatchResult {
        let extrinsic = Self::extrinsic_index()?;
        ensure!(!records.is_empty(), Error::<T>::EmptyCall);
        for record in records {
            let rid = record.entry.rid();
            let stored = with_storage_layer(|| Self::store_record(&who, extrinsic, record));
            if let Err(error) = stored {
                Self::deposit_event(Event::RecordRefused { record: rid, error });
            }
        }
        Ok(())
    }

    fn store_record(who: &T::AccountId, extrinsic: u32, record: Record) -> DispatchResult {
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
        ensure!(batch.owner == *who, Error::<T>::NotAuthorized);
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
        Self::add_entry_of_payload(&record)?;
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

    /// Index of the current extrinsic. Hooks do not have one.
    pub(crate) fn extrinsic_index() -> Result<u32, DispatchError> {
        frame_system::Pallet::<T>::extrinsic_index().ok_or(Error::<T>::InvalidContext.into())
    }

    pub(crate) fn block_number() -> BlockNumber {
        frame_system::Pallet::<T>::block_number().saturated_into()
    }
}
