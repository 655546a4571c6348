// SPDX-License-Identifier: Apache-2.0
//! Staff: accounts that admins named, of clinicians or of the gateway.

use crate::{Config, Error, Event, Pallet, Staff};
use bspp_primitives::traits;
use frame_support::{ensure, traits::Get};
use sp_runtime::DispatchResult;

impl<T: Config> traits::Staff<T::AccountId> for Pallet<T> {
    fn may_store(who: &T::AccountId) -> bool {
        Self::is_staff(who)
    }

    fn may_enrol(who: &T::AccountId) -> bool {
        Self::is_staff(who) || Self::is_admin(who)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn make_staff(who: &T::AccountId) {
        Staff::<T>::insert(who, ());
    }
}

impl<T: Config> Pallet<T> {
    /// Whether an account is staff.
    pub fn is_staff(who: &T::AccountId) -> bool {
        Staff::<T>::contains_key(who)
    }

    pub(crate) fn do_add_staff(account: T::AccountId) -> DispatchResult {
        ensure!(!Self::is_staff(&account), Error::<T>::StaffAlreadyExists);
        ensure!(
            Staff::<T>::count() < T::MaxStaff::get(),
            Error::<T>::MaxStaffExceeded
        );
        Staff::<T>::insert(&account, ());
        Self::add_reference(&account);
        Self::deposit_event(Event::StaffAdded { account });
        Ok(())
    }

    pub(crate) fn do_remove_staff(account: T::AccountId) -> DispatchResult {
        Staff::<T>::take(&account).ok_or(Error::<T>::StaffNotFound)?;
        Self::drop_quota(&account);
        Self::deposit_event(Event::StaffRemoved { account });
        Ok(())
    }
}
