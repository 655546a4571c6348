// SPDX-License-Identifier: Apache-2.0

use super::unsigned;
use crate::{mock::*, Batches, Error, Event, Live, LiveCount, PendingLeaves};
use bspp_primitives::traits::StoredPayloads;
use bspp_types::{
    filing_month_end, FilingMonth, Record, RecordLocation, FILING_GRACE_MS, MAX_ENTRIES_PER_BLOCK,
    MAX_RECORDS_PER_CALL,
};
use frame_support::{assert_noop, assert_ok};
use proptest::prelude::*;
use sp_core::H256;
use sp_runtime::DispatchError;

fn refuse(record: Record, error: Error<Test>) {
    assert_noop!(store_record(GATEWAY, record), error);
}

#[test]
fn store_records_should_locate_the_record_and_count_its_payload() {
    ExtBuilder::default().build_and_execute(|| {
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
        assert_eq!(PhiRecords::payload_count(), 1);
        assert_eq!(PhiRecords::payload_at(0), Some(entry(1).payload_hash));
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
fn another_staff_account_should_not_spend_indices_of_a_batch() {
    ExtBuilder::default().build_and_execute(|| {
        MayStore::set(vec![GATEWAY, 11]);
        assert_noop!(store_record(11, record(1)), Error::<Test>::NotAuthorized);
        assert_ok!(store_record(GATEWAY, record(1)));
    });
}

#[test]
fn dismissed_staff_should_not_spend_indices_of_its_batch() {
    ExtBuilder::default().build_and_execute(|| {
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
fn store_records_should_take_a_batch_that_a_call_opened() {
    ExtBuilder::default().build_and_execute(|| {
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
    ExtBuilder::default().build_and_execute(|| {
        let mut wrong = record(1);
        wrong.entry.index = 900;
        wrong.consent = H256([0xEE; 32]);
        refuse(wrong, Error::ConsentNotFound);
        assert_eq!(Batches::<Test>::get(BATCH).unwrap().next_index, 0);
        assert_ok!(store_record(GATEWAY, record(1)));
    });
}

#[test]
fn store_records_should_fail_when_the_batch_is_unknown() {
    ExtBuilder::default().build_and_execute(|| {
        let mut record = record(1);
        record.entry.batch = H256([8; 32]);
        refuse(record, Error::BatchNotFound);
    });
}

#[test]
fn record_filed_after_month_end_should_be_judged_by_its_batchs_month() {
    ExtBuilder::default().build_and_execute(|| {
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
fn store_records_should_fail_when_the_origin_may_not_store() {
    ExtBuilder::default().build_and_execute(|| {
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
fn store_records_should_fail_when_no_extrinsic_is_being_applied() {
    ExtBuilder::default().build_and_execute(|| {
        System::note_finished_extrinsics();
        refuse(record(1), Error::InvalidContext);
    });
}

#[test]
fn store_records_should_fail_when_slots_are_not_well_formed() {
    ExtBuilder::default().build_and_execute(|| {
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
    ExtBuilder::default().build_and_execute(|| {
        let mut fewer = record(1);
        fewer.wraps.pop();
        refuse(fewer, Error::WrapCountMismatch);
        let mut more = record(1);
        more.wraps.try_push([0; 48]).unwrap();
        refuse(more, Error::WrapCountMismatch);
    });
}

#[test]
fn store_records_should_fail_when_the_record_is_stored() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(store_record(GATEWAY, record(1)));
        refuse(record(1), Error::RecordAlreadyExists);
        next_block();
        refuse(record(1), Error::RecordAlreadyExists);
    });
}

#[test]
fn missing_consent_should_be_refused() {
    ExtBuilder::default().build_and_execute(|| {
        let mut record = record(1);
        record.consent = H256([0xEE; 32]);
        refuse(record, Error::ConsentNotFound);
    });
}

#[test]
fn withdrawn_consent_should_be_refused() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(store_record(GATEWAY, record(1)));
        InForce::set(Vec::new());
        refuse(record(2), Error::ConsentNotFound);
    });
}

#[test]
fn consent_of_other_months_should_be_refused() {
    ExtBuilder::default().build_and_execute(|| {
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
    ExtBuilder::default().build_and_execute(|| {
        let mut record = record(1);
        record.consent = OTHER_CONSENT;
        refuse(record.clone(), Error::ConsentNotFound);
        record.consent = CONSENT;
        record.patient = OTHER_PATIENT;
        refuse(record, Error::ConsentNotFound);
    });
}

#[test]
fn store_records_should_fail_when_the_clock_or_the_batch_has_no_month() {
    ExtBuilder::default().build_and_execute(|| {
        Clock::set(u64::MAX);
        refuse(record(1), Error::FilingMonthClosed);
        // No call opens such a batch.
        put_batch(BATCH, GATEWAY, FilingMonth::MAX);
        refuse(record(1), Error::InvalidFilingMonth);
        put_batch(BATCH, GATEWAY, FROM);
    });
}

#[test]
fn store_records_should_fail_when_the_index_is_not_above_the_batchs_last() {
    ExtBuilder::default().with_record(5).build_and_execute(|| {
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
        let mut later = record(7);
        later.entry.index = 1_000;
        assert_ok!(store_record(GATEWAY, later));
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
        assert_eq!(PhiRecords::payload_count(), 1);
    });
}

#[test]
fn store_records_should_fail_when_the_block_has_all_its_entries() {
    ExtBuilder::default().build_and_execute(|| {
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn index_should_be_spent_once_and_only_upwards_in_each_batch(
        steps in prop::collection::vec((any::<bool>(), 0u32..40), 1..40)
    ) {
        ExtBuilder::default().with_record(0).build_and_execute(|| {
            // Entries over one payload.
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

#[test]
fn store_records_should_store_all_of_a_call_in_order() {
    ExtBuilder::default().build_and_execute(|| {
        System::set_extrinsic_index(2);
        let all: Vec<Record> = (1..=5).map(record).collect();
        assert_ok!(store_records(GATEWAY, all));
        for n in 1..=5u8 {
            let location = PhiRecords::record_location(rid(n)).unwrap();
            assert_eq!((location.extrinsic, location.leaf), (2, u32::from(n) - 1));
        }
        assert_eq!(PhiRecords::payload_count(), 5);
        assert_eq!(events().len(), 5);
    });
}

#[test]
fn refused_record_should_not_hold_up_the_others_of_its_call() {
    ExtBuilder::default().build_and_execute(|| {
        let mut wrong = record(2);
        wrong.wraps.pop();
        let mut late = record(4);
        late.entry.index = 1;
        let all = vec![record(1), wrong, record(3), record(3), late, record(5)];
        assert_ok!(store_records(GATEWAY, all));
        let stored = |n: u8| PhiRecords::record_location(rid(n)).map(|location| location.leaf);
        assert_eq!(
            [stored(1), stored(3), stored(5)],
            [Some(0), Some(1), Some(2)]
        );
        assert_eq!((stored(2), stored(4)), (None, None));
        // A refused record has no payload and no leaf.
        assert_eq!(PhiRecords::payload_count(), 3);
        assert_eq!(PendingLeaves::<Test>::get().len(), 3);
        let refused: Vec<DispatchError> = events()
            .into_iter()
            .filter_map(|event| match event {
                Event::RecordRefused { error, .. } => Some(error),
                _ => None,
            })
            .collect();
        let expected = [
            Error::<Test>::WrapCountMismatch,
            Error::<Test>::RecordAlreadyExists,
            Error::<Test>::InvalidIndex,
        ];
        assert_eq!(refused, expected.map(DispatchError::from));
    });
}

#[test]
fn store_records_should_fail_when_there_is_no_record() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(store_records(GATEWAY, Vec::new()), Error::<Test>::EmptyCall);
    });
}

#[test]
fn store_records_should_fail_when_payloads_cannot_be_counted() {
    ExtBuilder::default().build_and_execute(|| {
        LiveCount::<Test>::put(u32::MAX);
        refuse(record(1), Error::MaxPayloadsExceeded);
        LiveCount::<Test>::kill();
        assert_eq!(Live::<Test>::iter().count(), 0);
    });
}

#[test]
fn store_records_should_weigh_more_when_there_are_more_records() {
    use frame_support::dispatch::GetDispatchInfo;
    let weight = |count: u32| {
        let records = vec![record(1); count as usize].try_into().unwrap();
        crate::Call::<Test>::store_records { records }
            .get_dispatch_info()
            .call_weight
            .ref_time()
    };
    assert!(weight(MAX_RECORDS_PER_CALL) > 60 * weight(1) / 2);
}
