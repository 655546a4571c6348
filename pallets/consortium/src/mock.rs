// SPDX-License-Identifier: Apache-2.0
//! A chain with this pallet only; council and session are recorders.
#![allow(clippy::unwrap_used)]

use crate::{self as pallet_consortium, CallGroup, CallGroups, GenesisHospital, Part, Sender};
use bspp_primitives::{
    quota::Quota,
    refusal,
    traits::{AuthorStandings, CallRules, SessionKeyStore},
};
use bspp_types::{messages, FilingMonth, HospitalId, Moment};
use core::cell::RefCell;
use frame_support::{
    derive_impl,
    traits::{
        ChangeMembers, ConstU16, ConstU32, ConstU64, Contains, InitializeMembers, Time,
        ValidatorRegistration, ValidatorSet,
    },
};
use frame_system::{EnsureRoot, RawOrigin};
use pallet_session::SessionManager;
use sp_core::H256;
use sp_runtime::{testing::TestSignature, traits::ConvertInto, BuildStorage};

pub type AccountId = u64;
type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        Consortium: pallet_consortium,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = Block;
}

thread_local! {
    static NOW: RefCell<Moment> = const { RefCell::new(0) };
    static SESSION: RefCell<u32> = const { RefCell::new(0) };
    static IN_FORCE: RefCell<Vec<AccountId>> = const { RefCell::new(Vec::new()) };
    static QUEUED: RefCell<Vec<AccountId>> = const { RefCell::new(Vec::new()) };
    static SUSPENDED: RefCell<Vec<AccountId>> = const { RefCell::new(Vec::new()) };
    static KEYLESS: RefCell<Vec<AccountId>> = const { RefCell::new(Vec::new()) };
    static PURGED: RefCell<Vec<AccountId>> = const { RefCell::new(Vec::new()) };
    static COUNCIL: RefCell<(Vec<AccountId>, Option<AccountId>)> =
        const { RefCell::new((Vec::new(), None)) };
}

pub struct Clock;
impl Time for Clock {
    type Moment = Moment;
    fn now() -> Moment {
        NOW.with_borrow(|now| *now)
    }
}

pub struct Sessions;
impl ValidatorSet<AccountId> for Sessions {
    type ValidatorId = AccountId;
    type ValidatorIdOf = ConvertInto;
    fn session_index() -> u32 {
        SESSION.with_borrow(|session| *session)
    }
    fn validators() -> Vec<AccountId> {
        IN_FORCE.with_borrow(Clone::clone)
    }
}
impl ValidatorRegistration<AccountId> for Sessions {
    fn is_registered(id: &AccountId) -> bool {
        !KEYLESS.with_borrow(|keyless| keyless.contains(id))
    }
}

impl SessionKeyStore<AccountId> for Sessions {
    fn purge_keys(who: &AccountId) {
        PURGED.with_borrow_mut(|purged| purged.push(*who));
        KEYLESS.with_borrow_mut(|keyless| keyless.push(*who));
    }
}

/// Suspensions of single validators, and the sets of this session and the next one.
///
/// It stands in for the pallets that keep them in a runtime.
pub struct Gate;
impl AuthorStandings<AccountId> for Gate {
    fn is_suspended(author: &AccountId) -> bool {
        SUSPENDED.with_borrow(|suspended| suspended.contains(author))
    }
    fn may_leave(leaving: &[AccountId]) -> bool {
        [Sessions::validators(), queued()].iter().all(|set| {
            set.iter()
                .any(|who| !leaving.contains(who) && may_author(who))
        })
    }
    fn leave_next_session(leaving: &[AccountId]) {
        QUEUED.with_borrow_mut(|queued| {
            for who in leaving {
                if queued.len() > 1 {
                    queued.retain(|other| other != who);
                }
            }
        });
    }
}

pub struct Recorder;
impl ChangeMembers<AccountId> for Recorder {
    fn change_members_sorted(_: &[AccountId], _: &[AccountId], new: &[AccountId]) {
        COUNCIL.with_borrow_mut(|council| *council = (new.to_vec(), None));
    }
    fn set_prime(prime: Option<AccountId>) {
        COUNCIL.with_borrow_mut(|council| council.1 = prime);
    }
}
impl InitializeMembers<AccountId> for Recorder {
    fn initialize_members(members: &[AccountId]) {
        COUNCIL.with_borrow_mut(|council| *council = (members.to_vec(), None));
    }
}

