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
    HospitalId, Moment, Record, RecordId,
};
use codec::Encode;
use frame_support::{derive_impl, parameter_types, traits::Hooks};
use frame_system::EnsureSignedBy;
use sp_core::H256;
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

/// The only admin.
pub const ADMIN: u64 = 5;

frame_support::ord_parameter_types! {
    pub const Admins: u64 = ADMIN;
}

parameter_types! {
    /// Consents in force: identifier and patient.
    pub static InForce: Vec<(ConsentId, [u8; 32])> = Vec::new();
    /// Accounts that may store records.
    pub static MayStore: Vec<u64> = Vec::new();
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
    type AdminOrigin = EnsureSignedBy<Admins, u64>;
    type Time = Clock;
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
        Clock::set(NOW);
        InForce::mutate(|consents| consents.push((CONSENT, patient)));
        CONSENT
    }
}

/// Builds a chain, runs a test on it, and checks the state after the test.
#[derive(Default)]
pub struct ExtBuilder {
    records: Vec<Record>,
}

impl ExtBuilder {
    /// Stores the record of [`record`] in block 1.
    pub fn with_record(mut self, n: u8) -> Self {
        self.records.push(record(n));
        self
    }

    pub fn build(self) -> sp_io::TestExternalities {
        let storage = frame_system::GenesisConfig::<Test>::default()
            .build_storage()
            .unwrap();
        let mut ext = sp_io::TestExternalities::new(storage);
        ext.execute_with(|| {
            MayStore::set(vec![GATEWAY]);
            InForce::set(vec![(CONSENT, PATIENT), (OTHER_CONSENT, OTHER_PATIENT)]);
            System::set_block_number(1);
            System::set_extrinsic_index(0);
            Clock::set(NOW);
            put_batch(BATCH, GATEWAY, FROM);
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

/// Stores one record. The result is that of the record, not of the call.
pub fn store_record(who: u64, record: Record) -> DispatchResult {
    store_record_by(RuntimeOrigin::signed(who), record)
}

pub fn store_record_by(origin: RuntimeOrigin, record: Record) -> DispatchResult {
    let rid = record.entry.rid();
    let before = System::events().len();
    frame_support::storage::with_storage_layer(|| {
        store_records_by(origin, vec![record])?;
        let refused = System::events()
            .into_iter()
            .skip(before)
            .find_map(|record| match record.event {
                RuntimeEvent::PhiRecords(crate::Event::RecordRefused { record, error }) => {
                    assert_eq!(record, rid);
                    Some(error)
                }
                _ => None,
            });
        // The event of a refusal goes, so that a test can see that nothing else changed.
        refused.map_or(Ok(()), Err)
    })
}

pub fn store_records(who: u64, records: Vec<Record>) -> DispatchResult {
    store_records_by(RuntimeOrigin::signed(who), records)
}

pub fn store_records_by(origin: RuntimeOrigin, records: Vec<Record>) -> DispatchResult {
    let records = records.try_into().unwrap();
    dispatch(origin, crate::Call::store_records { records })
}

/// Bytes in place of the `n`th record's ciphertext.
pub fn ciphertext(n: u8) -> Vec<u8> {
    vec![n; 64]
}

/// An entry with eight slots, the `n`th of its batch.
pub fn entry(n: u8) -> Entry {
    EntryBuilder::new(n)
        .payload_hash(payload_hash(&ciphertext(n)))
        .build()
}

/// A record with [`entry`].
pub fn record(n: u8) -> Record {
    Record {
        entry: entry(n),
        wraps: vec![[n; 48]; 8].try_into().unwrap(),
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
