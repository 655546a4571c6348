// SPDX-License-Identifier: Apache-2.0
//! Account references, without which an account cannot transact.

use crate::{Config, Pallet};

impl<T: Config> Pallet<T> {
    /// Lets an account transact: `CheckNonce` refuses accounts without a reference.
    ///
    /// The reference is never removed.
    pub(crate) fn add_reference(who: &T::AccountId) {
        if frame_system::Pallet::<T>::sufficients(who) == 0 {
            frame_system::Pallet::<T>::inc_sufficients(who);
        }
    }

    /// Adds the references that a node's account needs.
    ///
    /// Registering session keys takes a consumer reference, which needs a provider.
    pub(crate) fn add_node_references(who: &T::AccountId) {
        Self::add_reference(who);
        if frame_system::Pallet::<T>::providers(who) == 0 {
            frame_system::Pallet::<T>::inc_providers(who);
        }
    }
}
