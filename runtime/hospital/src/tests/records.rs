// SPDX-License-Identifier: Apache-2.0
//! Records on the whole runtime: staff, clock, consents and batches of the real pallets.

use super::{
    operator,
    patients::{consent, enrolled, patient, withdrawal, NOW},
    CONSORTIUM,
};
use crate::*;
use bspp_peks::{encryptor_id, BatchHeader, G1Bytes, SchnorrProof};
use bspp_primitives::apis::runtime_decl_for_phi_records_api::PhiRecordsApiV1;
use bspp_runtime_common::dev;
use bspp_test_kit::EntryBuilder;
use bspp_types::{
    filing_month_at, filing_month_end, payload_hash, BatchId, ConsentId, FilingMonth,
    HospitalBatch, Record, FILING_GRACE_MS,
};
use codec::Encode;
use polkadot_sdk::{
    frame_support::{assert_noop, assert_ok, storage::with_storage_layer},
    pallet_timestamp,
    sp_core::H256,
    sp_runtime::DispatchResult,
};

type Error = pallet_phi_records::Error<Runtime>;

pub(super) const SALT: [u8; 32] = [9; 32];

pub(super) fn month() -> FilingMonth {
    filing_month_at(NOW).unwrap()
}

/// A header of hospital A's operator. Its proof is not checked on this chain.
pub(super) fn header() -> BatchHeader {
    let owner = dev::account(dev::HOSPITAL_A.operator);
    BatchHeader {
        hospital: dev::HOSPITAL_A.id().0,
        enc: owner.using_encoded(|bytes| encryptor_id(bytes, &SALT)),
        number: 1,
        filing_month: month(),
        point: G1Bytes([0; 48]),
        proof: SchnorrProof {
            commitment: G1Bytes([0; 48]),
            response: [0; 32],
        },
    }
}

fn batch() -> BatchId {
    H256(header().id(&CONSORTIUM.0))
}

/// Stores one record. The result is that of the record, not of the call.
pub(super) fn store(record: Record) -> DispatchResult {
    with_storage_layer(|| {
        let before = System::event_count();
        PhiRecords::store_records(operator(), vec![record].try_into().unwrap())?;
        let refused = System::read_events_no_consensus()
            .skip(before as usize)
            .find_map(|record| match record.event {
                RuntimeEvent::PhiRecords(pallet_phi_records::Event::RecordRefused {
                    error,
                    ..
                }) => Some(error),
                _ => None,
            });
        refused.map_or(Ok(()), Err)
    })
}

/// The `n`th record of the batch.
pub(super) fn record(n: u8, consent: ConsentId) -> Record {
    let data = [n; 1000];
    let entry = EntryBuilder::new(n)
        .batch(batch())
        .payload_hash(payload_hash(&data))
        .build();
    Record {
        wraps: vec![[n; 48]; entry.slots.len()].try_into().unwrap(),
        entry,
        patient: patient(),
        consent,
    }
}

#[test]
fn record_should_be_judged_by_the_month_of_its_batch() {
    enrolled().execute_with(|| {
        let consent = consent(month());
        // Genesis has no events.
        System::set_block_number(1);
        System::set_extrinsic_index(1);
        assert_noop!(store(record(1, consent)), Error::BatchNotFound);
        assert_ok!(PhiRecords::open_batch(operator(), header(), SALT));
        let kept = HospitalBatch {
            owner: dev::account(dev::HOSPITAL_A.operator),
            filing_month: month(),
            next_index: 0,
        };
        assert_eq!(
            <Runtime as PhiRecordsApiV1<Block, AccountId>>::batch(batch()),
            Some(kept)
        );
        // The month and the consent are over, but not the grace period.
        let end = filing_month_end(month()).unwrap();
        pallet_timestamp::Now::<Runtime>::put(end + FILING_GRACE_MS - 1);
        assert_ok!(store(record(1, consent)));
        pallet_timestamp::Now::<Runtime>::put(end + FILING_GRACE_MS);
        assert_noop!(store(record(2, consent)), Error::FilingMonthClosed);
        let location = PhiRecords::record_location(record(1, consent).entry.rid()).unwrap();
        assert_eq!(location.patient, patient());
    });
}

#[test]
fn withdrawn_consent_should_stop_records_of_an_open_batch() {
    enrolled().execute_with(|| {
        let consent = consent(month());
        // Genesis has no events.
        System::set_block_number(1);
        System::set_extrinsic_index(1);
        assert_ok!(PhiRecords::open_batch(operator(), header(), SALT));
        let result = Executive::apply_extrinsic(withdrawal(month()));
        assert_ok!(result.unwrap());
        System::set_extrinsic_index(1);
        assert_noop!(store(record(1, consent)), Error::ConsentNotFound);
    });
}

#[test]
fn account_that_is_not_staff_should_not_open_a_batch() {
    enrolled().execute_with(|| {
        let stranger = RuntimeOrigin::signed(dev::account(dev::HOSPITAL_B.operator));
        assert_noop!(
            PhiRecords::open_batch(stranger, header(), SALT),
            Error::NotAuthorized
        );
    });
}
