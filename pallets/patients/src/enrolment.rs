// SPDX-License-Identifier: Apache-2.0
//! Enrolment of patients.

use crate::{Config, Error, Event, Pallet, Patients};
use bspp_peks::PatientBundle;
use bspp_primitives::traits::{BundleVerifier, HospitalChain, Staff};
use bspp_types::Patient;
use frame_support::ensure;
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use sp_runtime::{DispatchResult, SaturatedConversion};

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
        ensure!(
            T::BundleVerifier::verify(&bundle, &T::Chain::chain(), &T::Chain::hospital()),
            Error::<T>::InvalidBundle
        );
        let enrolled_at = frame_system::Pallet::<T>::block_number().saturated_into();
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
