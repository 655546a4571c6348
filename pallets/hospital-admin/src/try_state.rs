// SPDX-License-Identifier: Apache-2.0
//! Invariants of the pallet's storage.

#![cfg(any(test, feature = "try-runtime"))]

use crate::{Admins, Config, Credentials, Nodes, Pallet, Quotas, Staff, Validators};
use frame_support::{ensure, traits::Get};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks the references of members, and the owners of credentials and quotas.
    pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
        let members = Admins::<T>::get()
            .into_iter()
            .chain(Staff::<T>::iter_keys())
            .chain(Nodes::<T>::iter_keys());
        for account in members {
            ensure!(
                frame_system::Pallet::<T>::sufficients(&account) > 0,
                "member cannot transact"
            );
        }
        for account in Nodes::<T>::iter_keys() {
            ensure!(
                frame_system::Pallet::<T>::providers(&account) > 0,
                "node cannot set keys"
            );
        }
        ensure!(
            Staff::<T>::count() <= T::MaxStaff::get(),
            "more staff than there may be"
        );
        ensure!(
            Nodes::<T>::count() <= T::MaxNodes::get(),
            "more nodes than there may be"
        );
        for account in Validators::<T>::get() {
            ensure!(Self::is_node(&account), "validator is not a node");
        }
        for account in Quotas::<T>::iter_keys() {
            ensure!(
                Self::may_have_quota(&account),
                "a quota of an account that is not admin or staff"
            );
        }
        for account in Credentials::<T>::iter_keys() {
            ensure!(
                Self::is_node(&account),
                "credential of an account that is not a node"
            );
        }
        Ok(())
    }
}
