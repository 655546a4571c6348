// SPDX-License-Identifier: Apache-2.0
//! Hospitals: how they are added, suspended, readmitted and removed; their operators.

use crate::{pallet::*, HospitalRecord, HospitalStatus};
use alloc::vec::Vec;
use bspp_primitives::traits::AuthorStandings;
use bspp_types::{FilingMonth, Hospital, HospitalId, Role, X25519Key};
use frame_support::ensure;
use sp_runtime::{traits::SaturatedConversion, DispatchResult};

impl<T: Config> Pallet<T> {
    /// A hospital as the runtime API shows it, with the key that is in force now.
    pub fn hospital(hospital: &HospitalId) -> Option<Hospital<T::AccountId>> {
        let record = Hospitals::<T>::get(hospital)?;
        Some(Hospital {
            operator: record.operator,
            encryption_key: Self::key_at(hospital, Self::current_filing_month().ok()?)?,
            active: record.status == HospitalStatus::Active,
            added_at: record.added_at,
        })
    }

    /// Identifiers of all hospitals, removed ones included.
    pub fn hospitals() -> Vec<HospitalId> {
        HospitalIds::<T>::get().into_inner()
    }

    /// Standing of a hospital, or `None` if the identifier was never used.
    pub fn status(hospital: &HospitalId) -> Option<HospitalStatus> {
        Hospitals::<T>::get(hospital).map(|record| record.status)
    }

    /// Adds a hospital whose key is in force from the current month.
    pub(crate) fn found_hospital(
        hospital: HospitalId,
        operator: T::AccountId,
        key: X25519Key,
    ) -> DispatchResult {
        let filing_month = Self::current_filing_month()?;
        Self::do_add_hospital(hospital, operator.clone(), key, filing_month)?;
        Self::deposit_event(Event::HospitalAdded { hospital, operator });
        Ok(())
    }

    /// Adds a hospital, without an event.
    pub(crate) fn do_add_hospital(
        hospital: HospitalId,
        operator: T::AccountId,
        key: X25519Key,
        from_filing_month: FilingMonth,
    ) -> DispatchResult {
        ensure!(
            !Hospitals::<T>::contains_key(hospital),
            Error::<T>::AlreadyExists
        );
        Self::insert_key(hospital, from_filing_month, key)?;
        HospitalIds::<T>::try_append(hospital).map_err(|_| Error::<T>::MaxHospitalsExceeded)?;
        Self::give_role(&operator, Role::Operator, Some(hospital))?;
        let added_at = frame_system::Pallet::<T>::block_number().saturated_into();
        let status = HospitalStatus::Active;
        Hospitals::<T>::insert(
            hospital,
            HospitalRecord {
                operator,
                status,
                added_at,
                requesters: 0,
            },
        );
        Ok(())
    }

    pub(crate) fn do_remove_hospital(hospital: HospitalId) -> DispatchResult {
        let mut record = Hospitals::<T>::get(hospital).ok_or(Error::<T>::NotFound)?;
        ensure!(
            record.status != HospitalStatus::Removed,
            Error::<T>::InvalidStatus
        );
        let validators = HospitalValidators::<T>::get(hospital);
        Self::ensure_enough_without(&validators)?;
        HospitalValidators::<T>::remove(hospital);
        ProposedValidators::<T>::remove(hospital);
        for validator in &validators {
            Validators::<T>::remove(validator);
        }
        Self::note_departed(&validators);
        Self::take_role(&record.operator);
        if let Some(anchorer) = Anchorers::<T>::take(hospital) {
            Self::take_role(&anchorer);
        }
        // Requesters keep their entries: a role at a removed hospital does not count.
        record.status = HospitalStatus::Removed;
        record.requesters = 0;
        Hospitals::<T>::insert(hospital, record);
        Self::forget_quota(&hospital);
        T::Authors::leave_next_session(&validators);
        Self::deposit_event(Event::HospitalRemoved { hospital });
        Ok(())
    }

    pub(crate) fn do_suspend_hospital(hospital: HospitalId) -> DispatchResult {
        let mut record = Hospitals::<T>::get(hospital).ok_or(Error::<T>::NotFound)?;
        ensure!(
            record.status == HospitalStatus::Active,
            Error::<T>::InvalidStatus
        );
        let validators = HospitalValidators::<T>::get(hospital);
        Self::ensure_enough_without(&validators)?;
        record.status = HospitalStatus::Suspended;
        Hospitals::<T>::insert(hospital, record);
        T::Authors::leave_next_session(&validators);
        Self::deposit_event(Event::HospitalSuspended { hospital });
        Ok(())
    }

    pub(crate) fn do_readmit_hospital(hospital: HospitalId) -> DispatchResult {
        let mut record = Hospitals::<T>::get(hospital).ok_or(Error::<T>::NotFound)?;
        ensure!(
            record.status == HospitalStatus::Suspended,
            Error::<T>::InvalidStatus
        );
        record.status = HospitalStatus::Active;
        Hospitals::<T>::insert(hospital, record);
        Self::deposit_event(Event::HospitalReadmitted { hospital });
        Ok(())
    }

    pub(crate) fn do_change_operator(
        hospital: HospitalId,
        operator: T::AccountId,
    ) -> DispatchResult {
        let mut record = Hospitals::<T>::get(hospital).ok_or(Error::<T>::NotFound)?;
        ensure!(
            record.status != HospitalStatus::Removed,
            Error::<T>::InvalidStatus
        );
        Self::give_role(&operator, Role::Operator, Some(hospital))?;
        Self::take_role(&record.operator);
        // The council often changes an operator because its key was stolen.
        ProposedValidators::<T>::remove(hospital);
        record.operator = operator.clone();
        Hospitals::<T>::insert(hospital, record);
        Self::deposit_event(Event::OperatorChanged { hospital, operator });
        Ok(())
    }
}
