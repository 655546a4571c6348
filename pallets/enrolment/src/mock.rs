// SPDX-License-Identifier: Apache-2.0
//! A runtime with this pallet alone, and patients with real keys.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate as pallet_enrolment;
use bspp_peks::{AccountKey, PatientKeys, Seed};
use bspp_primitives::{
    messages,
    traits::{AuthorStandings, BundleVerifier, CurrentSlot},
    ConsentId, ConsentTerms, HospitalId, PatientBundle,
};
use frame_support::{
    derive_impl, parameter_types,
    traits::{ConstU32, ConstU64, Contains, ValidatorRegistration, ValidatorSet},
};
use rand::{rngs::StdRng, SeedableRng};
use sp_core::H256;
use sp_runtime::{traits::ConvertInto, BuildStorage};
use std::sync::OnceLock;

/// Genesis hash of the consortium chain.
pub const CHAIN: H256 = H256([0xC4; 32]);
/// The hospital of the mocked chain.
pub const HOSPITAL: HospitalId = H256([0xA0; 32]);
pub const ADMIN: u64 = 1;
pub const OTHER_ADMIN: u64 = 2;
pub const CLINICIAN: u64 = 10;
pub const NODE: u64 = 20;
pub const STRANGER: u64 = 99;
/// Slot in which tests begin.
pub const NOW: u64 = 1_000;
pub const MAX_CREDENTIAL_SLOTS: u64 = 50;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        Enrolment: pallet_enrolment,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
}

parameter_types! {
    /// Accounts without session keys.
    pub static Keyless: Vec<u64> = Vec::new();
    /// Nodes that are suspended.
    pub static Suspended: Vec<u64> = Vec::new();
    /// Validators in force.
    pub static InForce: Vec<u64> = Vec::new();
    /// Slot of the block.
    pub static Slot: u64 = NOW;
}

impl pallet_enrolment::Config for Test {
    type RuntimeCall = RuntimeCall;
    type BundleVerifier = PlainVerifier;
    type SessionKeys = Keys;
    type Session = Sessions;
    type Authors = Standings;
    type Slot = Slots;
    type OperationalCalls = SystemCalls;
    type RootCalls = FewCalls;
    type MaxAdmins = ConstU32<3>;
    type MaxClinicians = ConstU32<3>;
    type MaxNodes = ConstU32<3>;
    type MaxCredentialSlots = ConstU64<MAX_CREDENTIAL_SLOTS>;
    type WeightInfo = ();
}

/// The real verification, without host functions.
pub struct PlainVerifier;

impl BundleVerifier for PlainVerifier {
    fn verify(bundle: &PatientBundle, chain: &H256, hospital: &HospitalId) -> bool {
        bundle.verify(&chain.0, &hospital.0).is_ok()
    }
}

/// Everybody has session keys but [`Keyless`].
pub struct Keys;

impl ValidatorRegistration<u64> for Keys {
    fn is_registered(id: &u64) -> bool {
        !Keyless::get().contains(id)
    }
}

/// The session has [`InForce`].
pub struct Sessions;

impl ValidatorSet<u64> for Sessions {
    type ValidatorId = u64;
    type ValidatorIdOf = ConvertInto;
    fn session_index() -> u32 {
        0
    }
    fn validators() -> Vec<u64> {
        InForce::get()
    }
}

/// Nobody is suspended but [`Suspended`].
pub struct Standings;

impl AuthorStandings<u64> for Standings {
    fn is_suspended(author: &u64) -> bool {
        Suspended::get().contains(author)
    }
    fn may_leave(_: &[u64]) -> bool {
        true
    }
    fn leave_next_session(_: &[u64]) {}
}

/// [`Slot`].
pub struct Slots;

impl CurrentSlot for Slots {
    fn current_slot() -> u64 {
        Slot::get()
    }
    #[cfg(feature = "runtime-benchmarks")]
    fn set_slot(slot: u64) {
        Slot::set(slot);
    }
}

/// What an admin may do as root here.
pub struct FewCalls;

