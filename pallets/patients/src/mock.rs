// SPDX-License-Identifier: Apache-2.0
//! A runtime with only this pallet, and patients with real keys.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate as pallet_patients;
use bspp_peks::{AccountKey, LabelVersion, PatientBundle, PatientKeys, Seed};
use bspp_primitives::traits::{BundleVerifier, HospitalChain, Staff};
pub use bspp_test_kit::Clock;
use bspp_types::{messages, ConsentId, ConsentTerms, FilingMonth, HospitalId, Moment};
use frame_support::{derive_impl, parameter_types, traits::ConstU64};
use frame_system::RawOrigin;
use rand::{rngs::StdRng, SeedableRng};
use sp_core::H256;
use sp_runtime::{BuildStorage, DispatchResult};
use std::sync::OnceLock;

/// Genesis hash of the consortium chain.
pub const CHAIN: H256 = H256([0xC4; 32]);
/// The hospital of the mocked chain.
pub const HOSPITAL: HospitalId = H256([0xA0; 32]);
pub const ADMIN: u64 = 1;
pub const STAFF: u64 = 10;
pub const NODE: u64 = 20;
pub const STRANGER: u64 = 99;
/// The time at which every test begins: 2 June 2027.
pub const NOW: Moment = 1_812_000_000_000;
/// The month of [`NOW`].
pub const MONTH: FilingMonth = 689;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        Patients: pallet_patients,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
}

parameter_types! {
    /// Accounts that may enrol.
    pub static MayEnrol: Vec<u64> = Vec::new();
}

/// Blocks for which a withdrawal or a rise may wait in the pool.
pub const LONGEVITY: u64 = 17;

impl pallet_patients::Config for Test {
    type Chain = Here;
    type Staff = Named;
    type BundleVerifier = PlainVerifier;
    type Time = Clock;
    type WeightInfo = ();
    type Longevity = ConstU64<LONGEVITY>;
}

/// The chain of [`HOSPITAL`], bound to [`CHAIN`].
pub struct Here;

impl HospitalChain for Here {
    fn hospital() -> HospitalId {
        HOSPITAL
    }

    fn chain() -> H256 {
        CHAIN
    }
}

/// Accounts in [`MayEnrol`] may enrol, and all of them but the admin may store.
pub struct Named;

impl Staff<u64> for Named {
    fn may_store(who: &u64) -> bool {
        *who != ADMIN && Self::may_enrol(who)
    }

    fn may_enrol(who: &u64) -> bool {
        MayEnrol::get().contains(who)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn make_staff(who: &u64) {
        MayEnrol::mutate(|named| named.push(*who));
    }
}

/// The real verification, without host functions.
pub struct PlainVerifier;

impl BundleVerifier for PlainVerifier {
    fn verify(bundle: &PatientBundle, chain: &H256, hospital: &HospitalId) -> bool {
        bundle.verify(&chain.0, &hospital.0).is_ok()
    }
}

/// Builds a chain, runs a test on it, and checks the state after the test.
#[derive(Default)]
pub struct ExtBuilder {
    patients: Vec<usize>,
}

impl ExtBuilder {
    /// Enrols the `n`th patient.
    pub fn with_patient(mut self, n: usize) -> Self {
        self.patients.push(n);
        self
    }

    pub fn build(self) -> sp_io::TestExternalities {
        let storage = frame_system::GenesisConfig::<Test>::default()
            .build_storage()
            .unwrap();
        let mut ext = sp_io::TestExternalities::new(storage);
        ext.execute_with(|| {
            System::set_block_number(1);
            MayEnrol::set(vec![ADMIN, STAFF]);
            Clock::set(NOW);
            for n in self.patients {
                Patients::enrol_patient(RuntimeOrigin::signed(STAFF), bundle(n)).unwrap();
            }
            System::reset_events();
        });
        ext
    }

    pub fn build_and_execute(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            test();
            Patients::do_try_state().unwrap();
        });
    }
}

/// A patient, made once for all tests: the arithmetic is slow without optimisation.
struct Known {
    account: AccountKey,
    bundle: PatientBundle,
}

fn known(n: usize) -> &'static Known {
    static PATIENTS: OnceLock<Vec<Known>> = OnceLock::new();
    &PATIENTS.get_or_init(|| {
        (0..2)
            .map(|n| Known {
                account: keys(n).account().clone(),
                bundle: bundle_for(n, &CHAIN, &HOSPITAL),
            })
            .collect()
    })[n]
}

/// All keys of the `n`th patient at this hospital.
pub fn keys(n: usize) -> PatientKeys {
    keys_for(n, &CHAIN, &HOSPITAL)
}

/// All keys of the `n`th patient for a chain and hospital.
pub fn keys_for(n: usize, chain: &H256, hospital: &HospitalId) -> PatientKeys {
    let seed = Seed::from_bytes([n as u8 + 1; 32]);
    PatientKeys::derive(&seed, &chain.0, &hospital.0, 0)
}

/// The `n`th patient's bundle for a chain and hospital.
pub fn bundle_for(n: usize, chain: &H256, hospital: &HospitalId) -> PatientBundle {
    keys_for(n, chain, hospital).bundle(&mut StdRng::seed_from_u64(n as u64))
}

/// The `n`th patient's bundle for this hospital.
pub fn bundle(n: usize) -> PatientBundle {
    known(n).bundle.clone()
}

/// The `n`th patient's account key at this hospital.
pub fn account(n: usize) -> AccountKey {
    known(n).account.clone()
}

/// Terms of the `n`th patient's consent: months 600 to 620.
pub fn terms(n: usize) -> ConsentTerms {
    ConsentTerms {
        patient: account(n).public(),
        from: 600,
        until: 620,
        salt: [n as u8; 32],
    }
}

/// Identifier of a consent at this hospital.
pub fn consent_id(terms: &ConsentTerms) -> ConsentId {
    messages::consent_id(&CHAIN, &HOSPITAL, terms)
}

/// The `n`th patient's signature of terms.
pub fn sign_terms(n: usize, terms: &ConsentTerms) -> [u8; 64] {
    account(n).sign(&messages::consent_message(&CHAIN, &HOSPITAL, terms))
}

/// The `n`th patient's signature of a rise.
pub fn sign_rise(n: usize, version: LabelVersion, revoke_before: Moment) -> [u8; 64] {
    let key = account(n);
    key.sign(&messages::label_version_message(
        &CHAIN,
        &HOSPITAL,
        &key.public(),
        version,
        revoke_before,
    ))
}

/// Raises the `n`th patient's label version as an authorized call.
pub fn raise(n: usize, version: LabelVersion, revoke_before: Moment) -> DispatchResult {
    Patients::raise_label_version(
        RawOrigin::Authorized.into(),
        account(n).public(),
        version,
        revoke_before,
        sign_rise(n, version, revoke_before),
    )
}

/// The pallet's events in their order.
pub fn events() -> Vec<crate::Event<Test>> {
    System::events()
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::Patients(event) => Some(event),
            _ => None,
        })
        .collect()
}
