// SPDX-License-Identifier: Apache-2.0
//! The facts that the evidence of a hospital's authors consists of.
use crate::{mock::*, Error, Event, Waiting};
use bspp_primitives::{
    traits::{AnchorFacts, Anchorage},
    Header, Shortfall,
};
use bspp_types::Sequence;
use codec::Encode;
use frame_support::assert_ok;
use proptest::prelude::*;
use sp_runtime::DigestItem;

/// A head at `number` that counts `total` entry blocks.
fn head(number: u32, total: Sequence) -> Header {
    with_total(header(number, 1), total)
}

fn submit(header: Header) {
    let proof = justify(&header, &[0, 1, 2], 5);
    let relayer = RuntimeOrigin::signed(OPERATOR_A);
    let header = Box::new(header);
    HospitalAnchor::submit_finality_proof(relayer, A, header, proof).unwrap();
}

fn submit_at(slot: u64, header: Header) {
    NowSlot::set(slot);
    submit(header);
}

fn waiting() -> Vec<(Sequence, u64)> {
    Waiting::<Test>::get(A).into_inner()
}

#[test]
fn anchored_should_tell_the_newest_head() {
    ExtBuilder::default().anchored_a().execute(|| {
        let head = head(20, 3);
        submit_at(140, head.clone());
        let facts = AnchorFacts {
            head: head.hash(),
            anchored_slot: 140,
            entry_blocks: 3,
        };
        assert_eq!(HospitalAnchor::anchored(&A), Ok(facts));
    });
}

/// A head whose block was authored in a slot of the hospital's chain.
fn authored_in(slot: u64, number: u32) -> Header {
    let mut header = head(number, 0);
    let item = DigestItem::PreRuntime(*b"aura", slot.encode());
    header.digest.push(item);
    header
}

#[test]
fn anchored_should_be_as_old_as_the_block_when_a_backlog_is_anchored() {
    ExtBuilder::default().anchored_a().execute(|| {
        let slot_of = || HospitalAnchor::anchored(&A).unwrap().anchored_slot;
        submit_at(500, authored_in(130, 20));
        assert_eq!(slot_of(), 130);
        // Clocks may differ a little.
        submit_at(500, authored_in(520, 21));
        assert_eq!(slot_of(), 500);
    });
}

#[test]
fn anchored_should_not_be_fresh_when_the_head_is_from_the_future() {
    ExtBuilder::default().anchored_a().execute(|| {
        // With slots of a third of the consortium's length, every slot number is three times as
        // high.
        submit_at(500, authored_in(3 * 480, 20));
        assert_eq!(HospitalAnchor::anchored(&A).unwrap().anchored_slot, 0);
    });
}

#[test]
fn anchored_should_say_what_is_lacking() {
    ExtBuilder::default().anchored_a().execute(|| {
        assert_eq!(HospitalAnchor::anchored(&B), Err(Shortfall::NotAnchored));
        assert_ok!(HospitalAnchor::halt_anchor(RuntimeOrigin::root(), A));
        assert_eq!(HospitalAnchor::anchored(&A), Err(Shortfall::AnchorHalted));
        assert_ok!(HospitalAnchor::resume_anchor(RuntimeOrigin::root(), A));
        assert_eq!(HospitalAnchor::anchored(&A).unwrap().anchored_slot, 100);
    });
}

#[test]
fn anchored_should_not_grow_younger_when_a_proof_is_refused() {
    ExtBuilder::default().anchored_a().execute(|| {
        NowSlot::set(500);
        let stale = header(10, 1);
        let proof = justify(&stale, &[0, 1, 2], 5);
        let relayer = RuntimeOrigin::signed(OPERATOR_A);
        let refused = HospitalAnchor::submit_finality_proof(relayer, A, Box::new(stale), proof);
        assert_eq!(refused, Err(Error::<Test>::InvalidNumber.into()));
        assert_eq!(HospitalAnchor::anchored(&A).unwrap().anchored_slot, 100);
    });
}

#[test]
fn entry_blocks_should_not_fall_when_a_header_hides_them() {
    ExtBuilder::default().anchored_a().execute(|| {
        submit(head(20, 7));
        let doubled = with_total(head(22, 9), 9);
        for header in [header(21, 1), doubled, head(23, 3)] {
            submit(header);
            assert_eq!(HospitalAnchor::anchored(&A).unwrap().entry_blocks, 7);
        }
        assert_eq!(waiting(), [(7, 100)]);
        submit(head(24, 8));
        assert_eq!(HospitalAnchor::anchored(&A).unwrap().entry_blocks, 8);
    });
}

#[test]
fn waiting_since_should_name_the_oldest_anchoring_with_more_than_registered() {
    ExtBuilder::default().anchored_a().execute(|| {
        assert_eq!(HospitalAnchor::waiting_since(&A, 0), None);
        submit_at(110, head(20, 2));
        submit_at(120, head(21, 2));
        submit_at(130, head(22, 3));
        let since = |registered| HospitalAnchor::waiting_since(&A, registered);
        assert_eq!((since(0), since(1)), (Some(110), Some(110)));
        assert_eq!((since(2), since(3)), (Some(130), None));
        assert_eq!(HospitalAnchor::waiting_since(&B, 0), None);
    });
}

