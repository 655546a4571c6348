// SPDX-License-Identifier: Apache-2.0
//! The invariants of the pallet's storage.

#![cfg(any(test, feature = "try-runtime", feature = "std"))]

use crate::{is_allowed, pallet::*};
use frame_support::ensure;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks that the slot length is one that a genesis may set.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        ensure!(
            is_allowed(SlotDuration::<T>::get()),
            "the slot length is not allowed"
        );
        Ok(())
    }
}
