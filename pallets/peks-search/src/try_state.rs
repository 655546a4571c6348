// SPDX-License-Identifier: Apache-2.0
//! Invariants of the pallet's storage.

#![cfg(any(test, feature = "try-runtime"))]

use crate::{Config, Matches, Pallet, Requests};
use bspp_types::messages;
use frame_support::{ensure, traits::Get};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks the invariants that must hold after every block.
    ///
    /// A request is stored under its key's identifier and counts its matches; every match has a
    /// request.
    pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
        for (id, request) in Requests::<T>::iter() {
            ensure!(
                id == messages::request_id(&request.grant_key),
                "request stands under another grant key's identifier"
            );
            let matches = Matches::<T>::iter_prefix(id).count();
            ensure!(
                usize::try_from(request.matches) == Ok(matches),
                "request miscounts its matches"
            );
            ensure!(
                request.matches <= T::MaxMatchesPerRequest::get(),
                "request has too many matches"
            );
        }
        for (id, _, _) in Matches::<T>::iter() {
            ensure!(Requests::<T>::contains_key(id), "match without a request");
        }
        Ok(())
    }
}
