// SPDX-License-Identifier: Apache-2.0
//! The end of a month: the blocks that it takes, and those that come too late.
use super::refused_entries::expect_refusal;
use crate::{
    mock::*,
    types::{CUTOFF_MARGIN_MS, MAX_CUTOFFS},
    Cutoffs, Event, Refusal,
};
use bspp_primitives::traits::OnAnchored;
use bspp_types::{filing_month_end, BatchId, FilingMonth, HospitalId, FILING_GRACE_MS};
use frame_support::assert_ok;
use proptest::prelude::*;

/// The first moment after the grace period of a month.
fn end_of_grace(filing_month: FilingMonth) -> u64 {
    filing_month_end(filing_month).unwrap() + FILING_GRACE_MS
}

/// The first moment at which an anchor closes a month.
fn closing(filing_month: FilingMonth) -> u64 {
    end_of_grace(filing_month) + CUTOFF_MARGIN_MS
}

/// Registers a batch of hospital A for the current month.
fn batch_of(filing_month: FilingMonth) -> BatchId {
    let header = batch_header(A, filing_month, filing_month.into());
    let batch = PhiIndex::batch_id(&header);
    assert_ok!(PhiIndex::register_batch(
        RuntimeOrigin::signed(OPERATOR_A),
        header
    ));
    batch
}

/// Whether A's next entry block, with one entry of `batch`, is taken.
///
/// The mock's hospital chain has its entry blocks at heights 1, 4, 7.
fn takes(batch: BatchId, index: u32) -> bool {
    let sequence = store_and_register(OPERATOR_A, vec![entry(batch, index, 1)]);
    PhiIndex::refused(&A, sequence).is_empty()
}

fn closed(hospital: HospitalId, filing_month: FilingMonth, number: u32) -> crate::Event<Test> {
    Event::FilingMonthClosed {
        hospital,
        filing_month,
        number,
    }
}

#[test]
fn month_should_take_no_block_after_the_one_that_the_first_later_anchor_fixed() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        set_time(closing(MONTH) - 1);
        PhiIndex::on_anchored(&A, 4);
        assert_eq!(PhiIndex::cutoff(&A, MONTH), None);
        assert!(takes(ids[0], 0));

        set_time(closing(MONTH));
        PhiIndex::on_anchored(&A, 4);
        System::assert_last_event(closed(A, MONTH, 4).into());
        // Later anchors do not move the cutoff.
        PhiIndex::on_anchored(&A, 7);
        assert_eq!(PhiIndex::cutoff(&A, MONTH), Some(4));
        assert!(takes(ids[0], 1));
        let current = batch_of(MONTH + 1);
        expect_refusal(current, entry(ids[0], 2, 3), Refusal::BatchExpired);
        assert_eq!(PhiIndex::batch(&ids[0]).unwrap().next_index, 2);
    });
}

#[test]
fn months_end_and_a_moved_clock_should_lose_no_record_that_was_anchored_in_time() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        // The head was anchored before the end. Then the clock jumps, or the chain stands still.
        set_time(closing(MONTH) - 1);
        PhiIndex::on_anchored(&A, 1);
        set_time(closing(MONTH + 3));
        assert!(takes(ids[0], 0));
        // The first anchor fixes the month, and all months before it.
        PhiIndex::on_anchored(&A, 4);
        assert!(takes(ids[0], 1));
        assert!(!takes(ids[0], 2));
    });
}

#[test]
fn late_registration_should_lose_no_record_when_the_month_is_closed() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        set_time(closing(MONTH));
        PhiIndex::on_anchored(&A, 7);
        set_time(closing(MONTH + 20));
        assert!(takes(ids[0], 0));
        assert!(takes(ids[0], 1));
        assert!(takes(ids[0], 2));
        assert!(!takes(ids[0], 3));
    });
}

