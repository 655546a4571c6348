// SPDX-License-Identifier: Apache-2.0
//! Enrolment of patients.

use crate::{Config, Error, Event, Pallet, Patients, UsedPoints, UsedX25519Keys};
use bspp_peks::PatientBundle;
use bspp_primitives::traits::{BundleVerifier, HospitalChain, Staff};
use bspp_types::{Patient, X25519Key};
use frame_support::ensure;
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use sp_runtime::{DispatchResult, SaturatedConversion};

/// The key with its unused bit cleared.
///
/// X25519 ignores the highest bit, so that both encodings are one key (RFC 7748, section 5).
pub(crate) fn masked(mut key: X25519Key) -> X25519Key {
    key[31] &= 0x7f;
    key
}

impl<T: Config> Pallet<T> {
    /// An enrolled patient.
    pub fn patient(account: [u8; 32]) -> Option<Patient> {
        Patients::<T>::get(account)
    }

    pub(crate) fn ensure_may_enrol(origin: OriginFor<T>) -> DispatchResult {
        let who = ensure_signed(origin)?;
        ensure!(T::Staff::may_enrol(&who), Error::<T>::NotAuthorized);
        Ok(())
    }

    pub(crate) fn do_enrol_patient(bundle: PatientBundle) -> DispatchResult {
        let patient = bundle.account;
        ensure!(
            !Patients::<T>::contains_key(patient),
            Error::<T>::PatientAlreadyExists
        );
        // The check of the bundle is costly and comes last.
        let x25519 = masked(bundle.x25519);
        ensure!(
            !UsedPoints::<T>::contains_key(bundle.search)
                && !UsedPoints::<T>::contains_key(bundle.open)
                && !UsedX25519Keys::<T>::contains_key(x25519),
            Error::<T>::KeyAlreadyExists
        );
        ensure!(
            T::BundleVerifier::verify(&bundle, &T::Chain::chain(), &T::Chain::hospital()),
            Error::<T>::InvalidBundle
        );
        let enrolled_at = frame_system::Pallet::<T>::block_number().saturated_into();
        UsedPoints::<T>::insert(bundle.search, patient);
        UsedPoints::<T>::insert(bundle.open, patient);
        UsedX25519Keys::<T>::insert(x25519, patient);
        Patients::<T>::insert(
            patient,
            Patient {
                bundle,
                enrolled_at,
            },
        );
        Self::deposit_event(Event::PatientEnrolled { patient });
        Ok(())
    }
}
