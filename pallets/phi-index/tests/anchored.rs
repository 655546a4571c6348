// SPDX-License-Identifier: Apache-2.0
//! The whole way from a hospital block to a registered entry, without mocks of data.
//!
//! The test has a real state trie, a real GRANDPA justification, a real storage proof and a real
//! batch.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use bp_test_utils::{make_justification_for_header, Account, JustificationGeneratorParams};
use bspp_peks::{BatchHeader, OpenBatch};
use bspp_primitives::{
    entry_commitment_storage,
    traits::{
        Anchorage, BatchVerifier, BlockContent, CurrentSlot, RegisteredCount, RegisteredEntries,
        SuspendHospital,
    },
    ContentDigest, Hashing, Header,
};
use bspp_test_kit::{EntryBuilder, Members};
use bspp_types::{
    entries_root, entry_proof, filing_month_start, next_chain_hash, BatchId, Entry, EntryBlock,
    EntryCommitment, FilingMonth, HospitalId,
};
use codec::Encode;
use frame_support::{
    assert_noop, assert_ok, derive_impl, parameter_types,
    traits::{ConstU32, ConstU64, Nothing, Time},
};
use frame_system::EnsureRoot;
use sp_core::H256;
use sp_runtime::{traits::Header as _, BuildStorage, DispatchResult, StateVersion};

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        HospitalAnchor: pallet_hospital_anchor,
        PhiIndex: pallet_phi_index,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
}

parameter_types! {
    pub const ChainId: H256 = H256([0xc0; 32]);
}

impl pallet_hospital_anchor::Config for Test {
    type ForceOrigin = EnsureRoot<u64>;
    type Membership = Members;
    type Slot = Slots;
    type MaxSlotDrift = ConstU64<20>;
    type Registered = PhiIndex;
    type ClockStands = Nothing;
    type OnAnchored = PhiIndex;
    type OnConflict = NobodySuspended;
    type MaxHeads = ConstU32<8>;
    type MaxAuthorities = ConstU32<8>;
    type MaxAncestries = ConstU32<8>;
    type MaxProofSize = ConstU32<65_536>;
    type WeightInfo = ();
}

impl pallet_phi_index::Config for Test {
    type Membership = Members;
    type AnchoredState = HospitalAnchor;
    type BatchVerifier = Verifier;
    type ChainId = ChainId;
    type Time = Clock;
    type MaxBatchesPerFilingMonth = ConstU32<4>;
    type Quota = ();
    type WeightInfo = ();
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = NoBenchmarks;
}

#[cfg(feature = "runtime-benchmarks")]
pub struct NoBenchmarks;
#[cfg(feature = "runtime-benchmarks")]
impl pallet_phi_index::benchmark_helper::BenchmarkHelper for NoBenchmarks {
    fn set_time(_: u64) {}
    fn anchor_state(
        hospital: &HospitalId,
        key: &[u8],
        value: &[u8],
        depth: u32,
    ) -> Option<(H256, Vec<Vec<u8>>)> {
        pallet_hospital_anchor::benchmarking::anchor_state::<Test>(hospital, key, value, depth)
    }
}

const A: HospitalId = H256([0xaa; 32]);
const OPERATOR: u64 = 1;
const MONTH: FilingMonth = 682;

pub struct Verifier;
impl BatchVerifier for Verifier {
    fn verify(header: &BatchHeader, chain: &H256) -> bool {
        header.verify(&chain.0).is_ok()
    }
}

/// Ten slots per block.
pub struct Slots;
impl CurrentSlot for Slots {
    fn current_slot() -> u64 {
        System::block_number() * 10
    }
    #[cfg(feature = "runtime-benchmarks")]
    fn set_slot(slot: u64) {
        System::set_block_number(slot / 10);
    }
}

/// A mock that refuses every suspension.
pub struct NobodySuspended;
impl SuspendHospital for NobodySuspended {
    fn suspend(_: &HospitalId) -> DispatchResult {
        Err(sp_runtime::DispatchError::Other("TooFewAuthors"))
    }
}

/// A clock that always shows noon of the month's first day.
pub struct Clock;
impl Time for Clock {
    type Moment = u64;
    fn now() -> u64 {
        filing_month_start(MONTH).unwrap() + 43_200_000
    }
}

/// A hospital chain: its state and its finality voters.
#[derive(Default)]
struct HospitalChain {
    state: Vec<(Vec<u8>, Vec<u8>)>,
    last: Option<EntryCommitment>,
    sequence: u32,
}

impl HospitalChain {
    fn new() -> Self {
        // Long and short values of other pallets.
        let other = |i: u32| {
            (
                H256::from_low_u64_be(i.into()).0.to_vec(),
                vec![i as u8; i as usize],
            )
        };
        Self {
            state: (1..60).map(other).collect(),
            ..Default::default()
        }
    }

