// SPDX-License-Identifier: Apache-2.0

use super::unsigned;
use crate::{mock::*, Batches, Chunks, Error, Event, PendingLeaves};
use bspp_types::{
    filing_month_end, payload_hash, FilingMonth, Record, RecordLocation, FILING_GRACE_MS,
    MAX_CHUNKS, MAX_CHUNK_BYTES, MAX_ENTRIES_PER_BLOCK,
};
use frame_support::{assert_noop, assert_ok};
use proptest::prelude::*;
use sp_core::H256;
use sp_runtime::DispatchError;

/// A chain on which the first record's chunk is waiting.
fn chunked() -> ExtBuilder {
    ExtBuilder::default().with_chunk(&ciphertext(1))
}

fn refuse(record: Record, error: Error<Test>) {
    assert_noop!(store_record(GATEWAY, record), error);
}

#[test]
fn store_record_should_locate_the_record_and_use_up_its_chunk() {
    chunked().build_and_execute(|| {
        System::set_extrinsic_index(3);
        assert_ok!(store_record(GATEWAY, record(1)));
        assert_eq!(
            PhiRecords::record_location(rid(1)),
            Some(RecordLocation {
                patient: PATIENT,
                block: 2,
                extrinsic: 3,
                sequence: 0,
                leaf: 0
            })
        );
        assert!(!Chunks::<Test>::contains_key(hash(&ciphertext(1))));
        assert_eq!(Batches::<Test>::get(BATCH).unwrap().next_index, 2);
        assert_eq!(
            events(),
            vec![Event::RecordStored {
                record: rid(1),
                sequence: 0,
                leaf: 0
            }]
        );
    });
}

#[test]
fn store_record_should_succeed_when_the_payload_has_several_chunks() {
    let full = vec![1u8; MAX_CHUNK_BYTES as usize];
    ExtBuilder::default()
        .with_chunk(&full)
        .with_chunk(&[2; 20])
        .build_and_execute(|| {
            let mut record = record(1);
            record.entry.payload_hash = payload_hash(&[full.as_slice(), &[2; 20]].concat());
            record.chunks = vec![hash(&full), hash(&[2; 20])].try_into().unwrap();
            let mut swapped = record.clone();
            swapped.chunks = vec![hash(&[2; 20]), hash(&full)].try_into().unwrap();
            refuse(swapped, Error::InvalidChunks);
            assert_ok!(store_record(GATEWAY, record));
            assert_eq!(Chunks::<Test>::iter().count(), 0);
        });
}

#[test]
fn another_staff_account_should_not_spend_indices_of_a_batch() {
    chunked().build_and_execute(|| {
        MayStore::set(vec![GATEWAY, 11]);
        assert_noop!(store_record(11, record(1)), Error::<Test>::NotAuthorized);
        assert_ok!(store_record(GATEWAY, record(1)));
    });
}

#[test]
fn dismissed_staff_should_not_spend_indices_of_its_batch() {
    chunked().build_and_execute(|| {
        MayStore::set(vec![11]);
        assert_noop!(
            store_record(GATEWAY, record(1)),
            Error::<Test>::NotAuthorized
        );
        // The batch stays: no other account takes it over.
        assert_noop!(store_record(11, record(1)), Error::<Test>::NotAuthorized);
    });
}

#[test]
fn store_record_should_take_a_batch_that_a_call_opened() {
    chunked().build_and_execute(|| {
        let salt = [5; 32];
        let header = header(GATEWAY, &salt, FROM);
        let mut record = record(1);
        record.entry.batch = H256(header.id(&CHAIN.0));
        record.entry.index = 0;
        refuse(record.clone(), Error::BatchNotFound);
        assert_ok!(PhiRecords::open_batch(
            RuntimeOrigin::signed(GATEWAY),
            header,
            salt
        ));
        assert_ok!(store_record(GATEWAY, record));
    });
}

#[test]
fn refused_record_should_not_spend_its_index() {
    chunked().build_and_execute(|| {
        let mut wrong = record(1);
        wrong.entry.index = 900;
        wrong.entry.payload_hash = payload_hash(&ciphertext(2));
        refuse(wrong, Error::PayloadHashMismatch);
        assert_eq!(Batches::<Test>::get(BATCH).unwrap().next_index, 0);
        assert_ok!(store_record(GATEWAY, record(1)));
    });
}

#[test]
fn store_record_should_fail_when_the_batch_is_unknown() {
    chunked().build_and_execute(|| {
        let mut record = record(1);
        record.entry.batch = H256([8; 32]);
        refuse(record, Error::BatchNotFound);
    });
}