/// `set_heap_pages` is operational here, and all but requesters may send it.
///
/// Operators may send any other call, and requesters remarks. `remark_with_event` stands for a
/// registration.
pub struct Rules;
impl CallRules<AccountId, Sender, RuntimeCall> for Rules {
    fn is_operational(call: &RuntimeCall) -> bool {
        matches!(
            call,
            RuntimeCall::System(frame_system::Call::set_heap_pages { .. })
        )
    }
    fn exempt(sender: &Sender, _: &RuntimeCall) -> bool {
        sender.part != Part::Requester
    }
    fn permitted(sender: &Sender, call: &RuntimeCall) -> bool {
        match sender.part {
            Part::Operator => true,
            Part::Requester => {
                matches!(call, RuntimeCall::System(frame_system::Call::remark { .. }))
            }
            Part::Council | Part::Anchorer | Part::Validator => false,
        }
    }
    fn is_registration(call: &RuntimeCall) -> bool {
        matches!(
            call,
            RuntimeCall::System(frame_system::Call::remark_with_event { .. })
        )
    }
    fn check_bounds(_: &AccountId, call: &RuntimeCall, _: u32) -> Result<(), u8> {
        match call {
            RuntimeCall::System(frame_system::Call::remark { remark }) if remark.len() > 100 => {
                Err(refusal::OUT_OF_BOUNDS)
            }
            _ => Ok(()),
        }
    }
    fn check_ready(call: &RuntimeCall) -> Result<(), u8> {
        match call {
            RuntimeCall::System(frame_system::Call::set_heap_pages { pages: 0 }) => {
                Err(refusal::MOTION_NOT_DECIDED)
            }
            _ => Ok(()),
        }
    }
    fn operational_quota(_: &Sender) -> Quota {
        OPERATIONAL_QUOTA
    }
}

/// The operational quota of every account.
pub const OPERATIONAL_QUOTA: Quota = Quota {
    number: 4,
    weight: 400,
    bytes: 200,
};

/// The council may dispatch `set_heap_pages` and `remove_requester` as root.
pub struct Root;
impl Contains<RuntimeCall> for Root {
    fn contains(call: &RuntimeCall) -> bool {
        matches!(
            call,
            RuntimeCall::System(frame_system::Call::set_heap_pages { .. })
                | RuntimeCall::Consortium(crate::Call::remove_requester { .. })
        )
    }
}

/// Remarks and proposals can be paused.
pub struct Pausable;
impl CallGroups<RuntimeCall> for Pausable {
    fn group_of(call: &RuntimeCall) -> Option<CallGroup> {
        match call {
            RuntimeCall::System(frame_system::Call::remark { .. }) => Some(CallGroup::Remarks),
            RuntimeCall::Consortium(crate::Call::add_validator { .. }) => {
                Some(CallGroup::Proposals)
            }
            _ => None,
        }
    }
}

/// Blocks between the authorization of a runtime and its application.
pub const UPGRADE_DELAY: u32 = 10;

pub const QUOTA_WEIGHT: u64 = 1_000;
pub const QUOTA_BYTES: u64 = 500;
/// The share of a requester. Two of them and a half fill the common quarter.
pub const DELEGATE_WEIGHT: u64 = 100;
pub const DELEGATE_BYTES: u64 = 50;
/// The reserve of registrations: three quarters of the quota.
pub const RESERVE_WEIGHT: u64 = 750;
pub const RESERVE_BYTES: u64 = 375;
/// The common quarter.
pub const COMMON_WEIGHT: u64 = 250;
pub const COMMON_BYTES: u64 = 125;

frame_support::parameter_types! {
    pub const ChainIdOf: H256 = CHAIN;
    /// Maximum number of hospitals. Tests of larger consortia raise it.
    pub static MaxHospitals: u32 = 4;
    /// Maximum number of validators. Tests of larger consortia raise it.
    pub static MaxValidators: u32 = 5;
    /// Weight of the largest registration.
    pub static RegistrationWeight: u64 = 200;
    /// Bytes of the largest registration.
    pub static RegistrationBytes: u64 = 100;
    /// Weight of a requester's share.
    pub static ShareWeight: u64 = DELEGATE_WEIGHT;
    /// Bytes of a requester's share.
    pub static ShareBytes: u64 = DELEGATE_BYTES;
}

/// Signs as the account 77.
#[cfg(feature = "runtime-benchmarks")]
pub struct Signer;

#[cfg(feature = "runtime-benchmarks")]
impl crate::benchmark_helper::BenchmarkHelper<AccountId, TestSignature, RuntimeCall> for Signer {
    fn requester() -> AccountId {
        77
    }

