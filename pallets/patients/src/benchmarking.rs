// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of every call, each on its longest path.

#![cfg(feature = "runtime-benchmarks")]

use crate::{
    types::{Label, Rise},
    *,
};
use bspp_peks::{LabelVersion, PatientKeys, Seed};
use bspp_primitives::traits::{HospitalChain, Staff};
use bspp_types::{filing_month_at, messages, Consent, ConsentId, ConsentTerms, Moment, Patient};
use frame_benchmarking::v2::*;
use frame_support::{
    pallet_prelude::TransactionSource,
    traits::{Authorize, Time},
};
use frame_system::RawOrigin;
use rand_core::{CryptoRng, RngCore};

/// A counter, because benchmarks need the same keys in each run and no secret ones.
struct Counter(u64);

impl RngCore for Counter {
    fn next_u32(&mut self) -> u32 {
        self.next_u64() as u32
    }

    fn next_u64(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        self.0
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let next = self.next_u64().to_le_bytes();
            chunk.copy_from_slice(&next[..chunk.len()]);
        }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for Counter {}

fn keys<T: Config>() -> PatientKeys {
    let (chain, hospital) = (T::Chain::chain(), T::Chain::hospital());
    PatientKeys::derive(&Seed::from_bytes([7; 32]), &chain.0, &hospital.0, 0)
}

fn staff<T: Config>() -> T::AccountId {
    let staff: T::AccountId = account("staff", 0, 0);
    T::Staff::make_staff(&staff);
    staff
}

/// Enrols a patient, and returns the account.
fn enrolled<T: Config>() -> [u8; 32] {
    let bundle = keys::<T>().bundle(&mut Counter(1));
    let patient = bundle.account;
    UsedPoints::<T>::insert(bundle.search, patient);
    UsedPoints::<T>::insert(bundle.open, patient);
    UsedX25519Keys::<T>::insert(bundle.x25519, patient);
    Patients::<T>::insert(
        patient,
        Patient {
            bundle,
            enrolled_at: 0,
        },
    );
    patient
}

/// Enrols a patient, and returns a consent with the patient's signature.
fn consent<T: Config>() -> (ConsentId, ConsentTerms, [u8; 64]) {
    let (chain, hospital) = (T::Chain::chain(), T::Chain::hospital());
    let patient = enrolled::<T>();
    let terms = ConsentTerms {
        patient,
        from: 0,
        until: 1,
        salt: [0; 32],
    };
    let message = messages::consent_message(&chain, &hospital, &terms);
    let signature = keys::<T>().account().sign(&message);
    (
        messages::consent_id(&chain, &hospital, &terms),
        terms,
        signature,
    )
}

/// A patient whose label version has risen once this month, and the next rise.
///
/// The rise has the patient's signature.
fn risen<T: Config>() -> ([u8; 32], LabelVersion, Moment, [u8; 64]) {
    let (chain, hospital) = (T::Chain::chain(), T::Chain::hospital());
    let (patient, now) = (enrolled::<T>(), T::Time::now());
    let filing_month = filing_month_at(now).unwrap_or_default();
    let label = Label {
        version: 1,
        revoke_before: 0,
        filing_month,
        rises: 1,
    };
    LabelVersions::<T>::insert(patient, label);
    let rise = Rise {
        version: 1,
        raised_on: now,
    };
    LabelRises::<T>::insert(patient, filing_month, rise);
    let message = messages::label_version_message(&chain, &hospital, &patient, 2, now);
    (patient, 2, now, keys::<T>().account().sign(&message))
}

fn registered<T: Config>() -> ConsentId {
    let (id, terms, signature) = consent::<T>();
    Consents::<T>::insert(
        id,
        Consent {
            terms,
            signature,
            withdrawn: false,
        },
    );
    id
}

#[benchmarks(where <T as frame_system::Config>::RuntimeCall: From<Call<T>> + Authorize)]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn enrol_patient() {
        let staff = staff::<T>();
        let bundle = keys::<T>().bundle(&mut Counter(1));
        let patient = bundle.account;

        #[extrinsic_call]
        _(RawOrigin::Signed(staff), bundle);

        assert!(Patients::<T>::contains_key(patient));
    }

    #[benchmark]
    fn register_consent() {
        let staff = staff::<T>();
        let (id, terms, signature) = consent::<T>();

        #[extrinsic_call]
        _(RawOrigin::Signed(staff), terms, signature);

        assert!(Consents::<T>::contains_key(id));
    }

    #[benchmark]
    fn withdraw_consent() {
        let id = registered::<T>();

        #[extrinsic_call]
        _(RawOrigin::Authorized, id, [0; 64]);

        assert!(Pallet::<T>::consent(id).is_some_and(|consent| consent.withdrawn));
    }

    #[benchmark]
    fn authorize_withdrawal() {
        let id = registered::<T>();
        let (chain, hospital) = (T::Chain::chain(), T::Chain::hospital());
        let message = messages::consent_withdrawal_message(&chain, &hospital, &id);
        let signature = keys::<T>().account().sign(&message);
        let call: <T as frame_system::Config>::RuntimeCall = Call::<T>::withdraw_consent {
            consent: id,
            signature,
        }
        .into();
        let verdict;

        #[block]
        {
            verdict = call.authorize(TransactionSource::External);
        }

        assert!(matches!(verdict, Some(Ok(_))));
    }

    #[benchmark]
    fn raise_label_version() {
        let (patient, version, revoke_before, _) = risen::<T>();

        #[extrinsic_call]
        _(
            RawOrigin::Authorized,
            patient,
            version,
            revoke_before,
            [0; 64],
        );

        assert_eq!(LabelVersions::<T>::get(patient).version, version);
    }

    #[benchmark]
    fn authorize_rise() {
        let (account, version, revoke_before, signature) = risen::<T>();
        let call: <T as frame_system::Config>::RuntimeCall = Call::<T>::raise_label_version {
            account,
            version,
            revoke_before,
            signature,
        }
        .into();
        let verdict;

        #[block]
        {
            verdict = call.authorize(TransactionSource::External);
        }

        assert!(matches!(verdict, Some(Ok(_))));
    }

    impl_benchmark_test_suite!(
        Pallet,
        crate::mock::ExtBuilder::default().build(),
        crate::mock::Test
    );
}
