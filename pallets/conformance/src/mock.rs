// SPDX-License-Identifier: Apache-2.0
//! A chain with this pallet before the real session pallet.
//!
//! Tests set the facts that the policy knows.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate as pallet_conformance;
use bspp_primitives::{
    conformance::{
        evidence_commitment, AttestationKind, CallClass, ConformanceId, ConformancePair,
        ContentDigest, Evidence, Shortfall, StandingFault,
    },
    traits::{AuthorSets, AuthorStandings, BlockContent, ConformancePolicy, StoredPayloads},
};
use bspp_test_kit::NoCurrency;
use bspp_types::payload_hash;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
    derive_impl, parameter_types,
    traits::{ConstU128, ConstU32, ConstU64},
};
use frame_system::EnsureRoot;
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::{Pair, H256};
use sp_runtime::{impl_opaque_keys, traits::ConvertInto, BuildStorage};
use std::{cell::RefCell, collections::BTreeMap};

pub type AccountId = u64;
type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        Conformance: pallet_conformance,
        Session: pallet_session,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = Block;
}

impl_opaque_keys! {
    pub struct MockKeys {
        pub conf: Conformance,
    }
}

/// The attestation of an author whose hospital has no anchor.
pub const NOT_ANCHORED: AttestationKind = AttestationKind::Restricted {
    shortfall: Shortfall::NotAnchored,
};
/// The attestation of an author whose hospital's anchor is too old.
pub const STALE: AttestationKind = AttestationKind::Restricted {
    shortfall: Shortfall::AnchorStale,
};
/// The attestation of an author whose hospital lags.
pub const ONLY_LAGGING: AttestationKind = AttestationKind::Restricted {
    shortfall: Shortfall::RegistrationLag,
};
/// Maximum number of authors in this mock.
pub const MAX_AUTHORS: u32 = 6;
/// Number of sessions that can be reported in this mock.
pub const REPORTABLE_SESSIONS: u32 = 4;
/// Length of a session, if the genesis does not set another one.
pub const SESSION_LENGTH: u32 = 3;

impl pallet_session::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type ValidatorId = AccountId;
    type ValidatorIdOf = ConvertInto;
    type ShouldEndSession =
        pallet_session::PeriodicSessions<crate::SessionLengthOf<Test>, ConstU64<0>>;
    type NextSessionRotation =
        pallet_session::PeriodicSessions<crate::SessionLengthOf<Test>, ConstU64<0>>;
    type SessionManager = Planner;
    type SessionHandler = (Conformance,);
    type Keys = MockKeys;
    type DisablingStrategy = ();
    type WeightInfo = ();
    type Currency = NoCurrency<RuntimeHoldReason>;
    type KeyDeposit = ConstU128<0>;
}

impl pallet_conformance::Config for Test {
    type Parameters = MockParameters;
    type Policy = MockPolicy;
    type Content = MockContent;
    type Storage = MockPayloads;
    type AuthorSets = SessionSets;
    type SuspendOrigin = EnsureRoot<AccountId>;
    type MaxAuthors = ConstU32<MAX_AUTHORS>;
    type DefaultSessionLength = ConstU32<SESSION_LENGTH>;
    type ReportableSessions = ConstU32<REPORTABLE_SESSIONS>;
    type WeightInfo = crate::weights::SubstrateWeight<Test>;
}

/// The number of slots for which an anchor is valid. Zero is not valid.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
pub struct MockParameters {
    pub max_age: u64,
}

impl Default for MockParameters {
    fn default() -> Self {
        Self { max_age: 1_000 }
    }
}

parameter_types! {
    /// The accounts that have standing, each with the slot of its anchor, if it has one.
    pub static Members: BTreeMap<AccountId, Option<u64>> = BTreeMap::new();
    /// Members whose hospital is suspended.
    pub static SuspendedHospitals: Vec<AccountId> = Vec::new();
    /// Members whose evidence ends with a lag instead of a stale anchor.
    pub static Lagging: Vec<AccountId> = Vec::new();
    /// The hospitals of authors, where a test gives them one.
    pub static Hospitals: BTreeMap<AccountId, H256> = BTreeMap::new();
    /// The payloads of the chain's records.
    pub static Payloads: Vec<Vec<u8>> = Vec::new();
    /// The content that the block registered.
    pub static BlockContents: ContentDigest = ContentDigest::default();
}