#[test]
fn record_filed_after_month_end_should_be_judged_by_its_batchs_month() {
    chunked().with_chunk(&ciphertext(2)).build_and_execute(|| {
        // The consent ends with the month of the batch. The record is filed in the grace period.
        put_batch(BATCH, GATEWAY, UNTIL);
        let end = filing_month_end(UNTIL).unwrap();
        Clock::set(end + FILING_GRACE_MS - 1);
        assert_ok!(store_record(GATEWAY, record(1)));
        Clock::set(end + FILING_GRACE_MS);
        refuse(record(2), Error::FilingMonthClosed);
    });
}

#[test]
fn store_record_should_fail_when_the_origin_may_not_store() {
    chunked().build_and_execute(|| {
        for origin in unsigned() {
            assert_noop!(store_record_by(origin, record(1)), DispatchError::BadOrigin);
        }
        assert_noop!(
            store_record(STRANGER, record(1)),
            Error::<Test>::NotAuthorized
        );
    });
}

#[test]
fn store_record_should_fail_when_no_extrinsic_is_being_applied() {
    chunked().build_and_execute(|| {
        System::note_finished_extrinsics();
        refuse(record(1), Error::InvalidContext);
    });
}

#[test]
fn store_record_should_fail_when_slots_are_not_well_formed() {
    chunked().build_and_execute(|| {
        for keep in [0, 1, 7] {
            let mut record = record(1);
            record.entry.slots.truncate(keep);
            record.wraps.truncate(keep);
            refuse(record, Error::InvalidSlotCount);
        }
        let mut twice = record(1);
        twice.entry.slots[5].tag = twice.entry.slots[2].tag;
        refuse(twice, Error::DuplicateTag);
    });
}

#[test]
fn mismatched_wraps_should_be_refused() {
    chunked().build_and_execute(|| {
        let mut fewer = record(1);
        fewer.wraps.pop();
        refuse(fewer, Error::WrapCountMismatch);
        let mut more = record(1);
        more.wraps.try_push([0; 48]).unwrap();
        refuse(more, Error::WrapCountMismatch);
    });
}

#[test]
fn store_record_should_fail_when_the_record_is_stored() {
    chunked().build_and_execute(|| {
        assert_ok!(store_record(GATEWAY, record(1)));
        assert_ok!(store_chunk(GATEWAY, ciphertext(1)));
        refuse(record(1), Error::RecordAlreadyExists);
        next_block();
        refuse(record(1), Error::RecordAlreadyExists);
    });
}

#[test]
fn missing_consent_should_be_refused() {
    chunked().build_and_execute(|| {
        let mut record = record(1);
        record.consent = H256([0xEE; 32]);
        refuse(record, Error::ConsentNotFound);
    });
}

#[test]
fn withdrawn_consent_should_be_refused() {
    chunked().with_chunk(&ciphertext(2)).build_and_execute(|| {
        assert_ok!(store_record(GATEWAY, record(1)));
        InForce::set(Vec::new());
        refuse(record(2), Error::ConsentNotFound);
    });
}

#[test]
fn consent_of_other_months_should_be_refused() {
    chunked().build_and_execute(|| {
        for filing_month in [FROM - 1, UNTIL + 1] {
            put_batch(BATCH, GATEWAY, filing_month);
            Clock::set(bspp_types::filing_month_start(filing_month).unwrap());
            refuse(record(1), Error::ConsentNotFound);
        }
        put_batch(BATCH, GATEWAY, UNTIL);
        assert_ok!(store_record(GATEWAY, record(1)));
    });
}

#[test]
fn consent_of_another_patient_should_be_refused() {
    chunked().build_and_execute(|| {
        let mut record = record(1);
        record.consent = OTHER_CONSENT;
        refuse(record.clone(), Error::ConsentNotFound);
        record.consent = CONSENT;
        record.patient = OTHER_PATIENT;
        refuse(record, Error::ConsentNotFound);
    });
}

#[test]
fn store_record_should_fail_when_the_clock_or_the_batch_has_no_month() {
    chunked().build_and_execute(|| {
        Clock::set(u64::MAX);
        refuse(record(1), Error::FilingMonthClosed);
        // No call opens such a batch.
        put_batch(BATCH, GATEWAY, FilingMonth::MAX);
        refuse(record(1), Error::InvalidFilingMonth);
        put_batch(BATCH, GATEWAY, FROM);
    });
}

