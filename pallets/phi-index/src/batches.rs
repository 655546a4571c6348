// SPDX-License-Identifier: Apache-2.0
//! Batches: registering and listing.

use crate::{
    pallet::{BatchCount, Batches, BatchesOfEpoch, Config, Error, Event, Pallet, UsedPoints},
    types::MAX_PAGE,
};
use alloc::vec::Vec;
use bspp_primitives::{
    epoch_at, epoch_end, traits::BatchVerifier, Batch, BatchHeader, BatchId, Epoch, HospitalId,
    IdentifiedBatch, Moment, FILING_GRACE_MS,
};
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

    /// Batches of a hospital and month in the order of registration: `limit` from the `from`-th, and
    /// never more than [`MAX_PAGE`].
    pub fn batches(
        hospital: HospitalId,
        epoch: Epoch,
        from: u32,
        limit: u32,
    ) -> Vec<IdentifiedBatch> {
        let end = from
            .saturating_add(limit.min(MAX_PAGE))
            .min(BatchCount::<T>::get(hospital, epoch));
        (from..end)
            .filter_map(|position| {
                let id = BatchesOfEpoch::<T>::get((hospital, epoch, position))?;
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

    /// Whether a batch of this month takes entries at this time: until 48 hours after the month's end.
    pub(crate) fn takes_entries(epoch: Epoch, now: Moment) -> bool {
        epoch_end(epoch).is_some_and(|end| now < end.saturating_add(FILING_GRACE_MS))
    }

    /// Registers a batch of `hospital`. The costly check of the proof comes last.
    pub(crate) fn do_register_batch(hospital: HospitalId, header: BatchHeader) -> DispatchResult {
        ensure!(header.hospital == hospital.0, Error::<T>::HospitalMismatch);
        let epoch = epoch_at(T::Time::now()).ok_or(Error::<T>::InvalidTime)?;
        ensure!(header.epoch == epoch, Error::<T>::EpochMismatch);
        let position = BatchCount::<T>::get(hospital, epoch);
        ensure!(
            position < T::MaxBatchesPerEpoch::get(),
            Error::<T>::MaxBatchesPerEpochExceeded
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

        // The id binds the point, and no point comes twice: this cannot overwrite.
        let id = Self::batch_id(&header);
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
        BatchesOfEpoch::<T>::insert((hospital, epoch, position), id);
        BatchCount::<T>::insert(hospital, epoch, position.saturating_add(1));
        Self::deposit_event(Event::BatchRegistered {
            hospital,
            epoch,
            batch: id,
        });
        Ok(())
    }
}
