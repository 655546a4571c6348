// SPDX-License-Identifier: Apache-2.0
//! A runtime with only this pallet, and records as a gateway makes them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate as pallet_phi_records;
use bspp_peks::{encryptor_id, BatchHeader, G1Point, SchnorrProof};
use bspp_primitives::traits::{Consents, HospitalChain, Staff};
pub use bspp_test_kit::Clock;
use bspp_test_kit::EntryBuilder;
use bspp_types::{
    payload_hash, BatchId, ConsentId, DisclosureGround, Entry, FilingMonth, HospitalBatch,
    HospitalId, Moment, Record, RecordId, MAX_CHUNK_BYTES,
};
use codec::Encode;
use frame_support::{
    derive_impl, parameter_types,
    traits::{ConstU64, Hooks},
};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::{traits::Dispatchable, BuildStorage, DispatchResult};

pub const GATEWAY: u64 = 10;
pub const STRANGER: u64 = 99;
pub const PATIENT: [u8; 32] = [0x50; 32];
pub const OTHER_PATIENT: [u8; 32] = [0x51; 32];
/// The hospital of the chain.
pub const HOSPITAL: HospitalId = H256([0xa1; 32]);
/// Genesis hash of the consortium chain.
pub const CHAIN: H256 = H256([0xc1; 32]);
/// The batch of [`entry`], which [`GATEWAY`] owns. Its month is [`FROM`].
pub const BATCH: BatchId = H256([7; 32]);
/// Consent of [`PATIENT`], for the months [`FROM`] to [`UNTIL`].
pub const CONSENT: ConsentId = H256([0x60; 32]);
/// Consent of [`OTHER_PATIENT`], for the same months.
pub const OTHER_CONSENT: ConsentId = H256([0x61; 32]);
pub const FROM: FilingMonth = 689;
pub const UNTIL: FilingMonth = 690;
/// The time at which every test begins: 2 June 2027, month 689.
pub const NOW: Moment = 1_812_000_000_000;
/// Number of blocks for which an unused chunk is kept.
pub const LIFETIME: u64 = 20;
/// Maximum size of a record's ciphertext in tests.
pub const MAX_RECORD: u32 = MAX_CHUNK_BYTES + 100;