#[test]
fn store_record_should_fail_when_the_index_is_not_above_the_batchs_last() {
    ExtBuilder::default()
        .with_record(5)
        .with_chunk(&ciphertext(6))
        .build_and_execute(|| {
            for index in [0, 4, 5, u32::MAX] {
                let mut record = record(6);
                record.entry.index = index;
                refuse(record, Error::InvalidIndex);
            }
            // Another batch has a count of its own; gaps are allowed.
            put_batch(H256([8; 32]), GATEWAY, FROM);
            let mut other = record(6);
            other.entry.batch = H256([8; 32]);
            other.entry.index = 0;
            assert_ok!(store_record(GATEWAY, other));
            assert_ok!(store_chunk(GATEWAY, ciphertext(7)));
            let mut later = record(7);
            later.entry.index = 1_000;
            assert_ok!(store_record(GATEWAY, later));
        });
}

#[test]
fn store_record_should_fail_when_it_names_no_chunk_or_one_twice() {
    chunked().build_and_execute(|| {
        let mut none = record(1);
        none.chunks = Default::default();
        refuse(none, Error::InvalidChunks);
        let mut twice = record(1);
        twice.chunks = vec![hash(&ciphertext(1)); 2].try_into().unwrap();
        refuse(twice, Error::InvalidChunks);
    });
}

#[test]
fn wrong_payload_hash_should_be_refused() {
    chunked().with_chunk(&ciphertext(2)).build_and_execute(|| {
        let mut record = record(1);
        record.chunks = vec![hash(&ciphertext(2))].try_into().unwrap();
        refuse(record.clone(), Error::PayloadHashMismatch);
        record.chunks = vec![hash(&ciphertext(1))].try_into().unwrap();
        record.entry.payload_hash = payload_hash(&ciphertext(2));
        refuse(record, Error::PayloadHashMismatch);
    });
}

#[test]
fn store_record_should_fail_when_a_chunk_is_not_waiting() {
    chunked().build_and_execute(|| {
        refuse(record(2), Error::ChunkNotFound);
        let full = vec![3; MAX_CHUNK_BYTES as usize];
        assert_ok!(store_chunk(GATEWAY, full.clone()));
        let mut half = record(3);
        half.chunks = vec![hash(&full), hash(&ciphertext(3))].try_into().unwrap();
        refuse(half, Error::ChunkNotFound);
        // The refusal changed nothing.
        assert_ok!(store_record(GATEWAY, record(1)));
    });
}

#[test]
fn chunk_reused_for_another_payload_should_be_refused() {
    ExtBuilder::default()
        .with_record(1)
        .with_chunk(&ciphertext(2))
        .build_and_execute(|| {
            let mut reused = record(2);
            reused.chunks = vec![hash(&ciphertext(1)), hash(&ciphertext(2))]
                .try_into()
                .unwrap();
            refuse(reused, Error::ChunkNotFound);
        });
}

#[test]
fn short_chunk_should_be_the_last_one_only() {
    chunked().with_chunk(&ciphertext(2)).build_and_execute(|| {
        // Two short chunks have the tree of no payload.
        let mut short = record(1);
        short.chunks = vec![hash(&ciphertext(1)), hash(&ciphertext(2))]
            .try_into()
            .unwrap();
        refuse(short, Error::InvalidChunks);
    });
}

#[test]
fn reordered_chunks_should_be_refused() {
    let full = |n: u8| vec![n; MAX_CHUNK_BYTES as usize];
    ExtBuilder::default()
        .with_chunk(&full(1))
        .with_chunk(&full(2))
        .build_and_execute(|| {
            MaxRecordBytes::set(2 * MAX_CHUNK_BYTES);
            let mut whole = record(1);
            whole.entry.payload_hash = payload_hash(&[full(1), full(2)].concat());
            let mut reordered = whole.clone();
            reordered.chunks = vec![hash(&full(2)), hash(&full(1))].try_into().unwrap();
            refuse(reordered, Error::PayloadHashMismatch);
            let mut shortened = whole.clone();
            shortened.chunks = vec![hash(&full(1))].try_into().unwrap();
            refuse(shortened, Error::PayloadHashMismatch);
            whole.chunks = vec![hash(&full(1)), hash(&full(2))].try_into().unwrap();
            assert_ok!(store_record(GATEWAY, whole));
        });
}

#[test]
fn payload_reused_should_be_refused_unless_all_of_it_is_the_same() {
    ExtBuilder::default().with_record(1).build_and_execute(|| {
        // A second entry over the payload: more keywords than one entry has slots.
        let mut second = record(1);
        second.entry.index = 2;
        second.entry.slots[0].tag = [0xFF; 16];
        assert_ok!(store_record(GATEWAY, second.clone()));

        let mut other_patient = second.clone();
        other_patient.entry.index = 3;
        other_patient.patient = OTHER_PATIENT;
        other_patient.consent = OTHER_CONSENT;
        refuse(other_patient, Error::PayloadMismatch);

        let mut other_key = second.clone();
        other_key.entry.index = 3;
        other_key.entry.key_commitment = H256([0xEE; 32]);
        refuse(other_key, Error::PayloadMismatch);

        assert_ok!(store_chunk(GATEWAY, ciphertext(2)));
        let mut other_chunks = second;
        other_chunks.entry.index = 3;
        other_chunks.chunks = vec![hash(&ciphertext(1)), hash(&ciphertext(2))]
            .try_into()
            .unwrap();
        refuse(other_chunks, Error::PayloadMismatch);
    });
}

