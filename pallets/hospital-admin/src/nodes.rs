// SPDX-License-Identifier: Apache-2.0
//! Accounts of the hospital's nodes.

use crate::{Config, Credentials, Error, Event, Nodes, Pallet, Validators};
use frame_support::{
    ensure,
    traits::{Get, ValidatorSet},
};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    /// Whether an account is a node.
    pub fn is_node(who: &T::AccountId) -> bool {
        Nodes::<T>::contains_key(who)
    }

    pub(crate) fn do_add_node(account: T::AccountId) -> DispatchResult {
        ensure!(!Self::is_node(&account), Error::<T>::NodeAlreadyExists);
        ensure!(
            Nodes::<T>::count() < T::MaxNodes::get(),
            Error::<T>::MaxNodesExceeded
        );
        Nodes::<T>::insert(&account, ());
        Self::add_node_references(&account);
        Self::deposit_event(Event::NodeAdded { account });
        Ok(())
    }

    pub(crate) fn do_remove_node(account: T::AccountId) -> DispatchResult {
        ensure!(Self::is_node(&account), Error::<T>::NodeNotFound);
        ensure!(
            !Validators::<T>::get().contains(&account)
                && !T::Session::validators().contains(&account),
            Error::<T>::NodeIsValidator
        );
        Nodes::<T>::remove(&account);
        Credentials::<T>::remove(&account);
        Self::deposit_event(Event::NodeRemoved { account });
        Ok(())
    }
}
