// SPDX-License-Identifier: Apache-2.0
//! What other pallets and extensions need of this one.

use crate::{Clinicians, Config, Consents, Pallet, Validators, ValidatorsDirty};
use alloc::vec::Vec;
use bspp_primitives::{
    traits::{self, Admission, Staff},
    ConsentId, Epoch,
};
use core::marker::PhantomData;
use frame_support::traits::{Contains, EnsureOrigin};
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};

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

/// The set changes only when an admin changes it, and is never empty.
impl<T: Config> pallet_session::SessionManager<T::AccountId> for Pallet<T> {
    fn new_session(_: u32) -> Option<Vec<T::AccountId>> {
        if !ValidatorsDirty::<T>::take() {
            return None;
        }
        let validators = Validators::<T>::get();
        (!validators.is_empty()).then(|| validators.into_inner())
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
