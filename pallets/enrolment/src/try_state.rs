// SPDX-License-Identifier: Apache-2.0
//! What always holds of the pallet's storage.

#![cfg(any(test, feature = "try-runtime"))]

use crate::{
    Admins, Clinicians, Config, Consents, Credentials, Nodes, Pallet, Patients, Validators,
};
use bspp_primitives::messages;
use frame_support::{ensure, traits::Get};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Members have references, validators and holders of credentials are nodes, patients and consents stand under their own identifiers.
    pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
        let members = Admins::<T>::get()
            .into_iter()
            .chain(Clinicians::<T>::iter_keys())
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
            Clinicians::<T>::count() <= T::MaxClinicians::get(),
            "more clinicians than there may be"
        );
        ensure!(
            Nodes::<T>::count() <= T::MaxNodes::get(),
            "more nodes than there may be"
        );
        for account in Validators::<T>::get() {
            ensure!(Self::is_node(&account), "validator is no node");
        }
        for account in Credentials::<T>::iter_keys() {
            ensure!(Self::is_node(&account), "credential of no node");
        }
        for (account, patient) in Patients::<T>::iter() {
            ensure!(
                account == patient.bundle.account,
                "patient stands under another account"
            );
        }
        let (chain, hospital) = (Self::chain(), Self::hospital());
        for (id, consent) in Consents::<T>::iter() {
            ensure!(
                id == messages::consent_id(&chain, &hospital, &consent.terms),
                "consent stands under another identifier"
            );
            ensure!(
                consent.terms.from <= consent.terms.until,
                "consent ends before it begins"
            );
            ensure!(
                Patients::<T>::contains_key(consent.terms.patient),
                "consent of who is no patient"
            );
        }
        Ok(())
    }
}