pub struct MockPolicy;

impl ConformancePolicy<AccountId, RuntimeCall> for MockPolicy {
    type Parameters = MockParameters;

    fn standing(author: &AccountId) -> Result<(), StandingFault> {
        if !Members::get().contains_key(author) {
            return Err(StandingFault::NotMember);
        }
        if SuspendedHospitals::get().contains(author) {
            return Err(StandingFault::HospitalSuspended);
        }
        Ok(())
    }

    fn evidence(author: &AccountId, parameters: &MockParameters) -> Result<Evidence, Shortfall> {
        let anchored = Members::get()
            .get(author)
            .copied()
            .flatten()
            .ok_or(Shortfall::NotAnchored)?;
        Ok(Evidence {
            commitment: evidence_commitment(&(*author, anchored)),
            valid_until: anchored.saturating_add(parameters.max_age),
            then: Shortfall::AnchorStale,
            later: Lagging::get()
                .contains(author)
                .then_some((0, Shortfall::RegistrationLag)),
        })
    }

    fn is_operational(call: &RuntimeCall) -> bool {
        matches!(call, RuntimeCall::Conformance(_) | RuntimeCall::Session(_))
    }

    fn class_of(call: &RuntimeCall) -> CallClass {
        match call {
            // Stands for a registration.
            RuntimeCall::System(frame_system::Call::remark_with_event { .. }) => {
                CallClass::Registration
            }
            _ if Self::is_operational(call) => CallClass::Operational,
            _ => CallClass::Ordinary,
        }
    }

    fn genesis_parameters() -> MockParameters {
        MockParameters { max_age: 2_000 }
    }

    fn is_valid(parameters: &MockParameters) -> bool {
        parameters.max_age > 0
    }

    fn hospital_of(author: &AccountId) -> Option<H256> {
        Hospitals::get().get(author).copied()
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn make_conformant(author: &AccountId) {
        set_anchor(*author, Some(0));
    }

    // This mock has no keystore.
    #[cfg(feature = "runtime-benchmarks")]
    fn new_aura_key() -> sp_core::sr25519::Public {
        sp_core::sr25519::Pair::from_seed(&[7; 32]).public()
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn sign_by_aura_key(
        _: &sp_core::sr25519::Public,
        message: &[u8],
    ) -> Option<sp_core::sr25519::Signature> {
        Some(sp_core::sr25519::Pair::from_seed(&[7; 32]).sign(message))
    }
}

pub struct MockPayloads;

impl StoredPayloads for MockPayloads {
    fn count() -> u32 {
        Payloads::get().len().try_into().unwrap()
    }

    fn payload_at(position: u32) -> Option<H256> {
        let payloads = Payloads::get();
        payloads
            .get(position as usize)
            .map(|data| payload_hash(data))
    }
}

pub struct MockContent;

impl BlockContent for MockContent {
    fn content() -> ContentDigest {
        BlockContents::get()
    }
}

/// The session pallet's sets.
pub struct SessionSets;

impl AuthorSets<AccountId> for SessionSets {
    fn current() -> Vec<AccountId> {
        Session::validators()
    }

    fn queued() -> Vec<AccountId> {
        Session::queued_keys()
            .into_iter()
            .map(|(author, _)| author)
            .collect()
    }

    fn drop_queued(leaving: &[AccountId]) {
        let mut queued = Session::queued_keys();
        let before = queued.len();
        queued.retain(|(author, _)| !leaving.contains(author));
        if !queued.is_empty() && queued.len() < before {
            pallet_session::QueuedKeys::<Test>::put(queued);
            pallet_session::QueuedChanged::<Test>::put(true);
        }
    }
}

/// Plans the members that have session keys and are not suspended, in order.
///
/// The real pallets do the same.
pub struct Planner;

impl pallet_session::SessionManager<AccountId> for Planner {
    fn new_session(_: u32) -> Option<Vec<AccountId>> {
        let planned: Vec<AccountId> = Members::get()
            .into_keys()
            .filter(|who| Conformance::standing(who).is_ok())
            .filter(|who| Session::load_keys(who).is_some())
            .collect();
        (!planned.is_empty() && planned != Session::validators()).then_some(planned)
    }
    fn new_session_genesis(_: u32) -> Option<Vec<AccountId>> {
        None
    }
    fn start_session(_: u32) {}
    fn end_session(_: u32) {}
}

thread_local! {
    static PAIRS: RefCell<BTreeMap<(AccountId, u8), ConformancePair>> =
        const { RefCell::new(BTreeMap::new()) };
}

/// The pair of an author in its given generation.
pub fn pair_of(author: AccountId, generation: u8) -> ConformancePair {
    // Each pair is made only once, because the arithmetic is slow without optimisation.
    PAIRS.with_borrow_mut(|pairs| {
        let made = pairs.entry((author, generation)).or_insert_with(|| {
            let mut seed = [generation; 32];
            seed[..8].copy_from_slice(&author.to_le_bytes());
            ConformancePair::from_seed(&seed)
        });
        made.clone()
    })
}

/// Session keys with the author's pair of the given generation.
pub fn keys_of(author: AccountId, generation: u8) -> MockKeys {
    MockKeys {
        conf: pair_of(author, generation).public(),
    }
}

/// The pair of a key that an author has had.
pub fn pair_for(author: AccountId, key: &ConformanceId) -> ConformancePair {
    (0..=u8::MAX)
        .map(|generation| pair_of(author, generation))
        .find(|pair| pair.public() == *key)
        .expect("a key of this author's")
}

/// Gives an author standing, with or without an anchor.
pub fn set_anchor(author: AccountId, slot: Option<u64>) {
    Members::mutate(|members| {
        members.insert(author, slot);
    });
}

/// Takes an author's standing as the pallets of members do.
///
/// It does so only if somebody remains, and it takes the author out of the next session.
pub fn lose_standing(author: AccountId) -> bool {
    let may = Conformance::may_leave(&[author]);
    if may {
        Members::mutate(|members| {
            members.remove(&author);
        });
        Conformance::leave_next_session(&[author]);
    }
    may
}

/// This pallet's events of the block, in order.
pub fn events() -> Vec<crate::Event<Test>> {
    System::events()
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::Conformance(event) => Some(event),
            _ => None,
        })
        .collect()
}

