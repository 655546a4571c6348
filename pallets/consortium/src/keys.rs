// SPDX-License-Identifier: Apache-2.0
//! Hospitals' X25519 keys, by the month from which each is in force.

use crate::pallet::*;
use bspp_types::{filing_month_at, FilingMonth, HospitalId, X25519Key};
use frame_support::{
    ensure,
    traits::{Get, Time},
};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
    /// The current month. Error: `InvalidFilingMonth` if the clock is after the last month.
    pub(crate) fn current_filing_month() -> Result<FilingMonth, DispatchError> {
        filing_month_at(T::Time::now()).ok_or_else(|| Error::<T>::InvalidFilingMonth.into())
    }

    /// The key of a hospital that is in force in `filing_month`.
    ///
    /// The hospital's standing does not matter, because labels of old months always need the key.
    pub fn key_at(hospital: &HospitalId, filing_month: FilingMonth) -> Option<X25519Key> {
        let filing_months = KeyFilingMonths::<T>::get(hospital);
        let from = filing_months
            .iter()
            .rev()
            .find(|from| **from <= filing_month)?;
        EncryptionKeys::<T>::get(hospital, from)
    }

    pub(crate) fn do_rotate_encryption_key(
        hospital: HospitalId,
        from_filing_month: FilingMonth,
        key: X25519Key,
    ) -> DispatchResult {
        let now = Self::current_filing_month()?;
        let latest = now.saturating_add(T::MaxKeyNotice::get());
        ensure!(
            from_filing_month > now && from_filing_month <= latest,
            Error::<T>::InvalidFilingMonth
        );
        Self::insert_key(hospital, from_filing_month, key)?;
        Self::deposit_event(Event::EncryptionKeyRotated {
            hospital,
            from_filing_month,
            key,
        });
        Ok(())
    }

    /// Appends a key to a hospital's history. It never replaces an existing or announced key.
    pub(crate) fn insert_key(
        hospital: HospitalId,
        from_filing_month: FilingMonth,
        key: X25519Key,
    ) -> DispatchResult {
        ensure!(
            !bspp_peks::X25519Public(key).is_small_order(),
            Error::<T>::InvalidEncryptionKey
        );
        KeyFilingMonths::<T>::try_mutate(hospital, |filing_months| {
            ensure!(
                filing_months
                    .last()
                    .is_none_or(|last| from_filing_month > *last),
                Error::<T>::InvalidFilingMonth
            );
            filing_months
                .try_push(from_filing_month)
                .map_err(|_| Error::<T>::MaxKeysExceeded)
        })?;
        EncryptionKeys::<T>::insert(hospital, from_filing_month, key);
        Ok(())
    }
}
