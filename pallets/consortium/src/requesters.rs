// SPDX-License-Identifier: Apache-2.0
//! Requesters of a hospital: the accounts that may open requests for it.

use crate::{pallet::*, Member};
use bspp_types::{HospitalId, Role};
use frame_support::{ensure, traits::Get};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_add_requester(
        hospital: HospitalId,
        requester: &T::AccountId,
    ) -> DispatchResult {
        let mut record = Hospitals::<T>::get(hospital).ok_or(Error::<T>::NotFound)?;
        ensure!(
            record.requesters < T::MaxRequesters::get(),
            Error::<T>::MaxRequestersExceeded
        );
        Self::give_role(requester, Role::Requester, Some(hospital))?;
        record.requesters = record.requesters.saturating_add(1);
        Hospitals::<T>::insert(hospital, record);
        Ok(())
    }

    pub(crate) fn do_remove_requester(
        hospital: HospitalId,
        requester: &T::AccountId,
    ) -> DispatchResult {
        let expected = Member {
            role: Role::Requester,
            hospital: Some(hospital),
        };
        ensure!(
            Members::<T>::get(requester) == Some(expected),
            Error::<T>::NotFound
        );
        Self::take_role(requester);
        Hospitals::<T>::mutate_extant(hospital, |record| {
            record.requesters = record.requesters.saturating_sub(1);
        });
        Ok(())
    }
}
