// SPDX-License-Identifier: Apache-2.0
//! A consortium runtime with nothing but this pallet, real batches, and hospital chains made up by tests.
//!
//! The state of hospital chains is a map here: real tries and proofs of them are tested where they are
//! checked, in `pallet-hospital-anchor`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate as pallet_phi_index;
use crate::types::StorageProof;
use bspp_peks::{encryptor_id, OpenBatch};
use bspp_primitives::{
    entries_root, entry_block_storage, epoch_start, next_chain_hash,
    traits::{AnchoredState, BatchVerifier, Membership},
    BatchHeader, BatchId, Entry, EntryBlock, Epoch, HospitalId, Sequence, Slot, X25519Key,
};
use codec::Encode;
use frame_support::{
    derive_impl, parameter_types,
    traits::{ConstU32, Hooks},
};
use rand::{rngs::StdRng, SeedableRng};
use sp_core::H256;
use sp_runtime::{BuildStorage, DispatchError, DispatchResult};
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
    type MaxBatchesPerEpoch = ConstU32<4>;
    type WeightInfo = ();
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = Maker;
}

/// Two hospitals and those who act for them.
pub const A: HospitalId = H256([0xaa; 32]);
pub const B: HospitalId = H256([0xbb; 32]);
pub const OPERATOR_A: u64 = 1;
pub const DELEGATE_A: u64 = 2;
pub const OPERATOR_B: u64 = 3;
pub const STRANGER: u64 = 9;
/// The month in which tests begin: 2026-11.
pub const MONTH: Epoch = 56 * 12 + 10;
/// The anchored head that every test reads at.
pub const HEAD: H256 = H256([0x4e; 32]);

/// Values of hospital chains by hospital and storage key.
type States = BTreeMap<(HospitalId, Vec<u8>), Vec<u8>>;

thread_local! {
    static MEMBERS: RefCell<BTreeMap<u64, (HospitalId, bool)>> = const { RefCell::new(BTreeMap::new()) };
    static STATE: RefCell<States> = const { RefCell::new(BTreeMap::new()) };
}

/// Members by account: the hospital, and whether the account is its operator.
pub struct Members;
impl Membership<u64> for Members {
    fn hospital_of(who: &u64) -> Option<HospitalId> {
        MEMBERS.with_borrow(|members| members.get(who).map(|(hospital, _)| *hospital))
    }
    fn is_operator(who: &u64, hospital: &HospitalId) -> bool {
        MEMBERS.with_borrow(|members| members.get(who) == Some(&(*hospital, true)))
    }
    fn is_active(hospital: &HospitalId) -> bool {
        MEMBERS.with_borrow(|members| members.values().any(|(member, _)| member == hospital))
    }
    fn encryption_key(_: &HospitalId, _: Epoch) -> Option<X25519Key> {
        None
    }
    #[cfg(feature = "runtime-benchmarks")]
    fn make_member(hospital: &HospitalId, operator: &u64, delegate: &u64) {
        MEMBERS.with_borrow_mut(|members| {
            members.insert(*operator, (*hospital, true));
            members.insert(*delegate, (*hospital, false));
        });
    }
}

/// States of hospital chains at [`HEAD`]. The proof is not looked at.
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

/// The real check of batches.
pub struct Verifier;
impl BatchVerifier for Verifier {
    fn verify(header: &BatchHeader, chain: &H256) -> bool {
        header.verify(&chain.0).is_ok()
    }
}

/// A header of `hospital` for `epoch`, whose secret `seed` determines.
pub fn batch_header(hospital: HospitalId, epoch: Epoch, seed: u64) -> BatchHeader {
    let mut rng = StdRng::seed_from_u64(seed);
    let enc = encryptor_id(b"ward", &[7; 32]);
    let open = OpenBatch::open(
        &ChainId::get().0,
        &hospital.0,
        &enc,
        seed as u32,
        epoch,
        &mut rng,
    );
    open.header().clone()
}

/// Makes arguments for benchmarks.
#[cfg(feature = "runtime-benchmarks")]
pub struct Maker;
#[cfg(feature = "runtime-benchmarks")]
impl crate::benchmarking::BenchmarkHelper for Maker {
    fn set_time(now: bspp_primitives::Moment) {
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

/// An entry with eight slots that `salt` tells apart.
pub fn entry(batch: BatchId, index: u32, salt: u8) -> Entry {
    let slot = |i: u8| Slot {
        tag: [i ^ (salt << 3); 16],
        match_key: [salt; 32],
    };
    Entry {
        batch,
        index,
        payload_hash: H256([salt; 32]),
        key_commitment: H256([!salt; 32]),
        slots: (0..8).map(slot).collect::<Vec<_>>().try_into().unwrap(),
    }
}

/// The entry block that an honest hospital chain keeps after `last`.
pub fn next_block(last: Option<EntryBlock>, entries: &[Entry]) -> EntryBlock {
    let (previous, number) = last.map_or((H256::zero(), 1), |l| (l.chain_hash, l.number + 3));
    let (count, root) = (entries.len() as u32, entries_root(entries));
    let chain_hash = next_chain_hash(&previous, number, count, &root);
    EntryBlock {
        number,
        count,
        root,
        chain_hash,
    }
}

/// Stores an entry block in a hospital chain's state, after the last registered one.
pub fn store(hospital: HospitalId, sequence: Sequence, entries: &[Entry]) -> EntryBlock {
    let last = sequence
        .checked_sub(1)
        .map(|s| PhiIndex::registered_block(&hospital, s).unwrap().block);
    let block = next_block(last, entries);
    put_state(hospital, entry_block_storage::key(sequence), block.encode());
    block
}

/// Calls `register_entries` as `who`.
pub fn register(who: u64, sequence: Sequence, entries: Vec<Entry>) -> DispatchResult {
    let entries = entries.try_into().unwrap();
    let origin = RuntimeOrigin::signed(who);
    PhiIndex::register_entries(origin, sequence, HEAD, StorageProof::default(), entries)
}

/// Stores and registers; each registration is in an extrinsic of its own.
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
            now: epoch_start(MONTH).unwrap() + 1,
            batches: Vec::new(),
        }
    }
}

impl ExtBuilder {
    /// Registers a batch of `hospital` in the month of the beginning.
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
        MEMBERS.with_borrow_mut(|members| {
            *members = [
                (OPERATOR_A, (A, true)),
                (DELEGATE_A, (A, false)),
                (OPERATOR_B, (B, true)),
            ]
            .into();
        });
        STATE.with_borrow_mut(BTreeMap::clear);
        Self::build().execute_with(|| {
            set_time(self.now);
            let epoch = bspp_primitives::epoch_at(self.now).unwrap();
            let ids = self.batches.into_iter().map(|(hospital, seed)| {
                let header = batch_header(hospital, epoch, seed);
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
