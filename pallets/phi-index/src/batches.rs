// SPDX-License-Identifier: Apache-2.0
//! Registration and listing of batches.

use crate::{
    pallet::{BatchCount, Batches, BatchesOfFilingMonth, Config, Error, Event, Pallet, UsedPoints},
    types::MAX_PAGE,
    weights::WeightInfo,
};
use alloc::vec::Vec;
use bspp_peks::BatchHeader;
use bspp_primitives::traits::{BatchVerifier, QuotaRoom};
use bspp_types::{filing_month_at, Batch, BatchId, FilingMonth, HospitalId, IdentifiedBatch};
use codec::Encode;
use frame_support::{
    ensure,
    traits::{Get, Time},
};
use sp_runtime::{DispatchResult, SaturatedConversion};

impl<T: Config> Pallet<T> {
    /// A registered batch.
    pub fn batch(id: &BatchId) -> Option<Batch> {
        Batches::<T>::get(id)
    }

    /// Batches of a hospital and month in the order of registration.
    ///
    /// Returns `limit` batches from position `from` on, and never more than [`MAX_PAGE`].
    pub fn batches(
        hospital: HospitalId,
        filing_month: FilingMonth,
        from: u32,
        limit: u32,
    ) -> Vec<IdentifiedBatch> {
        let end = from
            .saturating_add(limit.min(MAX_PAGE))
            .min(BatchCount::<T>::get(hospital, filing_month));
        (from..end)
            .filter_map(|position| {
                let id = BatchesOfFilingMonth::<T>::get((hospital, filing_month, position))?;
                Some(IdentifiedBatch {
                    id,
                    batch: Batches::<T>::get(id)?,
                })
            })
            .collect()
    }

    /// The identifier of a header on this chain.
    pub fn batch_id(header: &BatchHeader) -> BatchId {
        header.id(&T::ChainId::get().0).into()
    }

    /// Registers a batch of `hospital`. The costly check of the proof comes last.
    pub(crate) fn do_register_batch(hospital: HospitalId, header: BatchHeader) -> DispatchResult {
        ensure!(header.hospital == hospital.0, Error::<T>::HospitalMismatch);
        let filing_month = filing_month_at(T::Time::now()).ok_or(Error::<T>::InvalidTime)?;
        ensure!(
            header.filing_month == filing_month,
            Error::<T>::FilingMonthMismatch
        );
        let position = BatchCount::<T>::get(hospital, filing_month);
        ensure!(
            position < T::MaxBatchesPerFilingMonth::get(),
            Error::<T>::MaxBatchesPerFilingMonthExceeded
        );
        let point = header.point.0;
        ensure!(
            !UsedPoints::<T>::contains_key(point),
            Error::<T>::AlreadyExists
        );
        ensure!(
            T::BatchVerifier::verify(&header, &T::ChainId::get()),
            Error::<T>::InvalidBatchProof
        );

        // The id binds the point, and a point is used once: this cannot overwrite a batch.
        let id = Self::batch_id(&header);
        let bytes: u64 = header.encoded_size().saturated_into();
        let registered_at = frame_system::Pallet::<T>::block_number().saturated_into();
        Batches::<T>::insert(
            id,
            Batch {
                header,
                registered_at,
                next_index: 0,
            },
        );
        UsedPoints::<T>::insert(point, id);
        BatchesOfFilingMonth::<T>::insert((hospital, filing_month, position), id);
        BatchCount::<T>::insert(hospital, filing_month, position.saturating_add(1));
        let weight = T::WeightInfo::register_batch().ref_time();
        T::Quota::note_registered(&hospital, weight, bytes);
        Self::deposit_event(Event::BatchRegistered {
            hospital,
            filing_month,
            batch: id,
        });
        Ok(())
    }
}
