// SPDX-License-Identifier: Apache-2.0
//! A consortium runtime with only this pallet, and hospital chains that tests construct.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::{self as pallet_hospital_anchor, types::Justification, Authorities};
use bp_test_utils::{make_justification_for_header, Account, JustificationGeneratorParams};
use bspp_primitives::{
    traits::{CurrentSlot, OnAnchored, RegisteredCount, SuspendHospital},
    ContentDigest, Hashing, Header,
};
use bspp_test_kit::Members;
use bspp_types::{HospitalId, Sequence};
use codec::Encode;
use frame_support::{
    derive_impl, parameter_types,
    traits::{ConstU64, Contains},
    weights::Weight,
};
use frame_system::EnsureRoot;
use sp_consensus_grandpa::{
    AuthorityId, AuthorityWeight, ConsensusLog, ScheduledChange, SetId, GRANDPA_ENGINE_ID,
};
use sp_core::H256;
use sp_runtime::{
    traits::Header as _, BuildStorage, DigestItem, DispatchError, DispatchResult, StateVersion,
};
use std::collections::BTreeMap;

type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        HospitalAnchor: pallet_hospital_anchor,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = Block;
}

parameter_types! {
    /// The value is small, so that tests can fill the ring.
    pub const MaxHeads: u32 = 4;
    pub const MaxAuthorities: u32 = 8;
    pub const MaxAncestries: u32 = 6;
    pub const MaxProofSize: u32 = 8 * 1024;
    /// Slot of the block.
    pub static NowSlot: u64 = 100;
    /// Registered entry blocks of each hospital.
    pub static RegisteredBlocks: BTreeMap<HospitalId, Sequence> = BTreeMap::new();
    /// Hospitals and heights of the heads of which the listener learned.
    pub static Anchored: Vec<(HospitalId, u32)> = Vec::new();
    /// Sequence number at which the incarnation of each rebuilt chain begins.
    pub static Bases: BTreeMap<HospitalId, Sequence> = BTreeMap::new();
    /// Whether the index takes another incarnation.
    pub static MayIncarnate: bool = true;
    /// Hospitals whose quota has no room for registrations.
    pub static WithoutRoom: Vec<HospitalId> = Vec::new();
    /// Hospitals suspended for a conflict.
    pub static Suspended: Vec<HospitalId> = Vec::new();
    /// Whether enough authors would remain without another hospital.
    pub static MaySuspend: bool = true;
}

/// The slot that a test has set.
pub struct Clock;
impl CurrentSlot for Clock {
    fn current_slot() -> u64 {
        NowSlot::get()
    }
    #[cfg(feature = "runtime-benchmarks")]
    fn set_slot(slot: u64) {
        NowSlot::set(slot);
    }
}

/// The index of entry blocks.
pub struct Index;
impl Index {
    /// Registers a hospital's entry blocks up to this number.
    pub fn register(hospital: HospitalId, count: Sequence) {
        RegisteredBlocks::mutate(|blocks| blocks.insert(hospital, count));
    }
}
impl RegisteredCount for Index {
    fn registered(hospital: &HospitalId) -> Sequence {
        RegisteredBlocks::get()
            .get(hospital)
            .copied()
            .unwrap_or_default()
    }
    fn base(hospital: &HospitalId) -> Sequence {
        Bases::get().get(hospital).copied().unwrap_or_default()
    }
}

/// The hospitals whose quota has no room.
pub struct Quotas;
impl Contains<HospitalId> for Quotas {
    fn contains(hospital: &HospitalId) -> bool {
        WithoutRoom::get().contains(hospital)
    }
}

/// Learns of new heads.
pub struct Listener;
impl OnAnchored for Listener {
    fn on_incarnation(hospital: &HospitalId) -> DispatchResult {
        if !MayIncarnate::get() {
            return Err(DispatchError::Other("MaxIncarnationsExceeded"));
        }
        let base = Index::registered(hospital);
        Bases::mutate(|bases| bases.insert(*hospital, base));
        Ok(())
    }
    fn on_anchored(hospital: &HospitalId, number: u32) {
        Anchored::mutate(|anchored| anchored.push((*hospital, number)));
    }
    fn weight() -> Weight {
        Weight::from_parts(1_000, 0)
    }
}

/// Suspends hospitals.
///
/// A refusal writes to storage, so that a test sees whether the write is undone.
pub struct Suspensions;
impl SuspendHospital for Suspensions {
    fn suspend(hospital: &HospitalId) -> DispatchResult {
        frame_support::storage::unhashed::put(b"suspending", hospital);
        if !MaySuspend::get() {
            return Err(DispatchError::Other("TooFewAuthors"));
        }
        Suspended::mutate(|suspended| suspended.push(*hospital));
        Ok(())
    }
}

impl crate::Config for Test {
    type ForceOrigin = EnsureRoot<u64>;
    type Membership = Members;
    type Slot = Clock;
    type MaxSlotDrift = ConstU64<20>;
    type Registered = Index;
    type ClockStands = Quotas;
    type OnAnchored = Listener;
    type OnConflict = Suspensions;
    type MaxHeads = MaxHeads;
    type MaxAuthorities = MaxAuthorities;
    type MaxAncestries = MaxAncestries;
    type MaxProofSize = MaxProofSize;
    type WeightInfo = ();
}

