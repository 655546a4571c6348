// SPDX-License-Identifier: Apache-2.0
//! Validators, and the set of those that author blocks.

use crate::{pallet::*, plan, HospitalStatus};
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
pub(crate) const LOG_TARGET: &str = "runtime::consortium";

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

    /// The validators of a hospital that could author, in the order of their admission.
    ///
    /// They have session keys and are not suspended themselves.
    pub(crate) fn plannable_of(hospital: &HospitalId) -> Vec<T::AccountId> {
        let mut validators = HospitalValidators::<T>::get(hospital).into_inner();
        validators.retain(|who| T::Session::is_registered(who) && !T::Authors::is_suspended(who));
        validators
    }

    /// The validators of each active hospital that could author.
    fn plannable() -> Vec<Vec<T::AccountId>> {
        HospitalIds::<T>::get()
            .iter()
            .filter(|id| Self::status(id) == Some(HospitalStatus::Active))
            .map(Self::plannable_of)
            .collect()
    }

    /// The set that should author, sorted.
    ///
    /// It contains the validators of active hospitals that have session keys and are not suspended
    /// themselves. If four or more hospitals have such validators, each hospital holds less than a
    /// third of the votes: of the others, those that were admitted last stay out.
    pub fn planned_validators() -> Vec<T::AccountId> {
        plan::planned(&Self::plannable())
    }

    /// The set of the next session; `None` if it is the `current` one.
    fn next_validators(current: &[T::AccountId]) -> Option<Vec<T::AccountId>> {
        let plannable = Self::plannable();
        if plannable.iter().all(Vec::is_empty) {
            log::error!(target: LOG_TARGET, "no validator in good standing has session keys; the set stays");
            return None;
        }
        let next = plan::next(current, &plannable);
        let mut sorted = current.to_vec();
        sorted.sort();
        // GRANDPA would take an unchanged set for a change of authorities.
        (next != sorted).then_some(next)
    }

    /// Checks that enough validators remain without `leaving`.
    ///
    /// Either the planned set keeps the minimum of validators, or it contains no validator of
    /// `leaving`. In addition, somebody else in good standing must remain in the set of this
    /// session and in that of the next one. These two sets are fixed, and a set in which nobody may
    /// author stops the chain. The shares of the votes do not matter: nothing blocks a suspension.
    pub(crate) fn ensure_enough_without(leaving: &[T::AccountId]) -> DispatchResult {
        let mut plannable = Self::plannable();
        let is_leaving = |who: &T::AccountId| leaving.contains(who);
        let planned_leave = plan::planned(&plannable).iter().any(is_leaving);
        for validators in &mut plannable {
            validators.retain(|who| !is_leaving(who));
        }
        let remaining = plan::planned(&plannable).len();
        let enough = u32::try_from(remaining).map_or(true, |n| n >= T::MinValidators::get());
        ensure!(enough || !planned_leave, Error::<T>::InvalidValidatorCount);
        ensure!(
            T::Authors::may_leave(leaving),
            Error::<T>::InvalidValidatorCount
        );
        Ok(())
    }

    /// Makes an account a validator, with the council's word.
    ///
    /// Departed validators count against the maximum, so that there is always room to note one.
    pub(crate) fn do_add_validator(
        hospital: HospitalId,
        validator: &T::AccountId,
    ) -> DispatchResult {
        Self::ensure_may_validate(validator)?;
        let departed = DepartedValidators::<T>::decode_len().unwrap_or(0);
        let count =
            Validators::<T>::count().saturating_add(u32::try_from(departed).unwrap_or(u32::MAX));
        ensure!(
            count < T::MaxValidators::get(),
            Error::<T>::MaxValidatorsExceeded
        );
        HospitalValidators::<T>::try_append(hospital, validator.clone())
            .map_err(|_| Error::<T>::MaxValidatorsExceeded)?;
        Self::hold_account(validator);
        Validators::<T>::insert(validator, hospital);
        Ok(())
    }

    pub(crate) fn do_remove_validator(
        hospital: HospitalId,
        validator: T::AccountId,
    ) -> DispatchResult {
        ensure!(
            Validators::<T>::get(&validator) == Some(hospital),
            Error::<T>::NotFound
        );
        let leaving = core::slice::from_ref(&validator);
        Self::ensure_enough_without(leaving)?;
        HospitalValidators::<T>::mutate(hospital, |validators| {
            validators.retain(|who| *who != validator);
        });
        Validators::<T>::remove(&validator);
        Self::note_departed(leaving);
        T::Authors::leave_next_session(leaving);
        Self::deposit_event(Event::ValidatorRemoved {
            hospital,
            validator,
        });
        Ok(())
    }
}

/// Suspends a hospital after a proof of its misconduct.
///
/// The call fails, and changes nothing, under the same conditions as `suspend_hospital`.
impl<T: Config> SuspendHospital for Pallet<T> {
    fn suspend(hospital: &HospitalId) -> Result<(), DispatchError> {
        Self::do_suspend_hospital(*hospital)
    }
}

impl<T: Config> pallet_session::SessionManager<T::AccountId> for Pallet<T> {
    fn new_session(_: u32) -> Option<Vec<T::AccountId>> {
        let current = T::Session::validators();
        let next = Self::next_validators(&current);
        Self::purge_departed(&current, next.as_deref().unwrap_or(&current));
        next
    }

    fn new_session_genesis(_: u32) -> Option<Vec<T::AccountId>> {
        // The session pallet's own configuration names the first set.
        None
    }

    fn start_session(_: u32) {}

    fn end_session(_: u32) {}
}

/// The accounts that may set session keys: validators that the council admitted.
///
/// It serves as `ValidatorIdOf` of `pallet-session`.
pub struct ValidatorOf<T>(PhantomData<T>);

impl<T: Config> Convert<T::AccountId, Option<T::AccountId>> for ValidatorOf<T> {
    fn convert(who: T::AccountId) -> Option<T::AccountId> {
        Validators::<T>::contains_key(&who).then_some(who)
    }
}