/// Builds a chain at its genesis, runs a test on it and checks the state after the test.
pub struct ExtBuilder {
    authors: Vec<AccountId>,
    candidates: Vec<AccountId>,
    parameters: Option<MockParameters>,
    session_length: u32,
}

/// Four authors with fresh anchors, and two more accounts that are not members.
///
/// All six have session keys.
impl Default for ExtBuilder {
    fn default() -> Self {
        Self {
            authors: vec![1, 2, 3, 4],
            candidates: vec![5, 6],
            parameters: Some(MockParameters::default()),
            session_length: 0,
        }
    }
}

impl ExtBuilder {
    pub fn with_authors(mut self, authors: &[AccountId]) -> Self {
        self.authors = authors.to_vec();
        self
    }

    pub fn with_max_age(mut self, max_age: u64) -> Self {
        self.parameters = Some(MockParameters { max_age });
        self
    }

    pub fn without_parameters(mut self) -> Self {
        self.parameters = None;
        self
    }

    pub fn with_session_length(mut self, blocks: u32) -> Self {
        self.session_length = blocks;
        self
    }

    pub fn build(self) -> sp_io::TestExternalities {
        Members::set(self.authors.iter().map(|who| (*who, Some(0))).collect());
        SuspendedHospitals::set(Vec::new());
        Lagging::set(Vec::new());
        Hospitals::set(BTreeMap::new());
        BlockContents::set(ContentDigest::default());
        Payloads::set(Vec::new());
        let keys = |who: &AccountId| (*who, *who, keys_of(*who, 0));
        let storage = RuntimeGenesisConfig {
            system: Default::default(),
            conformance: pallet_conformance::GenesisConfig {
                parameters: self.parameters,
                session_length: self.session_length,
            },
            session: pallet_session::GenesisConfig {
                keys: self.authors.iter().map(keys).collect(),
                non_authority_keys: self.candidates.iter().map(keys).collect(),
            },
        }
        .build_storage()
        .unwrap();
        sp_io::TestExternalities::new(storage)
    }

    pub fn execute(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            test();
            Conformance::do_try_state().unwrap();
        });
    }
}