#[test]
fn waiting_should_forget_what_is_registered() {
    ExtBuilder::default().anchored_a().execute(|| {
        submit_at(110, head(20, 2));
        submit_at(120, head(21, 3));
        Index::register(A, 2);
        submit_at(130, head(22, 4));
        assert_eq!(waiting(), [(3, 120), (4, 130)]);
        Index::register(A, 4);
        submit_at(140, head(23, 4));
        assert!(!Waiting::<Test>::contains_key(A));
    });
}

#[test]
fn waiting_should_stretch_the_newest_pair_when_there_are_too_many() {
    ExtBuilder::default().anchored_a().execute(|| {
        for (step, slot) in (1..=6u32).zip([110, 120, 130, 140, 150, 160]) {
            submit_at(slot, head(20 + step, step));
        }
        // Entry blocks 5 and 6 count as anchored with the fourth.
        assert_eq!(waiting(), [(1, 110), (2, 120), (3, 130), (6, 140)]);
        assert_eq!(HospitalAnchor::waiting_since(&A, 5), Some(140));
    });
}

#[test]
fn first_head_should_wait_from_its_anchoring() {
    ExtBuilder::default().execute(|| {
        NowSlot::set(300);
        assert_ok!(HospitalAnchor::initialise_anchor(
            RuntimeOrigin::root(),
            A,
            Box::new(head(10, 5)),
            authorities(&[0, 1, 2, 3]),
            5
        ));
        let best = HospitalAnchor::best_head(&A).unwrap();
        assert_eq!((best.anchored_slot, best.entry_blocks), (300, 5));
        assert_eq!(HospitalAnchor::waiting_since(&A, 0), Some(300));
    });
}

#[test]
fn reinitialised_anchor_should_wait_anew() {
    ExtBuilder::default().anchored_a().execute(|| {
        submit_at(110, head(20, 4));
        submit_at(120, head(21, 6));
        let restart = |slot, header: Header| {
            NowSlot::set(slot);
            assert_ok!(HospitalAnchor::reinitialise_anchor(
                RuntimeOrigin::root(),
                A,
                Box::new(header),
                authorities(&[0, 1, 2, 3]),
                5
            ));
        };
        Index::register(A, 2);
        restart(200, head(15, 3));
        assert_eq!(waiting(), [(3, 200)]);
        assert_eq!(HospitalAnchor::anchored(&A).unwrap().entry_blocks, 3);
        // All entry blocks that the head counts are registered, so nothing waits.
        Index::register(A, 3);
        restart(210, head(16, 3));
        assert!(!Waiting::<Test>::contains_key(A));
        System::assert_last_event(
            Event::AnchorReinitialised {
                hospital: A,
                number: 16,
                hash: head(16, 3).hash(),
            }
            .into(),
        );
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Compares the pallet with a list without bound.
    ///
    /// An entry block never seems to wait for a shorter time than it does. The time is exact as
    /// long as no more anchorings wait than the pallet keeps.
    #[test]
    fn waiting_since_should_follow_the_model(
        steps in proptest::collection::vec((0..3u32, 0..3u32, 1..20u64), 1..24)
    ) {
        ExtBuilder::default().anchored_a().execute(|| {
            let (mut total, mut registered, mut slot) = (0u32, 0u32, 100u64);
            let mut all: Vec<(Sequence, u64)> = Vec::new();
            let mut exact = true;
            for ((stored, taken, slots), number) in steps.into_iter().zip(20u32..) {
                slot += slots;
                total += stored;
                if stored > 0 {
                    all.push((total, slot));
                }
                submit_at(slot, head(number, total));
                all.retain(|(total, _)| *total > registered);
                exact &= all.len() <= MaxHeads::get() as usize;
                registered = (registered + taken).min(total);
                Index::register(A, registered);

                let expected = all.iter().find(|(total, _)| *total > registered).map(|pair| pair.1);
                let found = HospitalAnchor::waiting_since(&A, registered);
                assert_eq!(found.is_some(), expected.is_some());
                assert!(found <= expected);
                assert!(!exact || found == expected);
                HospitalAnchor::do_try_state().unwrap();
            }
        });
    }
}

#[test]
fn clock_should_stand_while_the_quota_has_no_room() {
    ExtBuilder::default().anchored_a().execute(|| {
        submit_at(140, head(20, 3));
        assert_eq!(HospitalAnchor::waiting_since(&A, 0), Some(140));
        WithoutRoom::set(vec![A]);
        submit_at(190, head(21, 3));
        // The time until now does not count.
        assert_eq!(HospitalAnchor::waiting_since(&A, 0), Some(190));
        WithoutRoom::set(Vec::new());
        submit_at(200, head(22, 4));
        assert_eq!(HospitalAnchor::waiting_since(&A, 0), Some(190));
        // A block that was anchored later waits from its own anchoring on.
        assert_eq!(HospitalAnchor::waiting_since(&A, 3), Some(200));
        assert_eq!(HospitalAnchor::waiting_since(&A, 4), None);
    });
}
