// SPDX-License-Identifier: Apache-2.0
//! Consents: registration, withdrawal and the months that they cover.

use crate::{Config, Consents, Error, Event, Pallet, Patients};
use bspp_peks::ed25519;
use bspp_primitives::traits::{self, HospitalChain};
use bspp_types::{messages, Consent, ConsentId, ConsentTerms, Ed25519Signature, FilingMonth};
use frame_support::ensure;
use sp_runtime::DispatchResult;

impl<T: Config> traits::Consents for Pallet<T> {
    fn covers(consent: &ConsentId, patient: &[u8; 32], filing_month: FilingMonth) -> bool {
        Consents::<T>::get(consent).is_some_and(|consent| {
            !consent.withdrawn
                && consent.terms.patient == *patient
                && (consent.terms.from..=consent.terms.until).contains(&filing_month)
        })
    }
}

impl<T: Config> Pallet<T> {
    /// A consent.
    pub fn consent(id: ConsentId) -> Option<Consent> {
        Consents::<T>::get(id)
    }

    pub(crate) fn do_register_consent(
        terms: ConsentTerms,
        signature: Ed25519Signature,
    ) -> DispatchResult {
        ensure!(
            Patients::<T>::contains_key(terms.patient),
            Error::<T>::PatientNotFound
        );
        ensure!(terms.from <= terms.until, Error::<T>::InvalidConsentPeriod);
        let (chain, hospital) = (T::Chain::chain(), T::Chain::hospital());
        let consent = messages::consent_id(&chain, &hospital, &terms);
        ensure!(
            !Consents::<T>::contains_key(consent),
            Error::<T>::ConsentAlreadyExists
        );
        let message = messages::consent_message(&chain, &hospital, &terms);
        ed25519::verify_strict(&terms.patient, &message, &signature)
            .map_err(|_| Error::<T>::InvalidSignature)?;
        let patient = terms.patient;
        Consents::<T>::insert(
            consent,
            Consent {
                terms,
                signature,
                withdrawn: false,
            },
        );
        Self::deposit_event(Event::ConsentRegistered { consent, patient });
        Ok(())
    }

    pub(crate) fn do_withdraw_consent(id: ConsentId) -> DispatchResult {
        Consents::<T>::try_mutate(id, |consent| {
            let consent = consent.as_mut().ok_or(Error::<T>::ConsentNotFound)?;
            ensure!(!consent.withdrawn, Error::<T>::ConsentWithdrawn);
            consent.withdrawn = true;
            Ok::<_, Error<T>>(())
        })?;
        Self::deposit_event(Event::ConsentWithdrawn { consent: id });
        Ok(())
    }
}