frame_support::construct_runtime!(
    pub enum Test {
        System: frame_system,
        PhiRecords: pallet_phi_records,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
}

parameter_types! {
    /// Consents in force: identifier and patient.
    pub static InForce: Vec<(ConsentId, [u8; 32])> = Vec::new();
    /// Accounts that may store records.
    pub static MayStore: Vec<u64> = Vec::new();
    /// Maximum size of a record's ciphertext.
    pub static MaxRecordBytes: u32 = MAX_RECORD;
}

/// The hospital of the chain, and its consortium.
pub struct Identity;

impl HospitalChain for Identity {
    fn hospital() -> HospitalId {
        HOSPITAL
    }

    fn chain() -> H256 {
        CHAIN
    }
}

impl pallet_phi_records::Config for Test {
    type Chain = Identity;
    type Staff = Named;
    type Consents = Agreements;
    type Time = Clock;
    type MaxRecordBytes = MaxRecordBytes;
    type ChunkLifetime = ConstU64<LIFETIME>;
    type WeightInfo = ();
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = Maker;
}

/// The staff: the accounts in [`MayStore`].
pub struct Named;

impl Staff<u64> for Named {
    fn may_store(who: &u64) -> bool {
        MayStore::get().contains(who)
    }

    fn may_enrol(who: &u64) -> bool {
        Self::may_store(who)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn make_staff(who: &u64) {
        MayStore::mutate(|staff| staff.push(*who));
    }
}

pub struct Agreements;

impl Consents for Agreements {
    fn covers(consent: &ConsentId, patient: &[u8; 32], filing_month: FilingMonth) -> bool {
        InForce::get().contains(&(*consent, *patient)) && (FROM..=UNTIL).contains(&filing_month)
    }
}

/// Prepares the state for benchmarks.
#[cfg(feature = "runtime-benchmarks")]
pub struct Maker;

#[cfg(feature = "runtime-benchmarks")]
impl crate::benchmark_helper::BenchmarkHelper for Maker {
    fn make_consent(patient: [u8; 32]) -> ConsentId {
        // Benchmarks store the largest record of all.
        MaxRecordBytes::set(bspp_types::MAX_CHUNKS * MAX_CHUNK_BYTES);
        Clock::set(NOW);
        InForce::mutate(|consents| consents.push((CONSENT, patient)));
        CONSENT
    }
}

/// Builds a chain, runs a test on it, and checks the state after the test.
#[derive(Default)]
pub struct ExtBuilder {
    chunks: Vec<Vec<u8>>,
    records: Vec<Record>,
}

impl ExtBuilder {
    /// Stores a chunk in block 1.
    pub fn with_chunk(mut self, data: &[u8]) -> Self {
        self.chunks.push(data.to_vec());
        self
    }

    /// Stores the chunk and the record of [`record`] in block 1.
    pub fn with_record(mut self, n: u8) -> Self {
        self.records.push(record(n));
        self.with_chunk(&ciphertext(n))
    }

    pub fn build(self) -> sp_io::TestExternalities {
        let storage = frame_system::GenesisConfig::<Test>::default()
            .build_storage()
            .unwrap();
        let mut ext = sp_io::TestExternalities::new(storage);
        ext.execute_with(|| {
            MayStore::set(vec![GATEWAY]);
            MaxRecordBytes::set(MAX_RECORD);
            InForce::set(vec![(CONSENT, PATIENT), (OTHER_CONSENT, OTHER_PATIENT)]);
            System::set_block_number(1);
            System::set_extrinsic_index(0);
            Clock::set(NOW);
            put_batch(BATCH, GATEWAY, FROM);
            for data in self.chunks {
                store_chunk(GATEWAY, data).unwrap();
            }
            for record in self.records {
                store_record(GATEWAY, record).unwrap();
            }
            next_block();
            System::reset_events();
        });
        ext
    }

    pub fn build_and_execute(self, test: impl FnOnce()) {
        self.build().execute_with(|| {
            test();
            PhiRecords::do_try_state().unwrap();
            // Again with the last block sealed.
            next_block();
            PhiRecords::do_try_state().unwrap();
        });
    }
}

/// Seals this block and begins the next.
pub fn next_block() {
    let number = System::block_number();
    PhiRecords::on_finalize(number);
    System::set_block_number(number + 1);
    System::set_extrinsic_index(0);
    PhiRecords::on_initialize(number + 1);
}

fn dispatch(origin: RuntimeOrigin, call: crate::Call<Test>) -> DispatchResult {
    // The call runs as in a block: a call that fails changes nothing.
    RuntimeCall::PhiRecords(call)
        .dispatch(origin)
        .map(|_| ())
        .map_err(|failed| failed.error)
}

pub fn store_chunk(who: u64, data: Vec<u8>) -> DispatchResult {
    dispatch(
        RuntimeOrigin::signed(who),
        crate::Call::store_chunk { data },
    )
}

pub fn store_record(who: u64, record: Record) -> DispatchResult {
    store_record_by(RuntimeOrigin::signed(who), record)
}

pub fn store_record_by(origin: RuntimeOrigin, record: Record) -> DispatchResult {
    dispatch(origin, crate::Call::store_record { record })
}

/// Bytes in place of the `n`th record's ciphertext.
pub fn ciphertext(n: u8) -> Vec<u8> {
    vec![n; 64]
}

/// The BLAKE2b-256 hash of `data`.
pub fn hash(data: &[u8]) -> H256 {
    H256(blake2_256(data))
}

/// An entry with eight slots, the `n`th of its batch.
pub fn entry(n: u8) -> Entry {
    EntryBuilder::new(n)
        .payload_hash(payload_hash(&ciphertext(n)))
        .build()
}

/// A record of one chunk with [`entry`] and [`ciphertext`].
pub fn record(n: u8) -> Record {
    Record {
        entry: entry(n),
        wraps: vec![[n; 48]; 8].try_into().unwrap(),
        chunks: vec![hash(&ciphertext(n))].try_into().unwrap(),
        patient: PATIENT,
        consent: CONSENT,
    }
}

/// Identifier of [`record`].
pub fn rid(n: u8) -> RecordId {
    entry(n).rid()
}

/// A request on the consortium chain, as the ground of a disclosure.
pub fn request(n: u8) -> DisclosureGround {
    DisclosureGround::Request(H256([n; 32]))
}

/// Puts a batch into the state, as if its owner had opened it.
pub fn put_batch(id: BatchId, owner: u64, filing_month: FilingMonth) {
    let batch = HospitalBatch {
        owner,
        filing_month,
        next_index: 0,
    };
    crate::Batches::<Test>::insert(id, batch);
}

/// A header of an account and a month. Its proof is not checked on this chain.
pub fn header(owner: u64, salt: &[u8; 32], filing_month: FilingMonth) -> BatchHeader {
    let point = G1Point::generator().to_bytes();
    BatchHeader {
        hospital: HOSPITAL.0,
        enc: owner.using_encoded(|bytes| encryptor_id(bytes, salt)),
        number: 1,
        filing_month,
        point,
        proof: SchnorrProof {
            commitment: point,
            response: [0; 32],
        },
    }
}

/// The pallet's events in their order.
pub fn events() -> Vec<crate::Event<Test>> {
    System::events()
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::PhiRecords(event) => Some(event),
            _ => None,
        })
        .collect()
}
