// SPDX-License-Identifier: Apache-2.0
//! Validators, and the set of those that author blocks.

use crate::{pallet::*, HospitalStatus};
use alloc::vec::Vec;
use bspp_primitives::{
    conformance::StandingFault,
    traits::{AuthorStandings, SuspendHospital},
};
use bspp_types::HospitalId;
use core::marker::PhantomData;
use frame_support::{
    ensure,
    traits::{Get, ValidatorRegistration, ValidatorSet},
};
use sp_runtime::{traits::Convert, DispatchError, DispatchResult};

/// Target of this pallet's log lines.
const LOG_TARGET: &str = "runtime::consortium";

impl<T: Config> Pallet<T> {
    /// The hospital of a validator, whether it is in good standing or not.
    pub fn hospital_of_validator(validator: &T::AccountId) -> Option<HospitalId> {
        Validators::<T>::get(validator)
    }

    /// Whether a validator belongs to a member in good standing.
    ///
    /// The function does not look at suspensions of the validator itself.
    ///
    /// # Errors
    ///
    /// `NotMember` if the account is not a validator of a hospital, `HospitalSuspended` if its
    /// hospital is suspended.
    pub fn standing_of(validator: &T::AccountId) -> Result<(), StandingFault> {
        let hospital = Validators::<T>::get(validator).ok_or(StandingFault::NotMember)?;
        match Self::status(&hospital) {
            Some(HospitalStatus::Active) => Ok(()),
            Some(HospitalStatus::Suspended) => Err(StandingFault::HospitalSuspended),
            Some(HospitalStatus::Removed) | None => Err(StandingFault::NotMember),
        }
    }

    /// The set that should author, sorted.
    ///
    /// It contains the validators of active hospitals that have session keys and are not suspended
    /// themselves.
    pub fn planned_validators() -> Vec<T::AccountId> {
        let mut planned = Vec::new();
        for hospital in HospitalIds::<T>::get() {
            if Self::status(&hospital) == Some(HospitalStatus::Active) {
                planned.extend(
                    HospitalValidators::<T>::get(hospital)
                        .into_iter()
                        .filter(T::Session::is_registered)
                        .filter(|who| !T::Authors::is_suspended(who)),
                );
            }
        }
        planned.sort();
        planned
    }

    /// Checks that enough validators remain without `leaving`.
    ///
    /// Either the planned set keeps the minimum of validators, or it contains no validator of
    /// `leaving`. In addition, somebody else in good standing must remain in the set of this
    /// session and in that of the next one. These two sets are fixed, and a set in which nobody may
    /// author stops the chain.
    pub(crate) fn ensure_enough_without(leaving: &[T::AccountId]) -> DispatchResult {
        let planned = Self::planned_validators();
        let remaining = planned.iter().filter(|who| !leaving.contains(who)).count();
        let enough = u32::try_from(remaining).map_or(true, |n| n >= T::MinValidators::get());
        ensure!(
            enough || remaining == planned.len(),
            Error::<T>::InvalidValidatorCount
        );
        ensure!(
            T::Authors::may_leave(leaving),
            Error::<T>::InvalidValidatorCount
        );
        Ok(())
    }

    pub(crate) fn do_add_validator(
        hospital: HospitalId,
        validator: &T::AccountId,
    ) -> DispatchResult {
        ensure!(Self::is_free(validator), Error::<T>::AlreadyExists);
        ensure!(
            Validators::<T>::count() < T::MaxValidators::get(),
            Error::<T>::MaxValidatorsExceeded
        );
        HospitalValidators::<T>::try_mutate(hospital, |validators| {
            let position = validators
                .binary_search(validator)
                .err()
                .ok_or(Error::<T>::AlreadyExists)?;
            validators
                .try_insert(position, validator.clone())
                .map_err(|_| Error::<T>::MaxValidatorsExceeded)
        })?;
        Self::hold_account(validator);
        Validators::<T>::insert(validator, hospital);
        Ok(())
    }

    pub(crate) fn do_remove_validator(
        hospital: HospitalId,
        validator: &T::AccountId,
    ) -> DispatchResult {
        ensure!(
            Validators::<T>::get(validator) == Some(hospital),
            Error::<T>::NotFound
        );
        let leaving = core::slice::from_ref(validator);
        Self::ensure_enough_without(leaving)?;
        HospitalValidators::<T>::mutate(hospital, |validators| {
            validators.retain(|who| who != validator);
        });
        Validators::<T>::remove(validator);
        T::Authors::leave_next_session(leaving);
        Ok(())
    }
}

/// Suspends a hospital after a proof of its misconduct.
///
/// The call fails, and changes nothing, under the same conditions as `suspend_hospital`.
impl<T: Config> SuspendHospital for Pallet<T> {
    fn suspend(hospital: &HospitalId) -> Result<(), DispatchError> {
        Self::do_suspend_hospital(*hospital)?;
        Self::deposit_event(Event::HospitalSuspended {
            hospital: *hospital,
        });
        Ok(())
    }
}

impl<T: Config> pallet_session::SessionManager<T::AccountId> for Pallet<T> {
    fn new_session(_: u32) -> Option<Vec<T::AccountId>> {
        let planned = Self::planned_validators();
        if planned.is_empty() {
            log::error!(target: LOG_TARGET, "no validator in good standing has session keys; the set stays");
            return None;
        }
        let mut current = T::Session::validators();
        current.sort();
        // GRANDPA would take an unchanged set for a change of authorities.
        (planned != current).then_some(planned)
    }

    fn new_session_genesis(_: u32) -> Option<Vec<T::AccountId>> {
        // The session pallet's own configuration names the first set.
        None
    }

    fn start_session(_: u32) {}

    fn end_session(_: u32) {}
}

/// The accounts that may set session keys: validators of this pallet.
///
/// It serves as `ValidatorIdOf` of `pallet-session`.
pub struct ValidatorOf<T>(PhantomData<T>);

impl<T: Config> Convert<T::AccountId, Option<T::AccountId>> for ValidatorOf<T> {
    fn convert(who: T::AccountId) -> Option<T::AccountId> {
        Validators::<T>::contains_key(&who).then_some(who)
    }
}