#[test]
fn store_record_should_fail_when_the_chunks_have_too_many_bytes() {
    let full = vec![1u8; MAX_CHUNK_BYTES as usize];
    ExtBuilder::default()
        .with_chunk(&full)
        .with_chunk(&[2; 101])
        .with_chunk(&[3; 100])
        .build_and_execute(|| {
            let mut large = record(1);
            large.chunks = vec![hash(&full), hash(&[2; 101])].try_into().unwrap();
            large.entry.payload_hash = payload_hash(&[full.as_slice(), &[2; 101]].concat());
            refuse(large.clone(), Error::MaxRecordBytesExceeded);
            large.chunks = vec![hash(&full), hash(&[3; 100])].try_into().unwrap();
            large.entry.payload_hash = payload_hash(&[full.as_slice(), &[3; 100]].concat());
            assert_ok!(store_record(GATEWAY, large));
        });
}

#[test]
fn store_record_should_fail_when_the_block_has_all_its_entries() {
    chunked().build_and_execute(|| {
        assert_ok!(store_record(GATEWAY, record(1)));
        let mut next = record(1);
        for index in 2..=MAX_ENTRIES_PER_BLOCK {
            next.entry.index = index;
            assert_ok!(store_record(GATEWAY, next.clone()));
        }
        next.entry.index = MAX_ENTRIES_PER_BLOCK + 1;
        refuse(next.clone(), Error::MaxEntriesPerBlockExceeded);
        next_block();
        assert_eq!(
            PhiRecords::entry_commitment(0).unwrap().count,
            MAX_ENTRIES_PER_BLOCK
        );
        assert_ok!(store_record(GATEWAY, next));
        assert_eq!(PendingLeaves::<Test>::get().len(), 1);
    });
}

#[test]
fn store_record_should_weigh_more_when_it_names_more_chunks() {
    use frame_support::dispatch::GetDispatchInfo;
    let weight = |chunks: u32| {
        let mut record = record(1);
        record.chunks = (0..chunks)
            .map(|n| H256::from_low_u64_be(n.into()))
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        crate::Call::<Test>::store_record { record }
            .get_dispatch_info()
            .call_weight
            .ref_time()
    };
    assert!(weight(MAX_CHUNKS) > weight(1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn index_should_be_spent_once_and_only_upwards_in_each_batch(
        steps in prop::collection::vec((any::<bool>(), 0u32..40), 1..40)
    ) {
        ExtBuilder::default().with_record(0).build_and_execute(|| {
            // Entries over one payload, so that each step needs no chunk of its own.
            let batches = [H256([8; 32]), H256([9; 32])];
            for batch in batches {
                put_batch(batch, GATEWAY, FROM);
            }
            let mut next = [0u32; 2];
            for (which, index) in steps {
                let which = usize::from(which);
                let mut record = record(0);
                record.entry.batch = batches[which];
                record.entry.index = index;
                let taken = index >= next[which];
                assert_eq!(store_record(GATEWAY, record).is_ok(), taken);
                if taken {
                    next[which] = index + 1;
                }
                let kept = Batches::<Test>::get(batches[which]).unwrap().next_index;
                assert_eq!(kept, next[which]);
            }
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn payload_should_be_cut_after_full_chunks_only(
        rest in 1u32..=MAX_RECORD - MAX_CHUNK_BYTES, at in any::<prop::sample::Index>()
    ) {
        ExtBuilder::default().build_and_execute(|| {
            let data: Vec<u8> = (0..MAX_CHUNK_BYTES + rest)
                .map(|n| (n * 7 % 251) as u8)
                .collect();
            let cut = |at: usize| {
                let (first, second) = data.split_at(at);
                for chunk in [first, second] {
                    assert_ok!(store_chunk(GATEWAY, chunk.to_vec()));
                }
                let mut record = record(1);
                record.entry.payload_hash = payload_hash(&data);
                record.chunks = vec![hash(first), hash(second)].try_into().unwrap();
                record
            };
            // Both pieces have a size that a chunk can have.
            let (rest, full) = (rest as usize, MAX_CHUNK_BYTES as usize);
            refuse(cut(rest + at.index(full - rest)), Error::InvalidChunks);
            assert_ok!(store_record(GATEWAY, cut(full)));
        });
    }
}
