// SPDX-License-Identifier: Apache-2.0
//! The role of an account: how it is given and taken.

use crate::{pallet::*, HospitalStatus, Member};
use bspp_types::{HospitalId, Role};
use frame_support::ensure;
use frame_system::pallet_prelude::OriginFor;
use sp_runtime::{traits::Zero, DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
    /// The hospital that the sender operates. Error: `NotAuthorized`.
    pub(crate) fn ensure_operator(origin: OriginFor<T>) -> Result<HospitalId, DispatchError> {
        let who = frame_system::ensure_signed(origin)?;
        match Members::<T>::get(&who) {
            Some(Member {
                role: Role::Operator,
                hospital: Some(hospital),
            }) if Self::status(&hospital) == Some(HospitalStatus::Active) => Ok(hospital),
            _ => Err(Error::<T>::NotAuthorized.into()),
        }
    }

    /// Lets an account without a balance transact.
    ///
    /// The reference is never removed, because the nonce must outlive the role.
    pub(crate) fn hold_account(who: &T::AccountId) {
        if frame_system::Pallet::<T>::providers(who).is_zero() {
            frame_system::Pallet::<T>::inc_providers(who);
        }
    }

    /// Whether an account has no role now. A role at a removed hospital does not count.
    pub(crate) fn is_free(who: &T::AccountId) -> bool {
        if Validators::<T>::contains_key(who) {
            return false;
        }
        match Members::<T>::get(who) {
            None
            | Some(Member {
                role: Role::Removed,
                ..
            }) => true,
            Some(Member {
                hospital: Some(hospital),
                ..
            }) => Self::status(&hospital) == Some(HospitalStatus::Removed),
            Some(Member { hospital: None, .. }) => false,
        }
    }

    pub(crate) fn give_role(
        who: &T::AccountId,
        role: Role,
        hospital: Option<HospitalId>,
    ) -> DispatchResult {
        ensure!(Self::is_free(who), Error::<T>::AlreadyExists);
        Self::hold_account(who);
        // A requester of a removed hospital keeps its key until it gets another role.
        RequesterKeys::<T>::remove(who);
        Members::<T>::insert(who, Member { role, hospital });
        Ok(())
    }

    pub(crate) fn take_role(who: &T::AccountId) {
        RequesterKeys::<T>::remove(who);
        Members::<T>::insert(
            who,
            Member {
                role: Role::Removed,
                hospital: None,
            },
        );
    }
}