    fn store(&mut self, number: u32, entries: &[Entry]) {
        let previous = self.last.map_or(H256::zero(), |last| last.chain_hash);
        let (count, root) = (entries.len() as u32, entries_root(entries));
        let chain_hash = next_chain_hash(&previous, number, count, &root);
        let block = EntryCommitment {
            number,
            count,
            root,
            chain_hash,
        };
        self.state
            .push((entry_commitment_storage::key(self.sequence), block.encode()));
        self.sequence += 1;
        self.last = Some(block);
    }

    /// The state's root and a proof of the entry block at `sequence`.
    fn prove(&self, sequence: u32) -> (H256, Vec<Vec<u8>>) {
        use sp_state_machine::{prove_read, Backend, InMemoryBackend};
        let changes = self
            .state
            .iter()
            .cloned()
            .map(|(key, value)| (key, Some(value)))
            .collect();
        let backend = InMemoryBackend::<Hashing>::from((vec![(None, changes)], StateVersion::V1));
        let root = backend
            .storage_root(core::iter::empty(), StateVersion::V1)
            .0;
        let proof = prove_read(backend, [entry_commitment_storage::key(sequence)]).unwrap();
        (root, proof.into_iter_nodes().collect())
    }

    /// Finalizes block `number` with the present state and anchors it.
    fn anchor(&self, number: u32) -> H256 {
        let mut header = header(number, self.prove(0).0);
        let content = ContentDigest {
            total: self.sequence,
            ..Default::default()
        };
        header.digest_mut().push(content.to_digest_item());
        let voters = (0..3).map(|i| (Account(i), 1)).collect();
        let justification = make_justification_for_header(JustificationGeneratorParams {
            header: header.clone(),
            round: 1,
            set_id: 0,
            authorities: voters,
            ancestors: 2,
            forks: 1,
        });
        let hash = header.hash();
        let relayer = RuntimeOrigin::signed(OPERATOR);
        let header = Box::new(header);
        assert_ok!(HospitalAnchor::submit_finality_proof(
            relayer,
            A,
            header,
            justification
        ));
        hash
    }
}

fn header(number: u32, state_root: H256) -> Header {
    Header::new(
        number,
        H256::zero(),
        state_root,
        H256::zero(),
        Default::default(),
    )
}

fn entry(batch: BatchId, index: u32) -> Entry {
    EntryBuilder::new(index as u8)
        .batch(batch)
        .index(index)
        .build()
}

/// Registers entry blocks, each with its sequence number, its height and its entries.
fn register(head: H256, proof: Vec<Vec<u8>>, blocks: &[(u32, u32, &[Entry])]) -> DispatchResult {
    let nodes: Vec<_> = proof
        .into_iter()
        .map(|node| node.try_into().unwrap())
        .collect();
    let blocks: Vec<_> = blocks
        .iter()
        .map(|(sequence, number, entries)| EntryBlock {
            sequence: *sequence,
            number: *number,
            entries: entries.to_vec().try_into().unwrap(),
        })
        .collect();
    PhiIndex::register_blocks(
        RuntimeOrigin::signed(OPERATOR),
        head,
        nodes.try_into().unwrap(),
        blocks.try_into().unwrap(),
    )
    .map(|_| ())
    .map_err(|error| error.error)
}

fn execute(test: impl FnOnce(HospitalChain, BatchId)) {
    let storage = frame_system::GenesisConfig::<Test>::default()
        .build_storage()
        .unwrap();
    sp_io::TestExternalities::from(storage).execute_with(|| {
        System::set_block_number(1);
        System::set_extrinsic_index(1);
        Members::add_operator(A, &OPERATOR);
        let voters: Vec<_> = (0..4).map(|i| (Account(i).into(), 1)).collect();
        let genesis = Box::new(header(0, H256::zero()));
        let voters = voters.try_into().unwrap();
        assert_ok!(HospitalAnchor::initialise_anchor(
            RuntimeOrigin::root(),
            A,
            genesis,
            voters,
            0
        ));
        let rng = &mut rand::rngs::OsRng;
        let open = OpenBatch::open(&ChainId::get().0, &A.0, &[1; 32], 0, MONTH, rng);
        let batch = open.header().clone();
        assert_ok!(PhiIndex::register_batch(
            RuntimeOrigin::signed(OPERATOR),
            batch
        ));
        test(HospitalChain::new(), open.id().into());
    });
}