/// Two hospitals, an account of each, and one account that belongs to no hospital.
pub const A: HospitalId = H256([0xaa; 32]);
pub const B: HospitalId = H256([0xbb; 32]);
pub const NO_MEMBER: HospitalId = H256([0xee; 32]);
pub const OPERATOR_A: u64 = 1;
pub const REQUESTER_B: u64 = 2;
pub const ANCHORER_B: u64 = 3;
pub const STRANGER: u64 = 9;

/// Voters of weight one, by the number of their test account.
pub fn voters(numbers: &[u16]) -> Vec<(Account, AuthorityWeight)> {
    numbers.iter().map(|number| (Account(*number), 1)).collect()
}

/// The same voters as a pallet argument.
pub fn authorities(numbers: &[u16]) -> Authorities<MaxAuthorities> {
    let list: Vec<(AuthorityId, AuthorityWeight)> = numbers
        .iter()
        .map(|number| (Account(*number).into(), 1))
        .collect();
    list.try_into().unwrap()
}

/// A header at `number` whose state root is derived from `salt`.
pub fn header(number: u32, salt: u8) -> Header {
    Header::new(
        number,
        H256::zero(),
        H256([salt; 32]),
        H256::zero(),
        Default::default(),
    )
}

/// `header` with a GRANDPA signal in its digest.
pub fn with_log(mut header: Header, log: ConsensusLog<u32>) -> Header {
    header
        .digest_mut()
        .push(DigestItem::Consensus(GRANDPA_ENGINE_ID, log.encode()));
    header
}

/// `header`, with `total` entry blocks in its chain up to it.
pub fn with_total(mut header: Header, total: Sequence) -> Header {
    let content = ContentDigest {
        total,
        ..Default::default()
    };
    header.digest_mut().push(content.to_digest_item());
    header
}

/// `header` with a scheduled change to `numbers`.
pub fn with_change(header: Header, numbers: &[u16], delay: u32) -> Header {
    let next_authorities = authorities(numbers).into_inner();
    with_log(
        header,
        ConsensusLog::ScheduledChange(ScheduledChange {
            next_authorities,
            delay,
        }),
    )
}

/// A justification of `header` by exactly these voters.
pub fn justify(header: &Header, numbers: &[u16], set_id: SetId) -> Justification {
    justify_with(header, numbers, set_id, 0, 1)
}

/// A justification whose votes are on `forks` forks with `ancestors` headers in total.
pub fn justify_with(
    header: &Header,
    numbers: &[u16],
    set_id: SetId,
    ancestors: u32,
    forks: u32,
) -> Justification {
    make_justification_for_header(JustificationGeneratorParams {
        header: header.clone(),
        round: 7,
        set_id,
        authorities: voters(numbers),
        ancestors,
        forks,
    })
}

/// The state of a hospital chain: its root, and a proof of `key`.
pub fn state(pairs: &[(&[u8], &[u8])], key: &[u8]) -> (H256, Vec<Vec<u8>>) {
    use sp_state_machine::{prove_read, Backend, InMemoryBackend};
    let changes = pairs
        .iter()
        .map(|(key, value)| (key.to_vec(), Some(value.to_vec())))
        .collect();
    let backend = InMemoryBackend::<Hashing>::from((vec![(None, changes)], StateVersion::V1));
    let root = backend
        .storage_root(core::iter::empty(), StateVersion::V1)
        .0;
    let proof = prove_read(backend, [key]).unwrap();
    (root, proof.into_iter_nodes().collect())
}

/// Prepares a chain state, then runs a test and checks the invariants.
#[derive(Default)]
pub struct ExtBuilder {
    anchors: Vec<(HospitalId, Header, Vec<u16>, SetId)>,
}

impl ExtBuilder {
    /// Anchors a hospital at `header`. The numbered voters sign after it.
    pub fn anchored(
        mut self,
        hospital: HospitalId,
        header: Header,
        voters: &[u16],
        set_id: SetId,
    ) -> Self {
        self.anchors
            .push((hospital, header, voters.to_vec(), set_id));
        self
    }

    /// Anchors hospital A at block 10. Voters 0 to 3 sign after it as set 5.
    pub fn anchored_a(self) -> Self {
        self.anchored(A, header(10, 0), &[0, 1, 2, 3], 5)
    }

    /// A chain at block 1 without anchors.
    pub fn build() -> sp_io::TestExternalities {
        let storage = frame_system::GenesisConfig::<Test>::default()
            .build_storage()
            .unwrap();
        let mut ext = sp_io::TestExternalities::from(storage);
        ext.execute_with(|| {
            System::set_block_number(1);
            Members::add_operator(A, &OPERATOR_A);
            Members::add_requester(B, &REQUESTER_B);
            Members::add_anchorer(B, &ANCHORER_B);
        });
        ext
    }

    /// Runs `test`, then checks the invariants.
    pub fn execute(self, test: impl FnOnce()) {
        NowSlot::set(100);
        RegisteredBlocks::set(BTreeMap::new());
        Suspended::set(Vec::new());
        Anchored::set(Vec::new());
        MaySuspend::set(true);
        Bases::set(BTreeMap::new());
        MayIncarnate::set(true);
        WithoutRoom::set(Vec::new());
        Self::build().execute_with(|| {
            for (hospital, header, voters, set_id) in self.anchors {
                HospitalAnchor::initialise_anchor(
                    RuntimeOrigin::root(),
                    hospital,
                    Box::new(header),
                    authorities(&voters),
                    set_id,
                )
                .unwrap();
            }
            System::reset_events();
            test();
            HospitalAnchor::do_try_state().unwrap();
        });
    }
}
