// SPDX-License-Identifier: Apache-2.0
use crate::{mock::*, Error, Event};
use bspp_peks::BatchHeader;
use bspp_types::{filing_month_end, filing_month_start};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchError, DispatchResult};

fn register_batch(who: u64, header: BatchHeader) -> DispatchResult {
    PhiIndex::register_batch(RuntimeOrigin::signed(who), header)
}

#[test]
fn register_batch_should_keep_it_when_all_is_well() {
    ExtBuilder::default().execute(|_| {
        System::set_block_number(5);
        let header = batch_header(A, MONTH, 1);
        let id = PhiIndex::batch_id(&header);
        assert_eq!(PhiIndex::batch(&id), None);
        assert_ok!(register_batch(OPERATOR_A, header.clone()));
        let batch = PhiIndex::batch(&id).unwrap();
        assert_eq!(
            (batch.header, batch.registered_at, batch.next_index),
            (header, 5, 0)
        );
        let event = Event::BatchRegistered {
            hospital: A,
            filing_month: MONTH,
            batch: id,
        };
        System::assert_last_event(event.into());
    });
}

#[test]
fn register_batch_should_refuse_when_the_signer_is_no_operator() {
    ExtBuilder::default().execute(|_| {
        let header = batch_header(A, MONTH, 1);
        for who in [REQUESTER_A, STRANGER] {
            assert_noop!(
                register_batch(who, header.clone()),
                Error::<Test>::NotAuthorized
            );
        }
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            let call = PhiIndex::register_batch(origin, header.clone());
            assert_noop!(call, DispatchError::BadOrigin);
        }
    });
}

#[test]
fn register_batch_should_refuse_when_it_is_another_hospitals() {
    ExtBuilder::default().execute(|_| {
        let header = batch_header(A, MONTH, 1);
        assert_noop!(
            register_batch(OPERATOR_B, header),
            Error::<Test>::HospitalMismatch
        );
    });
}

#[test]
fn register_batch_should_refuse_when_the_month_is_not_the_current_one() {
    ExtBuilder::default().execute(|_| {
        for filing_month in [MONTH - 1, MONTH + 1] {
            let header = batch_header(A, filing_month, 1);
            assert_noop!(
                register_batch(OPERATOR_A, header),
                Error::<Test>::FilingMonthMismatch
            );
        }
        // The last millisecond of the month, and the first of the next month.
        set_time(filing_month_end(MONTH).unwrap() - 1);
        assert_ok!(register_batch(OPERATOR_A, batch_header(A, MONTH, 1)));
        set_time(filing_month_end(MONTH).unwrap());
        let late = batch_header(A, MONTH, 2);
        assert_noop!(
            register_batch(OPERATOR_A, late),
            Error::<Test>::FilingMonthMismatch
        );
        assert_ok!(register_batch(OPERATOR_A, batch_header(A, MONTH + 1, 2)));
    });
}

#[test]
fn register_batch_should_refuse_when_the_clock_shows_no_month() {
    ExtBuilder::default().execute(|_| {
        set_time(u64::MAX);
        let header = batch_header(A, MONTH, 1);
        assert_noop!(
            register_batch(OPERATOR_A, header),
            Error::<Test>::InvalidTime
        );
    });
}

#[test]
fn register_batch_should_refuse_when_the_hospital_has_its_number() {
    ExtBuilder::default().execute(|_| {
        for seed in 0..4 {
            assert_ok!(register_batch(OPERATOR_A, batch_header(A, MONTH, seed)));
        }
        let fifth = batch_header(A, MONTH, 5);
        let refusal = Error::<Test>::MaxBatchesPerFilingMonthExceeded;
        assert_noop!(register_batch(OPERATOR_A, fifth), refusal);
        // Another hospital and another month have numbers of their own.
        assert_ok!(register_batch(OPERATOR_B, batch_header(B, MONTH, 6)));
        set_time(filing_month_start(MONTH + 1).unwrap());
        assert_ok!(register_batch(OPERATOR_A, batch_header(A, MONTH + 1, 7)));
    });
}

#[test]
fn batch_without_proof_of_knowledge_should_be_refused() {
    ExtBuilder::default().execute(|_| {
        let honest = batch_header(A, MONTH, 1);
        let mut borrowed = honest.clone();
        borrowed.point = batch_header(A, MONTH, 2).point;
        let mut renumbered = honest.clone();
        renumbered.number += 1;
        let mut other_encryptor = honest.clone();
        other_encryptor.enc = [0; 32];
        let other_months = BatchHeader {
            filing_month: MONTH,
            ..batch_header(A, MONTH - 1, 3)
        };
        let other_hospitals = BatchHeader {
            hospital: A.0,
            ..batch_header(B, MONTH, 4)
        };
        for header in [
            borrowed,
            renumbered,
            other_encryptor,
            other_months,
            other_hospitals,
        ] {
            assert_noop!(
                register_batch(OPERATOR_A, header),
                Error::<Test>::InvalidBatchProof
            );
        }
        assert_ok!(register_batch(OPERATOR_A, honest));
    });
}

#[test]
fn batch_with_an_invalid_point_should_be_refused() {
    ExtBuilder::default().execute(|_| {
        let honest = batch_header(A, MONTH, 1);
        let mut identity = [0u8; 48];
        identity[0] = 0xc0;
        let mut uncompressed = honest.point.0;
        uncompressed[0] &= 0x7f;
        for point in [identity, [0; 48], [0xff; 48], uncompressed] {
            let mut header = honest.clone();
            header.point.0 = point;
            assert_noop!(
                register_batch(OPERATOR_A, header),
                Error::<Test>::InvalidBatchProof
            );
        }
    });
}

#[test]
fn reused_point_should_be_refused() {
    ExtBuilder::default().execute(|_| {
        let header = batch_header(A, MONTH, 1);
        assert_ok!(register_batch(OPERATOR_A, header.clone()));
        assert_noop!(
            register_batch(OPERATOR_A, header),
            Error::<Test>::AlreadyExists
        );
        // The same secret, with a valid proof for another hospital.
        let again = batch_header(B, MONTH, 1);
        assert_eq!(again.point, batch_header(A, MONTH, 1).point);
        assert_noop!(
            register_batch(OPERATOR_B, again),
            Error::<Test>::AlreadyExists
        );
    });
}

#[test]
fn batches_should_list_pages_in_order() {
    let builder = ExtBuilder::default()
        .with_batch(A, 1)
        .with_batch(B, 2)
        .with_batch(A, 3);
    builder.with_batch(A, 4).execute(|ids| {
        let page = |from, limit| {
            let page = PhiIndex::batches(A, MONTH, from, limit);
            page.into_iter().map(|batch| batch.id).collect::<Vec<_>>()
        };
        assert_eq!(page(0, 10), vec![ids[0], ids[2], ids[3]]);
        assert_eq!(page(1, 1), vec![ids[2]]);
        assert_eq!(page(2, u32::MAX), vec![ids[3]]);
        assert_eq!(page(3, 1), vec![]);
        assert_eq!(page(u32::MAX, u32::MAX), vec![]);
        assert_eq!(PhiIndex::batches(B, MONTH, 0, 10).len(), 1);
        assert_eq!(PhiIndex::batches(A, MONTH - 1, 0, 10).len(), 0);
    });
}
