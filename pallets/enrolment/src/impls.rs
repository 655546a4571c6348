// SPDX-License-Identifier: Apache-2.0
//! What the calls do, and what other pallets and the runtime API read.

use crate::{
    Admins, Clinicians, Config, Consents, ConsortiumChain, Credentials, Error, Event,
    HospitalIdentity, Nodes, Pallet, Patients, Validators,
};
use bspp_peks::ed25519;
use bspp_primitives::{
    messages,
    traits::{AuthorStandings, BundleVerifier},
    Consent, ConsentId, ConsentTerms, Ed25519Signature, HospitalId, Patient, PatientBundle,
};
use frame_support::{
    ensure,
    traits::{Get, ValidatorRegistration, ValidatorSet},
    BoundedVec,
};
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult, SaturatedConversion};

impl<T: Config> Pallet<T> {
    /// The hospital's identifier on the consortium chain.
    pub fn hospital() -> HospitalId {
        HospitalIdentity::<T>::get()
    }

    /// Genesis hash of the consortium chain.
    pub fn chain() -> H256 {
        ConsortiumChain::<T>::get()
    }

    /// An enrolled patient.
    pub fn patient(account: [u8; 32]) -> Option<Patient> {
        Patients::<T>::get(account)
    }

    /// A consent.
    pub fn consent(id: ConsentId) -> Option<Consent> {
        Consents::<T>::get(id)
    }

    /// Whether an account is an admin.
    pub fn is_admin(who: &T::AccountId) -> bool {
        Admins::<T>::get().contains(who)
    }

    /// Whether an account is a clinician or a gateway.
    pub fn is_clinician(who: &T::AccountId) -> bool {
        Clinicians::<T>::contains_key(who)
    }

    /// Whether an account is a node's.
    pub fn is_node(who: &T::AccountId) -> bool {
        Nodes::<T>::contains_key(who)
    }

    pub(crate) fn ensure_admin(origin: OriginFor<T>) -> Result<T::AccountId, DispatchError> {
        let who = ensure_signed(origin)?;
        ensure!(Self::is_admin(&who), Error::<T>::NotAuthorized);
        Ok(who)
    }

    pub(crate) fn ensure_staff(origin: OriginFor<T>) -> Result<T::AccountId, DispatchError> {
        let who = ensure_signed(origin)?;
        ensure!(
            Self::is_clinician(&who) || Self::is_admin(&who),
            Error::<T>::NotAuthorized
        );
        Ok(who)
    }

    /// Lets an account transact: `CheckNonce` refuses accounts without a reference. Never taken back.
    pub(crate) fn add_reference(who: &T::AccountId) {
        if frame_system::Pallet::<T>::sufficients(who) == 0 {
            frame_system::Pallet::<T>::inc_sufficients(who);
        }
    }

    /// A node's account needs a provider too: registering session keys takes a consumer reference.
    pub(crate) fn add_node_references(who: &T::AccountId) {
        Self::add_reference(who);
        if frame_system::Pallet::<T>::providers(who) == 0 {
            frame_system::Pallet::<T>::inc_providers(who);
        }
    }

    pub(crate) fn do_add_admin(account: T::AccountId) -> DispatchResult {
        Admins::<T>::try_mutate(|admins| {
            let added = admins
                .try_insert(account.clone())
                .map_err(|_| Error::<T>::MaxAdminsExceeded)?;
            ensure!(added, Error::<T>::AdminAlreadyExists);
            Ok::<_, Error<T>>(())
        })?;
        Self::add_reference(&account);
        Self::deposit_event(Event::AdminAdded { account });
        Ok(())
    }

    pub(crate) fn do_remove_admin(account: T::AccountId) -> DispatchResult {
        Admins::<T>::try_mutate(|admins| {
            ensure!(admins.remove(&account), Error::<T>::AdminNotFound);
            ensure!(!admins.is_empty(), Error::<T>::LastAdmin);
            Ok::<_, Error<T>>(())
        })?;
        Self::deposit_event(Event::AdminRemoved { account });
        Ok(())
    }

    pub(crate) fn do_add_clinician(account: T::AccountId) -> DispatchResult {
        ensure!(
            !Self::is_clinician(&account),
            Error::<T>::ClinicianAlreadyExists
        );
        ensure!(
            Clinicians::<T>::count() < T::MaxClinicians::get(),
            Error::<T>::MaxCliniciansExceeded
        );
        Clinicians::<T>::insert(&account, ());
        Self::add_reference(&account);
        Self::deposit_event(Event::ClinicianAdded { account });
        Ok(())
    }

    pub(crate) fn do_remove_clinician(account: T::AccountId) -> DispatchResult {
        Clinicians::<T>::take(&account).ok_or(Error::<T>::ClinicianNotFound)?;
        Self::deposit_event(Event::ClinicianRemoved { account });
        Ok(())
    }

    pub(crate) fn do_add_node(account: T::AccountId) -> DispatchResult {
        ensure!(!Self::is_node(&account), Error::<T>::NodeAlreadyExists);
        ensure!(
            Nodes::<T>::count() < T::MaxNodes::get(),
            Error::<T>::MaxNodesExceeded
        );
        Nodes::<T>::insert(&account, ());
        Self::add_node_references(&account);
        Self::deposit_event(Event::NodeAdded { account });
        Ok(())
    }

    pub(crate) fn do_remove_node(account: T::AccountId) -> DispatchResult {
        ensure!(Self::is_node(&account), Error::<T>::NodeNotFound);
        ensure!(
            !Validators::<T>::get().contains(&account)
                && !T::Session::validators().contains(&account),
            Error::<T>::NodeIsValidator
        );
        Nodes::<T>::remove(&account);
        Credentials::<T>::remove(&account);
        Self::deposit_event(Event::NodeRemoved { account });
        Ok(())
    }

    pub(crate) fn do_set_validators(
        validators: BoundedVec<T::AccountId, T::MaxNodes>,
    ) -> DispatchResult {
        ensure!(!validators.is_empty(), Error::<T>::InvalidValidators);
        let mut sorted = validators.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        ensure!(
            sorted.len() == validators.len(),
            Error::<T>::InvalidValidators
        );
        for account in &validators {
            ensure!(Self::is_node(account), Error::<T>::NodeNotFound);
            ensure!(
                !T::Authors::is_suspended(account),
                Error::<T>::NodeSuspended
            );
            // A validator without keys would be in the set with empty ones and stop finality.
            ensure!(
                T::SessionKeys::is_registered(account),
                Error::<T>::SessionKeysNotFound
            );
        }
        let count = u32::try_from(validators.len()).unwrap_or(u32::MAX);
        Validators::<T>::put(validators);
        Self::deposit_event(Event::ValidatorsSet { count });
        Ok(())
    }

    pub(crate) fn do_enrol_patient(bundle: PatientBundle) -> DispatchResult {
        let patient = bundle.account;
        ensure!(
            !Patients::<T>::contains_key(patient),
            Error::<T>::PatientAlreadyExists
        );
        ensure!(
            T::BundleVerifier::verify(&bundle, &Self::chain(), &Self::hospital()),
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

    pub(crate) fn do_register_consent(
        terms: ConsentTerms,
        signature: Ed25519Signature,
    ) -> DispatchResult {
        ensure!(
            Patients::<T>::contains_key(terms.patient),
            Error::<T>::PatientNotFound
        );
        ensure!(terms.from <= terms.until, Error::<T>::InvalidConsentPeriod);
        let (chain, hospital) = (Self::chain(), Self::hospital());
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
