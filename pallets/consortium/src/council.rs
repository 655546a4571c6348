// SPDX-License-Identifier: Apache-2.0
//! The council, which votes on membership.

use crate::pallet::*;
use alloc::vec::Vec;
use bspp_types::Role;
use frame_support::{
    ensure,
    traits::{ChangeMembers, Contains, InitializeMembers, UnfilteredDispatchable},
    BoundedVec,
};
use frame_system::RawOrigin;
use sp_runtime::{traits::SaturatedConversion, DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
    /// Replaces the council.
    pub(crate) fn replace_council(
        members: Vec<T::AccountId>,
        prime: Option<T::AccountId>,
    ) -> DispatchResult {
        let members = Self::do_set_council(members, prime)?;
        Self::deposit_event(Event::CouncilChanged { members });
        Ok(())
    }

    /// Sets the council, without an event, and returns the number of its members.
    pub(crate) fn do_set_council(
        mut members: Vec<T::AccountId>,
        prime: Option<T::AccountId>,
    ) -> Result<u32, DispatchError> {
        members.sort();
        let distinct = members
            .windows(2)
            .all(|pair| !matches!(pair, [a, b] if a == b));
        let prime_is_member = prime.as_ref().is_none_or(|prime| members.contains(prime));
        ensure!(
            !members.is_empty() && distinct && prime_is_member,
            Error::<T>::InvalidCouncil
        );
        let members = BoundedVec::<_, T::MaxCouncil>::try_from(members)
            .map_err(|_| Error::<T>::MaxCouncilExceeded)?;
        let old = CouncilMembers::<T>::get();
        for gone in old.iter().filter(|who| !members.contains(who)) {
            Self::take_role(gone);
        }
        for new in members.iter().filter(|who| !old.contains(who)) {
            Self::give_role(new, Role::Council, None)?;
        }
        if old.is_empty() {
            T::Council::initialize_members(&members);
        } else {
            T::Council::set_members_sorted(&members, &old);
        }
        T::Council::set_prime(prime);
        let count = members.len().saturated_into();
        CouncilMembers::<T>::put(members);
        Ok(count)
    }

    /// Dispatches one of the root calls as root.
    pub(crate) fn do_dispatch_as_root(call: <T as Config>::RuntimeCall) -> DispatchResult {
        ensure!(T::RootCalls::contains(&call), Error::<T>::NotRootCall);
        let result = call
            .dispatch_bypass_filter(RawOrigin::Root.into())
            .map(|_| ())
            .map_err(|error| error.error);
        Self::deposit_event(Event::RootDispatched { result });
        Ok(())
    }
}