#[test]
fn register_blocks_should_accept_what_the_anchored_chain_stores() {
    execute(|mut chain, batch| {
        let (first, second) = ([entry(batch, 0), entry(batch, 1)], [entry(batch, 2)]);
        chain.store(3, &first);
        chain.store(9, &second);
        // One later head proves both blocks, by a proof of the second one.
        let head = chain.anchor(20);
        let blocks = [(0, 3, &first[..]), (1, 9, &second[..])];
        assert_ok!(register(head, chain.prove(1).1, &blocks));
        for (sequence, entries) in [(0, &first[..]), (1, &second[..])] {
            for (leaf, entry) in (0..).zip(entries) {
                let path = entry_proof(entries, leaf).unwrap();
                assert!(PhiIndex::is_registered(&A, sequence, entry, &path));
            }
        }
    });
}

#[test]
fn registering_should_end_the_waiting_of_entry_blocks() {
    execute(|mut chain, batch| {
        let (first, second) = ([entry(batch, 0)], [entry(batch, 1)]);
        let waiting = || HospitalAnchor::waiting_since(&A, PhiIndex::registered(&A));
        assert_eq!(waiting(), None);
        chain.store(3, &first);
        chain.anchor(20);
        System::set_block_number(5);
        chain.store(25, &second);
        let head = chain.anchor(30);
        assert_eq!(HospitalAnchor::anchored(&A).unwrap().entry_blocks, 2);
        assert_eq!(waiting(), Some(10));
        assert_ok!(register(head, chain.prove(0).1, &[(0, 3, &first[..])]));
        assert_eq!(waiting(), Some(50));
        System::set_extrinsic_index(2);
        assert_ok!(register(head, chain.prove(1).1, &[(1, 25, &second[..])]));
        assert_eq!(waiting(), None);
        assert_eq!(PhiIndex::content().count, 2);
    });
}

#[test]
fn entries_of_an_unanchored_state_should_be_refused() {
    execute(|mut chain, batch| {
        let honest = [entry(batch, 0)];
        chain.store(3, &honest);
        let head = chain.anchor(20);
        // The operator invents another state with other entries.
        let mut forged = HospitalChain::new();
        let other = [entry(batch, 7)];
        forged.store(3, &other);
        let invalid = || pallet_hospital_anchor::Error::<Test>::InvalidProof;
        let (proof, blocks) = (forged.prove(0).1, [(0, 3, &other[..])]);
        assert_noop!(register(head, proof.clone(), &blocks), invalid());
        let unknown = header(20, forged.prove(0).0).hash();
        let refusal = pallet_hospital_anchor::Error::<Test>::UnknownHead;
        assert_noop!(register(unknown, proof, &blocks), refusal);
        assert_ok!(register(head, chain.prove(0).1, &[(0, 3, &honest[..])]));
    });
}

#[test]
fn entry_block_not_yet_stored_should_be_absent() {
    execute(|mut chain, batch| {
        chain.store(3, &[entry(batch, 0)]);
        let head = chain.anchor(20);
        let proof = chain.prove(1).1;
        assert_ok!(register(
            head,
            chain.prove(0).1,
            &[(0, 3, &[entry(batch, 0)][..])]
        ));
        System::set_extrinsic_index(2);
        let refusal = pallet_hospital_anchor::Error::<Test>::ValueAbsent;
        assert_noop!(
            register(head, proof, &[(1, 9, &[entry(batch, 1)][..])]),
            refusal
        );
    });
}

#[test]
fn rebuilt_chain_should_be_registered_after_the_council_starts_its_incarnation() {
    execute(|mut chain, batch| {
        let old = [entry(batch, 0)];
        chain.store(3, &old);
        let head = chain.anchor(20);
        assert_ok!(register(head, chain.prove(0).1, &[(0, 3, &old[..])]));
        let voters: Vec<_> = (4..8).map(|i| (Account(i).into(), 1)).collect();
        // The council starts at the head of the new chain that shows its first block.
        let mut rebuilt = HospitalChain::new();
        let new = [entry(batch, 1)];
        rebuilt.store(2, &new);
        let mut start = header(5, rebuilt.prove(0).0);
        let content = ContentDigest {
            total: 1,
            ..Default::default()
        };
        start.digest_mut().push(content.to_digest_item());
        assert_ok!(HospitalAnchor::start_incarnation(
            RuntimeOrigin::root(),
            A,
            Box::new(start.clone()),
            voters.try_into().unwrap(),
            0
        ));
        assert_eq!(HospitalAnchor::anchored(&A).unwrap().entry_blocks, 2);
        System::set_extrinsic_index(2);
        let unknown = pallet_hospital_anchor::Error::<Test>::UnknownHead;
        let proof = chain.prove(0).1;
        assert_noop!(register(head, proof, &[(1, 2, &new[..])]), unknown);
        let proof = rebuilt.prove(0).1;
        assert_ok!(register(start.hash(), proof, &[(1, 2, &new[..])]));
        assert_eq!(PhiIndex::registered(&A), 2);
        assert_eq!(HospitalAnchor::waiting_since(&A, 2), None);
    });
}
