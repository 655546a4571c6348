// SPDX-License-Identifier: Apache-2.0
//! What other pallets and extensions need of this one.

use crate::{Clinicians, Config, Consents, Pallet, Validators};
use alloc::vec::Vec;
use bspp_primitives::{
    traits::{self, Admission, AuthorStandings, Staff},
    ConsentId, Epoch,
};
use core::marker::PhantomData;
use frame_support::traits::{Contains, EnsureOrigin, ValidatorRegistration, ValidatorSet};
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};

/// Target of this pallet's log lines.
const LOG_TARGET: &str = "runtime::enrolment";

impl<T: Config> traits::Consents for Pallet<T> {
    fn covers(consent: &ConsentId, patient: &[u8; 32], epoch: Epoch) -> bool {
        Consents::<T>::get(consent).is_some_and(|consent| {
            !consent.withdrawn
                && consent.terms.patient == *patient
                && (consent.terms.from..=consent.terms.until).contains(&epoch)
        })
    }
}

impl<T: Config> Staff<T::AccountId> for Pallet<T> {
    fn may_store(who: &T::AccountId) -> bool {
        Clinicians::<T>::contains_key(who)
    }
}

/// Admins and clinicians may send anything, nodes only operational calls, anybody else nothing. The chain is the
/// hospital's own, so there is no quota.
impl<T: Config> Admission<T::AccountId, <T as frame_system::Config>::RuntimeCall> for Pallet<T> {
    fn is_operational(call: &<T as frame_system::Config>::RuntimeCall) -> bool {
        T::OperationalCalls::contains(call)
    }

    fn check(
        who: &T::AccountId,
        call: &<T as frame_system::Config>::RuntimeCall,
        _weight: u64,
        _len: u32,
    ) -> Result<u16, TransactionValidityError> {
        let admitted = Self::is_clinician(who)
            || Self::is_admin(who)
            || (Self::is_node(who) && T::OperationalCalls::contains(call));
        if admitted {
            Ok(0)
        } else {
            Err(InvalidTransaction::BadSigner.into())
        }
    }

    fn charge(
        who: &T::AccountId,
        call: &<T as frame_system::Config>::RuntimeCall,
        weight: u64,
        len: u32,
    ) -> Result<(), TransactionValidityError> {
        Self::check(who, call, weight, len).map(|_| ())
    }
}

impl<T: Config> Pallet<T> {
    /// The validators that the admins named, in their order, without those that are suspended or lost their session keys: the
    /// set that should author.
    pub fn planned_validators() -> Vec<T::AccountId> {
        Validators::<T>::get()
            .into_iter()
            .filter(|who| !T::Authors::is_suspended(who) && T::SessionKeys::is_registered(who))
            .collect()
    }
}

/// The set follows the admins and the standing of nodes: who is suspended leaves, who is readmitted comes back. It is never
/// empty.
impl<T: Config> pallet_session::SessionManager<T::AccountId> for Pallet<T> {
    fn new_session(_: u32) -> Option<Vec<T::AccountId>> {
        let planned = Self::planned_validators();
        if planned.is_empty() {
            log::error!(target: LOG_TARGET, "no validator in good standing has session keys; the set stays");
            return None;
        }
        // Saying "the same again" would still be a change of authorities to GRANDPA, and so would another order.
        let (mut next, mut current) = (planned.clone(), T::Session::validators());
        next.sort();
        current.sort();
        (next != current).then_some(planned)
    }

    fn new_session_genesis(_: u32) -> Option<Vec<T::AccountId>> {
        let validators = Validators::<T>::get();
        (!validators.is_empty()).then(|| validators.into_inner())
    }

    fn start_session(_: u32) {}

    fn end_session(_: u32) {}
}

/// Origin of any one admin.
pub struct EnsureAdmin<T>(PhantomData<T>);

impl<T: Config> EnsureOrigin<OriginFor<T>> for EnsureAdmin<T> {
    type Success = T::AccountId;

    fn try_origin(origin: OriginFor<T>) -> Result<Self::Success, OriginFor<T>> {
        match ensure_signed(origin.clone()) {
            Ok(who) if Pallet::<T>::is_admin(&who) => Ok(who),
            _ => Err(origin),
        }
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn try_successful_origin() -> Result<OriginFor<T>, ()> {
        let who = crate::Admins::<T>::get().iter().next().cloned().ok_or(())?;
        Ok(frame_system::RawOrigin::Signed(who).into())
    }
}
