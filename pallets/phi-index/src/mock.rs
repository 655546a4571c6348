// SPDX-License-Identifier: Apache-2.0
//! A consortium runtime with this pallet, real batches, and invented hospital chains.
//!
//! The state of hospital chains is a map here: `pallet-hospital-anchor`, which checks real tries
//! and proofs, tests them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate as pallet_phi_index;
use crate::types::StorageProof;
use bspp_peks::{encryptor_id, BatchHeader, OpenBatch};
use bspp_primitives::{
    entry_commitment_storage,
    traits::{AnchoredState, BatchVerifier, Membership},
};
use bspp_test_kit::{EntryBuilder, Members};
use bspp_types::{
    entries_root, filing_month_start, next_chain_hash, BatchId, BlockNumber, Entry, EntryBlock,
    EntryCommitment, FilingMonth, HospitalId, Registration, Sequence,
};
use codec::{Decode, Encode};
use frame_support::{
    derive_impl, parameter_types,
    traits::{ConstU32, Hooks},
};
use rand::{rngs::StdRng, SeedableRng};
use sp_core::H256;
use sp_runtime::{generic, BuildStorage, DispatchError, DispatchResult};
use std::{cell::RefCell, collections::BTreeMap};

type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        Timestamp: pallet_timestamp,
        PhiIndex: pallet_phi_index,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = Block;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

parameter_types! {
    pub const ChainId: H256 = H256([0xc0; 32]);
}

impl crate::Config for Test {
    type Membership = Members;
    type AnchoredState = HospitalChains;
    type BatchVerifier = Verifier;
    type ChainId = ChainId;
    type Time = Timestamp;
    type MaxBatchesPerFilingMonth = ConstU32<4>;
    type Quota = ();
    type WeightInfo = ();
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = Maker;
}

/// Two hospitals and the accounts that act for them.
pub const A: HospitalId = H256([0xaa; 32]);
pub const B: HospitalId = H256([0xbb; 32]);
pub const OPERATOR_A: u64 = 1;
pub const REQUESTER_A: u64 = 2;
pub const OPERATOR_B: u64 = 3;
pub const STRANGER: u64 = 9;
/// The month in which tests begin: 2026-11.
pub const MONTH: FilingMonth = 56 * 12 + 10;
/// The anchored head at which every test reads.
pub const HEAD: H256 = H256([0x4e; 32]);

/// Values of hospital chains by hospital and storage key.
type States = BTreeMap<(HospitalId, Vec<u8>), Vec<u8>>;

thread_local! {
    static STATE: RefCell<States> = const { RefCell::new(BTreeMap::new()) };
}

/// States of hospital chains at [`HEAD`]. The proof is ignored.
pub struct HospitalChains;
impl AnchoredState for HospitalChains {
    type Error = DispatchError;
    fn read(
        hospital: &HospitalId,
        head: &H256,
        _: Vec<Vec<u8>>,
        key: &[u8],
    ) -> Result<Vec<u8>, DispatchError> {
        if *head != HEAD {
            return Err(DispatchError::Other("UnknownHead"));
        }
        STATE
            .with_borrow(|state| state.get(&(*hospital, key.to_vec())).cloned())
            .ok_or(DispatchError::Other("ValueAbsent"))
    }
}

/// Puts a value into a hospital's state.
pub fn put_state(hospital: HospitalId, key: Vec<u8>, value: Vec<u8>) {
    STATE.with_borrow_mut(|state| state.insert((hospital, key), value));
}

/// Reads a value of a hospital's state.
pub fn read_state(hospital: HospitalId, key: &[u8]) -> Vec<u8> {
    STATE.with_borrow(|state| state[&(hospital, key.to_vec())].clone())
}

/// The real check of batches.
pub struct Verifier;
impl BatchVerifier for Verifier {
    fn verify(header: &BatchHeader, chain: &H256) -> bool {
        header.verify(&chain.0).is_ok()
    }
}

