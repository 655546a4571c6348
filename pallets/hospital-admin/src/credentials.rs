// SPDX-License-Identifier: Apache-2.0
//! Credentials of nodes.

use crate::{Config, Credentials, Error, Event, Pallet};
use bspp_primitives::traits::CurrentSlot;
use frame_support::{ensure, traits::Get};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    /// Last slot in which a node's credential is valid. `None` if it has none.
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
}