    fn sign(message: &[u8]) -> TestSignature {
        TestSignature(77, message.to_vec())
    }

    fn root_call() -> RuntimeCall {
        frame_system::Call::set_heap_pages { pages: 1 }.into()
    }
}

/// Genesis hash of the mocked consortium.
pub const CHAIN: H256 = H256::repeat_byte(0xc4);

/// The key number `n` of a requester, and the requester's signature for a hospital.
pub fn signed_key(hospital: HospitalId, requester: AccountId, n: u8) -> ([u8; 32], TestSignature) {
    let message = messages::requester_key_message(&CHAIN, &hospital, &requester, &key(n));
    (key(n), TestSignature(requester, message))
}

/// Adds a requester with key 1.
pub fn add_requester(
    origin: RuntimeOrigin,
    hospital: HospitalId,
    requester: AccountId,
) -> sp_runtime::DispatchResult {
    let (key, signature) = signed_key(hospital, requester, 1);
    Consortium::add_requester(origin, requester, key, signature)
}

impl pallet_consortium::Config for Test {
    type RuntimeCall = RuntimeCall;
    type ChainId = ChainIdOf;
    type RequesterSignature = TestSignature;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = Signer;
    type CouncilOrigin = EnsureRoot<AccountId>;
    type Council = Recorder;
    type Session = Sessions;
    type SessionKeys = Sessions;
    type Authors = Gate;
    type Time = Clock;
    type Calls = Rules;
    type RootCalls = Root;
    type PausableCalls = Pausable;
    type DefaultUpgradeDelay = ConstU32<UPGRADE_DELAY>;
    type QuotaWeight = ConstU64<QUOTA_WEIGHT>;
    type QuotaBytes = ConstU64<QUOTA_BYTES>;
    type RegistrationWeight = RegistrationWeight;
    type RegistrationBytes = RegistrationBytes;
    type DelegateWeight = ShareWeight;
    type DelegateBytes = ShareBytes;
    type MaxHospitals = MaxHospitals;
    type MaxRequesters = ConstU32<3>;
    type MaxValidatorsPerHospital = ConstU32<3>;
    type MaxValidators = MaxValidators;
    type MinValidators = ConstU32<1>;
    type MaxKeys = ConstU32<3>;
    type MaxKeyNotice = ConstU16<3>;
    type MaxCouncil = ConstU32<3>;
    type WeightInfo = crate::weights::SubstrateWeight<Test>;
}

pub const HOSPITAL_A: HospitalId = H256::repeat_byte(0xA);
pub const HOSPITAL_B: HospitalId = H256::repeat_byte(0xB);
pub const HOSPITAL_C: HospitalId = H256::repeat_byte(0xC);
pub const OPERATOR_A: AccountId = 10;
pub const OPERATOR_B: AccountId = 20;
pub const DOCTOR_A: AccountId = 11;
pub const VALIDATOR_A: AccountId = 12;
pub const VALIDATOR_A2: AccountId = 13;
pub const VALIDATOR_B: AccountId = 22;
pub const COUNCILLOR: AccountId = 1;
pub const STRANGER: AccountId = 99;
/// 2020-01, 600 months after 1970-01.
pub const FILING_MONTH: FilingMonth = 600;

/// A valid X25519 key that differs by `n`.
pub fn key(n: u8) -> [u8; 32] {
    bspp_peks::X25519Secret::from_bytes([n; 32]).public().0
}

pub fn council() -> RuntimeOrigin {
    RawOrigin::Root.into()
}

pub fn signed(who: AccountId) -> RuntimeOrigin {
    RawOrigin::Signed(who).into()
}

pub fn set_time(filing_month: FilingMonth) {
    let start = bspp_types::filing_month_start(filing_month).unwrap();
    NOW.with_borrow_mut(|now| *now = start);
}

pub fn set_session(index: u32) {
    SESSION.with_borrow_mut(|session| *session = index);
}

pub fn set_in_force(validators: &[AccountId]) {
    IN_FORCE.with_borrow_mut(|set| *set = validators.to_vec());
}

/// The authors of this session.
pub fn in_force() -> Vec<AccountId> {
    Sessions::validators()
}

pub fn set_queued(validators: &[AccountId]) {
    QUEUED.with_borrow_mut(|set| *set = validators.to_vec());
}

/// The authors of the next session.
pub fn queued() -> Vec<AccountId> {
    QUEUED.with_borrow(Clone::clone)
}

pub fn set_suspended(authors: &[AccountId]) {
    SUSPENDED.with_borrow_mut(|set| *set = authors.to_vec());
}