impl Contains<RuntimeCall> for FewCalls {
    fn contains(call: &RuntimeCall) -> bool {
        matches!(
            call,
            RuntimeCall::System(
                frame_system::Call::set_heap_pages { .. }
                    | frame_system::Call::apply_authorized_upgrade { .. }
            )
        )
    }
}

/// Calls of the system pallet are operational here.
pub struct SystemCalls;

impl Contains<RuntimeCall> for SystemCalls {
    fn contains(call: &RuntimeCall) -> bool {
        matches!(call, RuntimeCall::System(_))
    }
}

/// Builds a chain, runs a test on it, checks the state after it.
pub struct ExtBuilder {
    admins: Vec<u64>,
    clinicians: Vec<u64>,
    validators: Vec<u64>,
    credentials_until: u64,
    patients: Vec<usize>,
}

impl Default for ExtBuilder {
    fn default() -> Self {
        Self {
            admins: vec![ADMIN],
            clinicians: vec![CLINICIAN],
            validators: vec![NODE],
            credentials_until: 0,
            patients: Vec::new(),
        }
    }
}

impl ExtBuilder {
    pub fn with_admins(mut self, admins: &[u64]) -> Self {
        self.admins = admins.to_vec();
        self
    }

    pub fn with_clinicians(mut self, clinicians: &[u64]) -> Self {
        self.clinicians = clinicians.to_vec();
        self
    }

    pub fn with_validators(mut self, validators: &[u64]) -> Self {
        self.validators = validators.to_vec();
        self
    }

    /// Gives the validators credentials that are good until this slot.
    pub fn with_credentials_until(mut self, slot: u64) -> Self {
        self.credentials_until = slot;
        self
    }

    /// Enrols the `n`th patient.
    pub fn with_patient(mut self, n: usize) -> Self {
        self.patients.push(n);
        self
    }

    pub fn build(self) -> sp_io::TestExternalities {
        let storage = RuntimeGenesisConfig {
            system: Default::default(),
            enrolment: pallet_enrolment::GenesisConfig {
                hospital: HOSPITAL,
                chain: CHAIN,
                admins: self.admins,
                clinicians: self.clinicians,
                validators: self.validators.clone(),
                credentials_until: self.credentials_until,
            },
        }
        .build_storage()
        .unwrap();
        let mut ext = sp_io::TestExternalities::new(storage);
        ext.execute_with(|| {
            System::set_block_number(1);
            Keyless::set(Vec::new());
            Suspended::set(Vec::new());
            InForce::set(self.validators);
            Slot::set(NOW);
            for n in self.patients {
                Enrolment::enrol_patient(RuntimeOrigin::signed(CLINICIAN), bundle(n)).unwrap();
            }
            System::reset_events();
        });
        ext
    }

    pub fn build_and_execute(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            test();
            Enrolment::do_try_state().unwrap();
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
                account: keys(n).account(&HOSPITAL.0),
                bundle: bundle_for(n, &CHAIN, &HOSPITAL),
            })
            .collect()
    })[n]
}

/// All keys of the `n`th patient.
pub fn keys(n: usize) -> PatientKeys {
    PatientKeys::from_seed(&Seed::from_bytes([n as u8 + 1; 32]))
}

/// The `n`th patient's bundle for a chain and hospital.
pub fn bundle_for(n: usize, chain: &H256, hospital: &HospitalId) -> PatientBundle {
    keys(n).bundle(&chain.0, &hospital.0, &mut StdRng::seed_from_u64(n as u64))
}

/// The `n`th patient's bundle for this hospital.
pub fn bundle(n: usize) -> PatientBundle {
    known(n).bundle.clone()
}

/// The `n`th patient's account key at this hospital.
pub fn account(n: usize) -> AccountKey {
    known(n).account.clone()
}

/// What the `n`th patient agrees to: months 600 to 620.
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

/// The `n`th patient's signature under terms.
pub fn sign_terms(n: usize, terms: &ConsentTerms) -> [u8; 64] {
    account(n).sign(&messages::consent_message(&CHAIN, &HOSPITAL, terms))
}

/// Gives [`crate::Event`]s in their order.
pub fn events() -> Vec<crate::Event<Test>> {
    System::events()
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::Enrolment(event) => Some(event),
            _ => None,
        })
        .collect()
}
