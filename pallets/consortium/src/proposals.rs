// SPDX-License-Identifier: Apache-2.0
//! Proposed validators: a hospital proposes them, the council admits them.

use crate::{pallet::*, plan, HospitalStatus};
use bspp_types::HospitalId;
use frame_support::ensure;
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    /// Checks that an account may become a validator.
    ///
    /// It has no role, and its session keys of an earlier time as a validator are purged.
    pub(crate) fn ensure_may_validate(validator: &T::AccountId) -> DispatchResult {
        ensure!(Self::is_free(validator), Error::<T>::AlreadyExists);
        ensure!(
            !DepartedValidators::<T>::get().contains(validator),
            Error::<T>::KeysNotPurged
        );
        Ok(())
    }

    /// Proposes a validator. The proposal gives the account no right of any kind.
    pub(crate) fn do_propose_validator(
        hospital: HospitalId,
        validator: T::AccountId,
    ) -> DispatchResult {
        Self::ensure_may_validate(&validator)?;
        ProposedValidators::<T>::try_mutate(hospital, |proposed| -> DispatchResult {
            ensure!(!proposed.contains(&validator), Error::<T>::AlreadyExists);
            proposed
                .try_push(validator.clone())
                .map_err(|_| Error::<T>::MaxValidatorsExceeded)?;
            Ok(())
        })?;
        Self::deposit_event(Event::ValidatorProposed {
            hospital,
            validator,
        });
        Ok(())
    }

    /// Withdraws a proposal. Error: `NotFound`.
    pub(crate) fn do_withdraw_validator(
        hospital: HospitalId,
        validator: T::AccountId,
    ) -> DispatchResult {
        Self::end_proposal(hospital, &validator)?;
        Self::deposit_event(Event::ValidatorWithdrawn {
            hospital,
            validator,
        });
        Ok(())
    }

    /// Removes a proposal. Error: `NotFound`.
    fn end_proposal(hospital: HospitalId, validator: &T::AccountId) -> DispatchResult {
        let mut proposed = ProposedValidators::<T>::get(hospital);
        ensure!(proposed.contains(validator), Error::<T>::NotFound);
        proposed.retain(|who| who != validator);
        if proposed.is_empty() {
            ProposedValidators::<T>::remove(hospital);
        } else {
            ProposedValidators::<T>::insert(hospital, proposed);
        }
        Ok(())
    }

    /// Makes a proposed account a validator.
    pub(crate) fn do_admit_validator(
        hospital: HospitalId,
        validator: T::AccountId,
        accept_share: bool,
    ) -> DispatchResult {
        let status = Self::status(&hospital).ok_or(Error::<T>::NotFound)?;
        ensure!(status == HospitalStatus::Active, Error::<T>::InvalidStatus);
        Self::end_proposal(hospital, &validator)?;
        ensure!(
            accept_share || Self::share_stays_below_a_third(&hospital),
            Error::<T>::VoteShareExceeded
        );
        Self::do_add_validator(hospital, &validator)?;
        Self::deposit_event(Event::ValidatorAdmitted {
            hospital,
            validator,
        });
        Ok(())
    }

    /// Whether a hospital holds less than a third of the votes with one more validator.
    ///
    /// The judgement is the worst that the hospital can achieve alone: all of its validators have
    /// keys and are in good standing, and the plan has no cap. The others count as they are.
    /// Otherwise a hospital could gain by setting keys later, or when so few hospitals remain that
    /// the plan has no cap.
    fn share_stays_below_a_third(hospital: &HospitalId) -> bool {
        let own = HospitalValidators::<T>::decode_len(hospital)
            .unwrap_or(0)
            .saturating_add(1);
        let others = HospitalIds::<T>::get()
            .iter()
            .filter(|id| *id != hospital && Self::status(id) == Some(HospitalStatus::Active))
            .fold(0usize, |sum, id| {
                sum.saturating_add(Self::plannable_of(id).len())
            });
        plan::is_below_a_third(own, own.saturating_add(others))
    }
}
