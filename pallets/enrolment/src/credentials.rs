// SPDX-License-Identifier: Apache-2.0
//! Credentials of nodes, and what an admin may do as root.

use crate::{Config, Credentials, Error, Event, Pallet};
use bspp_primitives::traits::CurrentSlot;
use frame_support::{
    ensure,
    traits::{Contains, Get, UnfilteredDispatchable},
};
use frame_system::RawOrigin;
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    /// Last slot in which a node's credential is good. `None` if it has none.
    pub fn credential(node: &T::AccountId) -> Option<u64> {
        Credentials::<T>::get(node)
    }

    pub(crate) fn do_issue_credential(account: T::AccountId, expires_at: u64) -> DispatchResult {
        ensure!(Self::is_node(&account), Error::<T>::NodeNotFound);
        let now = T::Slot::current_slot();
        let latest = now.saturating_add(T::MaxCredentialSlots::get());
        ensure!(
            expires_at > now && expires_at <= latest,
            Error::<T>::InvalidExpiry
        );
        Credentials::<T>::insert(&account, expires_at);
        Self::deposit_event(Event::CredentialIssued {
            account,
            expires_at,
        });
        Ok(())
    }

    pub(crate) fn do_revoke_credential(account: T::AccountId) -> DispatchResult {
        Credentials::<T>::take(&account).ok_or(Error::<T>::CredentialNotFound)?;
        Self::deposit_event(Event::CredentialRevoked { account });
        Ok(())
    }

    pub(crate) fn do_dispatch_as_root(call: <T as Config>::RuntimeCall) -> DispatchResult {
        ensure!(T::RootCalls::contains(&call), Error::<T>::NotAuthorized);
        let result = call
            .dispatch_bypass_filter(RawOrigin::Root.into())
            .map(|_| ())
            .map_err(|error| error.error);
        Self::deposit_event(Event::RootDispatched { result });
        Ok(())
    }
}
