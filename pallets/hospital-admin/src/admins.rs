// SPDX-License-Identifier: Apache-2.0
//! Admins, and their origin.

use crate::{Admins, Config, Error, Event, Pallet};
use core::marker::PhantomData;
use frame_support::{ensure, traits::EnsureOrigin};
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
    /// Whether an account is an admin.
    pub fn is_admin(who: &T::AccountId) -> bool {
        Admins::<T>::get().contains(who)
    }

    pub(crate) fn ensure_admin(origin: OriginFor<T>) -> Result<T::AccountId, DispatchError> {
        let who = ensure_signed(origin)?;
        ensure!(Self::is_admin(&who), Error::<T>::NotAuthorized);
        Ok(who)
    }

    pub(crate) fn do_add_admin(account: T::AccountId) -> DispatchResult {
        Admins::<T>::try_mutate(|admins| {
            let added = admins
                .try_insert(account.clone())
                .map_err(|_| Error::<T>::MaxAdminsExceeded)?;
            ensure!(added, Error::<T>::AdminAlreadyExists);
            Ok::<_, Error<T>>(())
        })?;
        Self::add_reference(&account);
        Self::deposit_event(Event::AdminAdded { account });
        Ok(())
    }

    pub(crate) fn do_remove_admin(account: T::AccountId) -> DispatchResult {
        Admins::<T>::try_mutate(|admins| {
            ensure!(admins.remove(&account), Error::<T>::AdminNotFound);
            ensure!(!admins.is_empty(), Error::<T>::LastAdmin);
            Ok::<_, Error<T>>(())
        })?;
        Self::drop_quota(&account);
        Self::deposit_event(Event::AdminRemoved { account });
        Ok(())
    }
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
        let who = Admins::<T>::get().iter().next().cloned().ok_or(())?;
        Ok(frame_system::RawOrigin::Signed(who).into())
    }
}