/// Whether a validator is in good standing.
pub fn may_author(who: &AccountId) -> bool {
    !Gate::is_suspended(who) && Consortium::standing_of(who).is_ok()
}

/// Ends a session as the session pallet does.
///
/// The queued set comes into force, and another set is queued. Authors without keys are left out.
pub fn next_session() {
    set_in_force(&queued());
    SESSION.with_borrow_mut(|session| *session += 1);
    let planned = Consortium::new_session(Sessions::session_index() + 1);
    let mut next = planned.unwrap_or_else(Sessions::validators);
    next.retain(Sessions::is_registered);
    set_queued(&next);
}

pub fn set_keyless(validators: &[AccountId]) {
    KEYLESS.with_borrow_mut(|set| *set = validators.to_vec());
}

/// The accounts without session keys.
pub fn keyless() -> Vec<AccountId> {
    KEYLESS.with_borrow(Clone::clone)
}

/// Accounts whose session keys the pallet purged.
pub fn purged() -> Vec<AccountId> {
    PURGED.with_borrow(Clone::clone)
}

/// Proposes a validator, and admits it with the council's word on the share.
pub fn admit(
    hospital: HospitalId,
    operator: AccountId,
    validator: AccountId,
) -> sp_runtime::DispatchResult {
    Consortium::add_validator(signed(operator), validator)?;
    Consortium::admit_validator(council(), hospital, validator, true)
}

/// The members and the prime that the collective was last given.
pub fn collective() -> (Vec<AccountId>, Option<AccountId>) {
    COUNCIL.with_borrow(Clone::clone)
}

pub fn last_event() -> crate::Event<Test> {
    match System::events().pop().unwrap().event {
        RuntimeEvent::Consortium(event) => event,
        other => panic!("another pallet's event: {other:?}"),
    }
}

/// Two hospitals and one councillor.
///
/// Hospital A has a requester and two validators, hospital B has one validator.
pub struct ExtBuilder {
    hospitals: Vec<GenesisHospital<AccountId>>,
    council: Vec<AccountId>,
    upgrade_delay: u32,
}

impl Default for ExtBuilder {
    fn default() -> Self {
        let hospital = |id, operator, n, validators, requesters| GenesisHospital {
            id,
            operator,
            encryption_key: H256(key(n)),
            validators,
            requesters,
            anchorer: None,
        };
        Self {
            hospitals: vec![
                hospital(
                    HOSPITAL_A,
                    OPERATOR_A,
                    1,
                    vec![VALIDATOR_A, VALIDATOR_A2],
                    vec![DOCTOR_A],
                ),
                hospital(HOSPITAL_B, OPERATOR_B, 2, vec![VALIDATOR_B], vec![]),
            ],
            council: vec![COUNCILLOR],
            upgrade_delay: 0,
        }
    }
}

impl ExtBuilder {
    pub fn hospitals(mut self, hospitals: Vec<GenesisHospital<AccountId>>) -> Self {
        self.hospitals = hospitals;
        self
    }

    pub fn council(mut self, council: Vec<AccountId>) -> Self {
        self.council = council;
        self
    }

    pub fn upgrade_delay(mut self, blocks: u32) -> Self {
        self.upgrade_delay = blocks;
        self
    }

    pub fn build(self) -> sp_io::TestExternalities {
        set_session(0);
        set_keyless(&[]);
        PURGED.with_borrow_mut(Vec::clear);
        MaxHospitals::set(4);
        MaxValidators::set(5);
        RegistrationWeight::set(200);
        RegistrationBytes::set(100);
        ShareWeight::set(DELEGATE_WEIGHT);
        ShareBytes::set(DELEGATE_BYTES);
        set_suspended(&[]);
        let genesis = RuntimeGenesisConfig {
            system: Default::default(),
            consortium: crate::GenesisConfig {
                hospitals: self.hospitals,
                council: self.council,
                upgrade_delay: self.upgrade_delay,
            },
        };
        let mut ext = sp_io::TestExternalities::new(genesis.build_storage().unwrap());
        ext.execute_with(|| {
            System::set_block_number(1);
            set_time(FILING_MONTH);
            set_in_force(&[VALIDATOR_A, VALIDATOR_A2, VALIDATOR_B]);
            set_queued(&[VALIDATOR_A, VALIDATOR_A2, VALIDATOR_B]);
        });
        ext
    }

    /// Runs a test, then checks the invariants.
    pub fn run(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            test();
            Consortium::do_try_state().unwrap();
            assert!(Gate::may_leave(&[]), "nobody may author");
        });
    }
}
