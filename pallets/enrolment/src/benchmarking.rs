// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of every call, each on its longest path.

#![cfg(feature = "runtime-benchmarks")]

use crate::*;
use alloc::{boxed::Box, collections::BTreeSet, vec::Vec};
use bspp_peks::{PatientKeys, Seed};
use bspp_primitives::{messages, traits::CurrentSlot, Consent, ConsentId, ConsentTerms, Patient};
use frame_benchmarking::v2::*;
use frame_support::{
    pallet_prelude::TransactionSource,
    traits::{Authorize, Get},
    BoundedBTreeSet, BoundedVec,
};
use frame_system::RawOrigin;
use rand_core::{CryptoRng, RngCore};

/// A counter: benchmarks want the same keys each time, not secret ones.
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

fn keys() -> PatientKeys {
    PatientKeys::from_seed(&Seed::from_bytes([7; 32]))
}

/// As many admins as there may be, less one. Gives one of them.
fn admins<T: Config>() -> T::AccountId {
    let accounts: BTreeSet<T::AccountId> = (1..T::MaxAdmins::get().max(2))
        .map(|n| account("admin", n, 0))
        .collect();
    let admin = accounts
        .first()
        .cloned()
        .unwrap_or_else(|| account("admin", 1, 0));
    Admins::<T>::put(BoundedBTreeSet::try_from(accounts).unwrap_or_default());
    admin
}

fn clinician<T: Config>() -> T::AccountId {
    admins::<T>();
    let clinician: T::AccountId = account("clinician", 0, 0);
    Clinicians::<T>::insert(&clinician, ());
    clinician
}

fn node<T: Config>(n: u32) -> T::AccountId {
    let node: T::AccountId = account("node", n, 0);
    Nodes::<T>::insert(&node, ());
    node
}

/// Enrols a patient; gives a consent and the patient's signature under it.
fn consent<T: Config>() -> (ConsentId, ConsentTerms, [u8; 64]) {
    let (chain, hospital) = (Pallet::<T>::chain(), Pallet::<T>::hospital());
    let bundle = keys().bundle(&chain.0, &hospital.0, &mut Counter(1));
    let patient = bundle.account;
    Patients::<T>::insert(
        patient,
        Patient {
            bundle,
            enrolled_at: 0,
        },
    );
    let terms = ConsentTerms {
        patient,
        from: 0,
        until: 1,
        salt: [0; 32],
    };
    let message = messages::consent_message(&chain, &hospital, &terms);
    let signature = keys().account(&hospital.0).sign(&message);
    (
        messages::consent_id(&chain, &hospital, &terms),
        terms,
        signature,
    )
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

#[benchmarks(where
    <T as frame_system::Config>::RuntimeCall: From<Call<T>> + Authorize,
    <T as Config>::RuntimeCall: From<frame_system::Call<T>>,
)]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn add_admin() {
        let admin = admins::<T>();
        let new: T::AccountId = account("new", 0, 0);

        #[extrinsic_call]
        _(RawOrigin::Signed(admin), new.clone());

        assert!(Pallet::<T>::is_admin(&new));
    }

    #[benchmark]
    fn remove_admin() {
        let admin = admins::<T>();
        let other: T::AccountId = account("other", 0, 0);
        Admins::<T>::mutate(|admins| {
            let _ = admins.try_insert(other.clone());
        });

        #[extrinsic_call]
        _(RawOrigin::Signed(admin), other.clone());

        assert!(!Pallet::<T>::is_admin(&other));
    }

    #[benchmark]
    fn add_clinician() {
        let admin = admins::<T>();
        let new: T::AccountId = account("new", 0, 0);

        #[extrinsic_call]
        _(RawOrigin::Signed(admin), new.clone());

        assert!(Pallet::<T>::is_clinician(&new));
    }

    #[benchmark]
    fn remove_clinician() {
        let clinician = clinician::<T>();
        let admin = admins::<T>();

        #[extrinsic_call]
        _(RawOrigin::Signed(admin), clinician.clone());

        assert!(!Pallet::<T>::is_clinician(&clinician));
    }

    #[benchmark]
    fn add_node() {
        let admin = admins::<T>();
        let new: T::AccountId = account("new", 0, 0);

        #[extrinsic_call]
        _(RawOrigin::Signed(admin), new.clone());

        assert!(Pallet::<T>::is_node(&new));
    }

    #[benchmark]
    fn remove_node() {
        let admin = admins::<T>();
        let node = node::<T>(0);
        Credentials::<T>::insert(&node, 1);

        #[extrinsic_call]
        _(RawOrigin::Signed(admin), node.clone());

        assert!(!Pallet::<T>::is_node(&node));
    }

    /// Nodes without session keys are refused, so this measures the check of the set and of the first of `n` nodes; the
    /// estimate charges each of them the same.
    #[benchmark]
    fn set_validators(n: Linear<1, { T::MaxNodes::get() }>) {
        let admin = admins::<T>();
        let validators: Vec<T::AccountId> = (0..n).map(node::<T>).collect();
        let validators = BoundedVec::truncate_from(validators);

        #[block]
        {
            let _ = Pallet::<T>::set_validators(RawOrigin::Signed(admin).into(), validators);
        }
    }

    #[benchmark]
    fn enrol_patient() {
        let clinician = clinician::<T>();
        let (chain, hospital) = (Pallet::<T>::chain(), Pallet::<T>::hospital());
        let bundle = keys().bundle(&chain.0, &hospital.0, &mut Counter(1));
        let patient = bundle.account;

        #[extrinsic_call]
        _(RawOrigin::Signed(clinician), bundle);

        assert!(Patients::<T>::contains_key(patient));
    }

    #[benchmark]
    fn register_consent() {
        let clinician = clinician::<T>();
        let (id, terms, signature) = consent::<T>();

        #[extrinsic_call]
        _(RawOrigin::Signed(clinician), terms, signature);

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
        let (chain, hospital) = (Pallet::<T>::chain(), Pallet::<T>::hospital());
        let message = messages::consent_withdrawal_message(&chain, &hospital, &id);
        let signature = keys().account(&hospital.0).sign(&message);
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
    fn issue_credential() {
        let admin = admins::<T>();
        let node = node::<T>(0);
        T::Slot::set_slot(1);

        #[extrinsic_call]
        _(RawOrigin::Signed(admin), node.clone(), 2);

        assert_eq!(Pallet::<T>::credential(&node), Some(2));
    }

    #[benchmark]
    fn revoke_credential() {
        let admin = admins::<T>();
        let node = node::<T>(0);
        Credentials::<T>::insert(&node, 1);

        #[extrinsic_call]
        _(RawOrigin::Signed(admin), node.clone());

        assert_eq!(Pallet::<T>::credential(&node), None);
    }

    /// With the cheapest step of a runtime upgrade. Its own weight is charged once more.
    #[benchmark]
    fn dispatch_as_root() {
        let admin = admins::<T>();
        let code_hash = T::Hash::default();
        let call: <T as Config>::RuntimeCall =
            frame_system::Call::authorize_upgrade { code_hash }.into();
        let call = Box::new(call);

        #[block]
        {
            let _ = Pallet::<T>::dispatch_as_root(RawOrigin::Signed(admin).into(), call);
        }
    }

    impl_benchmark_test_suite!(
        Pallet,
        crate::mock::ExtBuilder::default().build(),
        crate::mock::Test
    );
}