/// A header of `hospital` for `filing_month`, whose secret `seed` determines.
pub fn batch_header(hospital: HospitalId, filing_month: FilingMonth, seed: u64) -> BatchHeader {
    let mut rng = StdRng::seed_from_u64(seed);
    let enc = encryptor_id(b"ward", &[7; 32]);
    let open = OpenBatch::open(
        &ChainId::get().0,
        &hospital.0,
        &enc,
        seed as u32,
        filing_month,
        &mut rng,
    );
    open.header().clone()
}

/// Makes arguments for benchmarks.
#[cfg(feature = "runtime-benchmarks")]
pub struct Maker;
#[cfg(feature = "runtime-benchmarks")]
impl crate::benchmark_helper::BenchmarkHelper for Maker {
    fn set_time(now: bspp_types::Moment) {
        pallet_timestamp::Now::<Test>::put(now);
    }
    fn anchor_state(
        hospital: &HospitalId,
        key: &[u8],
        value: &[u8],
        depth: u32,
    ) -> Option<(H256, Vec<Vec<u8>>)> {
        put_state(*hospital, key.to_vec(), value.to_vec());
        Some((HEAD, vec![vec![0; 600]; depth as usize + 2]))
    }
}

/// An entry with eight slots, which differ by `salt`.
pub fn entry(batch: BatchId, index: u32, salt: u8) -> Entry {
    EntryBuilder::new(salt).batch(batch).index(index).build()
}

/// The entry block that an honest hospital chain keeps after `last`.
pub fn next_block(last: Option<EntryCommitment>, entries: &[Entry]) -> EntryCommitment {
    let (previous, number) = last.map_or((H256::zero(), 1), |l| (l.chain_hash, l.number + 3));
    let (count, root) = (entries.len() as u32, entries_root(entries));
    let chain_hash = next_chain_hash(&previous, number, count, &root);
    EntryCommitment {
        number,
        count,
        root,
        chain_hash,
    }
}

/// Stores an entry block in a hospital chain's state, after the last registered one.
pub fn store(hospital: HospitalId, sequence: Sequence, entries: &[Entry]) -> EntryCommitment {
    let base = PhiIndex::incarnation(&hospital).base;
    let last = sequence
        .checked_sub(1)
        .filter(|before| *before >= base)
        .map(|s| PhiIndex::registered_block(&hospital, s).unwrap().block);
    let block = next_block(last, entries);
    put_state(
        hospital,
        entry_commitment_storage::key(sequence - base),
        block.encode(),
    );
    block
}

/// Stores entry blocks in a hospital chain's state, as one call registers them.
pub fn store_all(hospital: HospitalId, first: Sequence, lists: &[Vec<Entry>]) -> Vec<EntryBlock> {
    let base = PhiIndex::incarnation(&hospital).base;
    let mut last = first
        .checked_sub(1)
        .filter(|before| *before >= base)
        .map(|s| PhiIndex::registered_block(&hospital, s).unwrap().block);
    let mut blocks = Vec::new();
    for (sequence, entries) in (first..).zip(lists) {
        let block = next_block(last, entries);
        let key = entry_commitment_storage::key(sequence - base);
        put_state(hospital, key, block.encode());
        blocks.push(entry_block(sequence, block.number, entries));
        last = Some(block);
    }
    blocks
}

/// An entry block as an argument of a call.
pub fn entry_block(sequence: Sequence, number: u32, entries: &[Entry]) -> EntryBlock {
    EntryBlock {
        sequence,
        number,
        entries: entries.to_vec().try_into().unwrap(),
    }
}

/// Calls `register_blocks` as `who`.
pub fn register_all(who: u64, blocks: &[EntryBlock]) -> DispatchResult {
    let blocks = blocks.to_vec().try_into().unwrap();
    let origin = RuntimeOrigin::signed(who);
    PhiIndex::register_blocks(origin, HEAD, StorageProof::default(), blocks)
        .map(|_| ())
        .map_err(|error| error.error)
}

/// Registers one entry block, with the height that the hospital chain's state names.
pub fn register(who: u64, sequence: Sequence, entries: Vec<Entry>) -> DispatchResult {
    let hospital = Members::hospital_of(&who).unwrap_or_default();
    let base = PhiIndex::incarnation(&hospital).base;
    let key = entry_commitment_storage::key(sequence.saturating_sub(base));
    let stored = STATE.with_borrow(|state| state.get(&(hospital, key)).cloned());
    let number = stored
        .and_then(|value| EntryCommitment::decode(&mut &value[..]).ok())
        .map_or(1, |block| block.number);
    register_all(who, &[entry_block(sequence, number, &entries)])
}

