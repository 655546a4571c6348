// SPDX-License-Identifier: Apache-2.0
//! The session's manager: it follows the admins and the standing of nodes.

use crate::{Config, Pallet, Validators};
use alloc::vec::Vec;
use frame_support::traits::ValidatorSet;

/// Target of this pallet's log lines.
const LOG_TARGET: &str = "runtime::hospital-admin";

/// A suspended validator leaves, and a readmitted one returns. The set is never empty.
impl<T: Config> pallet_session::SessionManager<T::AccountId> for Pallet<T> {
    fn new_session(_: u32) -> Option<Vec<T::AccountId>> {
        let planned = Self::planned_validators();
        if planned.is_empty() {
            log::error!(target: LOG_TARGET, "no validator in good standing has session keys; the set stays");
            return None;
        }
        // GRANDPA treats the same set, and the same set in another order, as a change of
        // authorities.
        let (mut next, mut current) = (planned.clone(), T::Session::validators());
        next.sort();
        current.sort();
        (next != current).then_some(planned)
    }

    fn new_session_genesis(_: u32) -> Option<Vec<T::AccountId>> {
        let validators = Validators::<T>::get();
        (!validators.is_empty()).then(|| validators.into_inner())
    }

    fn start_session(_: u32) {}

    fn end_session(_: u32) {}
}
