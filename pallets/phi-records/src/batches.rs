// SPDX-License-Identifier: Apache-2.0
//! Batches: each has an owner, and a month by which its records are judged.

use crate::{Batches, Config, Error, Event, Pallet};
use bspp_peks::{encryptor_id, BatchHeader};
use bspp_primitives::traits::HospitalChain;
use bspp_types::{filing_month_at, BatchId, HospitalBatch};
use codec::Encode;
use frame_support::{ensure, traits::Time};
use sp_core::H256;
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_open_batch(
        owner: T::AccountId,
        header: &BatchHeader,
        salt: &[u8; 32],
    ) -> DispatchResult {
        ensure!(
            header.hospital == T::Chain::hospital().0,
            Error::<T>::HospitalMismatch
        );
        // The header names its encryptor by a hash. Only that account knows the salt.
        ensure!(
            owner.using_encoded(|bytes| encryptor_id(bytes, salt)) == header.enc,
            Error::<T>::NotAuthorized
        );
        let filing_month = filing_month_at(T::Time::now()).ok_or(Error::<T>::InvalidFilingMonth)?;
        ensure!(
            header.filing_month == filing_month,
            Error::<T>::InvalidFilingMonth
        );
        let batch: BatchId = H256(header.id(&T::Chain::chain().0));
        ensure!(
            !Batches::<T>::contains_key(batch),
            Error::<T>::BatchAlreadyExists
        );
        Batches::<T>::insert(
            batch,
            HospitalBatch {
                owner,
                filing_month,
                next_index: 0,
            },
        );
        Self::deposit_event(Event::BatchOpened { batch });
        Ok(())
    }
}