/// An encoded extrinsic that registers these blocks. The blocks are at its end.
pub fn extrinsic(blocks: &[EntryBlock]) -> Vec<u8> {
    let call = RuntimeCall::PhiIndex(crate::Call::register_blocks {
        head: HEAD,
        proof: StorageProof::default(),
        blocks: blocks.to_vec().try_into().unwrap(),
    });
    generic::UncheckedExtrinsic::<u64, RuntimeCall, (), ()>::new_bare(call).encode()
}

/// The registrations of a block, each of whose extrinsics is given with its position.
pub fn registrations(number: BlockNumber, body: &[(u32, Vec<u8>)]) -> Vec<Registration> {
    PhiIndex::registrations(number, |index| {
        let found = body.iter().find(|(at, _)| *at == index);
        found.map(|(_, bytes)| bytes.clone())
    })
}

/// Stores and registers an entry block, with each registration in an extrinsic of its own.
pub fn store_and_register(who: u64, entries: Vec<Entry>) -> Sequence {
    let hospital = Members::hospital_of(&who).unwrap();
    let sequence = PhiIndex::next_sequence(&hospital);
    store(hospital, sequence, &entries);
    next_extrinsic();
    register(who, sequence, entries).unwrap();
    sequence
}

/// Goes to the next extrinsic of the block.
pub fn next_extrinsic() {
    let index = System::extrinsic_index().unwrap();
    System::set_extrinsic_index(index + 1);
}

/// Goes to the first extrinsic of the next block.
pub fn next_block_number() {
    let number = System::block_number() + 1;
    System::set_block_number(number);
    PhiIndex::on_initialize(number);
    System::set_extrinsic_index(1);
}

/// Sets the clock.
pub fn set_time(moment: u64) {
    pallet_timestamp::Now::<Test>::put(moment);
}

/// Prepares a chain state, then runs a test and checks the invariants after it.
pub struct ExtBuilder {
    now: u64,
    batches: Vec<(HospitalId, u64)>,
}

impl Default for ExtBuilder {
    fn default() -> Self {
        Self {
            now: filing_month_start(MONTH).unwrap() + 1,
            batches: Vec::new(),
        }
    }
}

impl ExtBuilder {
    /// Registers a batch of `hospital` in the first month of the test.
    pub fn with_batch(mut self, hospital: HospitalId, seed: u64) -> Self {
        self.batches.push((hospital, seed));
        self
    }

    /// A chain at block 1, in its second extrinsic.
    pub fn build() -> sp_io::TestExternalities {
        let storage = frame_system::GenesisConfig::<Test>::default()
            .build_storage()
            .unwrap();
        let mut ext = sp_io::TestExternalities::from(storage);
        ext.execute_with(|| {
            System::set_block_number(1);
            System::set_extrinsic_index(1);
        });
        ext
    }

    /// Runs `test` with the identifiers of the batches.
    pub fn execute(self, test: impl FnOnce(Vec<BatchId>)) {
        STATE.with_borrow_mut(BTreeMap::clear);
        Self::build().execute_with(|| {
            Members::add_operator(A, &OPERATOR_A);
            Members::add_requester(A, &REQUESTER_A);
            Members::add_operator(B, &OPERATOR_B);
            set_time(self.now);
            let filing_month = bspp_types::filing_month_at(self.now).unwrap();
            let ids = self.batches.into_iter().map(|(hospital, seed)| {
                let header = batch_header(hospital, filing_month, seed);
                let id = PhiIndex::batch_id(&header);
                let operator = if hospital == A {
                    OPERATOR_A
                } else {
                    OPERATOR_B
                };
                PhiIndex::register_batch(RuntimeOrigin::signed(operator), header).unwrap();
                id
            });
            let ids = ids.collect();
            System::reset_events();
            test(ids);
            PhiIndex::do_try_state().unwrap();
        });
    }
}