#[test]
fn old_head_sent_at_the_end_of_the_grace_period_should_lose_no_record() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        // The hospital stored block 4 just before the end. Another member is faster than its
        // gateway, and sends the head before it.
        set_time(end_of_grace(MONTH));
        PhiIndex::on_anchored(&A, 1);
        set_time(closing(MONTH) - 1);
        PhiIndex::on_anchored(&A, 4);
        set_time(closing(MONTH));
        PhiIndex::on_anchored(&A, 5);
        assert!(takes(ids[0], 0));
        assert!(takes(ids[0], 1));
        assert!(!takes(ids[0], 2));
    });
}

#[test]
fn record_filed_into_an_ended_month_should_be_refused_when_the_hospital_turns_its_clock_back() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        set_time(closing(MONTH));
        PhiIndex::on_anchored(&A, 0);
        assert!(!takes(ids[0], 0));
    });
}

#[test]
fn months_without_an_anchor_should_share_the_next_cutoff() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        set_time(filing_month_end(MONTH).unwrap());
        let second = batch_of(MONTH + 1);
        set_time(closing(MONTH + 1));
        let third = batch_of(MONTH + 2);
        PhiIndex::on_anchored(&A, 1);
        assert_eq!(Cutoffs::<Test>::get(A).len(), 1);
        for filing_month in [0, MONTH, MONTH + 1] {
            assert_eq!(PhiIndex::cutoff(&A, filing_month), Some(1));
        }
        assert_eq!(PhiIndex::cutoff(&A, MONTH + 2), None);
        assert!(takes(ids[0], 0));
        assert!(!takes(ids[0], 1));
        assert!(!takes(second, 0));
        assert!(takes(third, 0));
    });
}

#[test]
fn cutoff_of_one_hospital_should_not_close_the_month_of_another() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        set_time(closing(MONTH));
        PhiIndex::on_anchored(&B, 0);
        System::assert_last_event(closed(B, MONTH, 0).into());
        assert_eq!(PhiIndex::cutoff(&A, MONTH), None);
        assert!(takes(ids[0], 0));
    });
}

#[test]
fn anchor_in_a_wrong_year_should_close_nothing() {
    ExtBuilder::default().execute(|_| {
        for now in [0, FILING_GRACE_MS, u64::MAX] {
            set_time(now);
            PhiIndex::on_anchored(&A, 1);
        }
        assert!(!Cutoffs::<Test>::contains_key(A));
    });
}

#[test]
fn oldest_cutoff_should_go_first_when_there_are_as_many_as_may_be() {
    ExtBuilder::default().execute(|_| {
        for n in 0..=MAX_CUTOFFS {
            let filing_month = MONTH + n as FilingMonth;
            set_time(closing(filing_month));
            PhiIndex::on_anchored(&A, n);
        }
        assert_eq!(Cutoffs::<Test>::get(A).len(), MAX_CUTOFFS as usize);
        // The oldest month has the cutoff of the next one, which takes more.
        assert_eq!(PhiIndex::cutoff(&A, MONTH), Some(1));
        assert_eq!(PhiIndex::cutoff(&A, MONTH + 1), Some(1));
        let last = MONTH + MAX_CUTOFFS as FilingMonth;
        assert_eq!(PhiIndex::cutoff(&A, last), Some(MAX_CUTOFFS));
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the anchors, a cutoff is fixed once, and no month closes before its time.
    #[test]
    fn cutoffs_should_follow_the_first_anchor_after_each_month(
        steps in proptest::collection::vec((0..40u64 * 86_400_000, 0..9u32), 1..30)
    ) {
        ExtBuilder::default().execute(|_| {
            let months: Vec<FilingMonth> = (MONTH - 2..MONTH + 40).collect();
            let (mut now, mut number) = (filing_month_end(MONTH - 1).unwrap(), 0);
            let mut known = vec![None; months.len()];
            for (pause, blocks) in steps {
                (now, number) = (now + pause, number + blocks);
                set_time(now);
                PhiIndex::on_anchored(&A, number);
                for (month, known) in months.iter().zip(&mut known) {
                    if known.is_none() && now >= closing(*month) {
                        *known = Some(number);
                    }
                    assert_eq!(PhiIndex::cutoff(&A, *month), *known);
                }
                PhiIndex::do_try_state().unwrap();
            }
        });
    }
}
