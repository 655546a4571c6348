// SPDX-License-Identifier: Apache-2.0
//! Invariants of the pallet's storage.

#![cfg(any(test, feature = "try-runtime"))]

use crate::{Config, Consents, Pallet, Patients};
use bspp_primitives::traits::HospitalChain;
use bspp_types::messages;
use frame_support::ensure;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks the invariants that must hold after every block.
    ///
    /// Patients and consents are stored under their own identifiers, and each consent belongs to a
    /// patient.
    pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
        for (account, patient) in Patients::<T>::iter() {
            ensure!(
                account == patient.bundle.account,
                "patient is stored under another account"
            );
        }
        let (chain, hospital) = (T::Chain::chain(), T::Chain::hospital());
        for (id, consent) in Consents::<T>::iter() {
            ensure!(
                id == messages::consent_id(&chain, &hospital, &consent.terms),
                "consent is stored under another identifier"
            );
            ensure!(
                consent.terms.from <= consent.terms.until,
                "consent ends before it begins"
            );
            ensure!(
                Patients::<T>::contains_key(consent.terms.patient),
                "consent of an account that is not a patient"
            );
        }
        Ok(())
    }
}
