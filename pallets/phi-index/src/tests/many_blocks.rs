// SPDX-License-Identifier: Apache-2.0
//! Calls that register many entry blocks, overlap, or come again.
use crate::{mock::*, Error, Event, RegisteredIn};
use bspp_primitives::{entry_commitment_storage, traits::RegisteredEntries};
use bspp_types::{
    entry_proof,
    limits::{MAX_BLOCKS_PER_CALL, MAX_ENTRIES_PER_CALL},
    BatchId, Entry, EntryBlock,
};
use codec::Encode;
use frame_support::{assert_noop, assert_ok, assert_storage_noop};
use proptest::prelude::*;

/// `count` blocks of one entry each, with indices from `from` on.
fn lists(batch: BatchId, from: u32, count: u32) -> Vec<Vec<Entry>> {
    (from..from + count)
        .map(|index| vec![entry(batch, index, index as u8)])
        .collect()
}

#[test]
fn register_blocks_should_register_many_with_one_proof() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let lists = lists(ids[0], 0, MAX_BLOCKS_PER_CALL);
        let blocks = store_all(A, 0, &lists);
        assert_ok!(register_all(OPERATOR_A, &blocks));
        assert_eq!(PhiIndex::next_sequence(&A), MAX_BLOCKS_PER_CALL);
        assert_eq!(
            PhiIndex::batch(&ids[0]).unwrap().next_index,
            MAX_BLOCKS_PER_CALL
        );
        let calls = RegisteredIn::<Test>::get(1);
        assert_eq!((calls.len(), calls[0].count), (1, MAX_BLOCKS_PER_CALL));
        let bytes = extrinsic(&blocks);
        for (sequence, list) in (0u32..).zip(&lists) {
            let registered = PhiIndex::registered_block(&A, sequence).unwrap();
            assert_eq!(registered.entries_in(&bytes).unwrap().into_inner(), *list);
            let path = entry_proof(list, 0).unwrap();
            assert!(PhiIndex::is_registered(&A, sequence, &list[0], &path));
        }
    });
}

#[test]
fn register_blocks_should_report_each_block() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        assert_ok!(register_all(
            OPERATOR_A,
            &store_all(A, 0, &lists(ids[0], 0, 3))
        ));
        let reported: Vec<_> = System::events()
            .into_iter()
            .filter_map(|record| match record.event {
                RuntimeEvent::PhiIndex(Event::EntriesRegistered { sequence, .. }) => Some(sequence),
                _ => None,
            })
            .collect();
        assert_eq!(reported, [0, 1, 2]);
    });
}

#[test]
fn register_blocks_should_skip_what_is_registered() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let blocks = store_all(A, 0, &lists(ids[0], 0, 5));
        assert_ok!(register_all(OPERATOR_A, &blocks[..3]));
        next_extrinsic();
        assert_ok!(register_all(OPERATOR_A, &blocks[1..]));
        assert_eq!(PhiIndex::next_sequence(&A), 5);
        next_extrinsic();
        assert_storage_noop!(assert_ok!(register_all(OPERATOR_A, &blocks)));
        assert_storage_noop!(assert_ok!(register_all(OPERATOR_A, &[])));
    });
}

#[test]
fn register_blocks_should_cost_less_when_blocks_are_skipped() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let blocks = store_all(A, 0, &lists(ids[0], 0, 2));
        let call = |blocks: &[EntryBlock]| {
            let blocks = blocks.to_vec().try_into().unwrap();
            let origin = RuntimeOrigin::signed(OPERATOR_A);
            let info = PhiIndex::register_blocks(origin, HEAD, Default::default(), blocks);
            info.unwrap().actual_weight.unwrap().ref_time()
        };
        let both = call(&blocks);
        next_extrinsic();
        assert!(call(&blocks) < both);
    });
}

#[test]
fn register_blocks_should_refuse_when_there_is_a_gap() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let blocks = store_all(A, 0, &lists(ids[0], 0, 4));
        let refusal = || Error::<Test>::SequenceMismatch;
        assert_noop!(register_all(OPERATOR_A, &blocks[1..]), refusal());
        let gap = [blocks[0].clone(), blocks[2].clone()];
        assert_noop!(register_all(OPERATOR_A, &gap), refusal());
        let twice = [blocks[0].clone(), blocks[0].clone()];
        assert_noop!(register_all(OPERATOR_A, &twice), refusal());
        let swapped = [blocks[1].clone(), blocks[0].clone()];
        assert_noop!(register_all(OPERATOR_A, &swapped), refusal());
    });
}

#[test]
fn register_blocks_should_refuse_when_there_are_too_many_entries() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let list = |from: u32| -> Vec<Entry> {
            (from..from + 256)
                .map(|i| entry(ids[0], i, i as u8))
                .collect()
        };
        let full = MAX_ENTRIES_PER_CALL / 256;
        let mut lists: Vec<_> = (0..full).map(|i| list(i * 256)).collect();
        lists.push(vec![entry(ids[0], full * 256, 1)]);
        let blocks = store_all(A, 0, &lists);
        let refusal = Error::<Test>::MaxEntriesExceeded;
        assert_noop!(register_all(OPERATOR_A, &blocks), refusal);
        assert_ok!(register_all(OPERATOR_A, &blocks[..full as usize]));
    });
}

/// Attack: a hospital hides or alters a block in the middle of a call.
#[test]
fn hospital_with_a_forked_chain_should_be_refused() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let blocks = store_all(A, 0, &lists(ids[0], 0, 4));
        for position in 0..3 {
            let refusal = || Error::<Test>::ChainHashMismatch;
            let mut altered = blocks.clone();
            altered[position].entries[0].payload_hash.0[0] ^= 1;
            assert_noop!(register_all(OPERATOR_A, &altered), refusal());
            let mut more = blocks.clone();
            let extra = more[position].entries[0].clone();
            more[position].entries.try_push(extra).unwrap();
            assert_noop!(register_all(OPERATOR_A, &more), refusal());
            // Left out, with the later blocks in its place.
            let mut hidden = blocks.clone();
            hidden.remove(position);
            for (sequence, block) in (0u32..).zip(&mut hidden) {
                block.sequence = sequence;
            }
            let newest = entry_commitment_storage::key(3);
            put_state(A, entry_commitment_storage::key(2), read_state(A, &newest));
            assert_noop!(register_all(OPERATOR_A, &hidden), refusal());
        }
    });
}

/// Attack: the hospital's chain shows two histories after the same registered block.
#[test]
fn hospital_with_a_forked_history_should_be_refused_after_a_registration() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let honest = store_all(A, 0, &lists(ids[0], 0, 2));
        assert_ok!(register_all(OPERATOR_A, &honest[..1]));
        // The fork has another first block.
        let fork = store_all_from_nothing(&lists(ids[0], 5, 2));
        next_extrinsic();
        let refusal = Error::<Test>::ChainHashMismatch;
        assert_noop!(register_all(OPERATOR_A, &fork), refusal);
    });
}

/// Stores a history of A without regard to what is registered.
fn store_all_from_nothing(lists: &[Vec<Entry>]) -> Vec<EntryBlock> {
    let mut last = None;
    let mut blocks = Vec::new();
    for (sequence, entries) in (0u32..).zip(lists) {
        let block = next_block(last, entries);
        put_state(A, entry_commitment_storage::key(sequence), block.encode());
        blocks.push(entry_block(sequence, block.number, entries));
        last = Some(block);
    }
    blocks
}

/// Attack: a relayer brings the call again, late, and in another order.
#[test]
fn relayer_that_repeats_and_reorders_calls_should_gain_nothing() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let blocks = store_all(A, 0, &lists(ids[0], 0, 6));
        assert_noop!(
            register_all(OPERATOR_A, &blocks[3..]),
            Error::<Test>::SequenceMismatch
        );
        assert_ok!(register_all(OPERATOR_A, &blocks[..3]));
        next_extrinsic();
        assert_ok!(register_all(OPERATOR_A, &blocks[3..]));
        next_block_number();
        assert_storage_noop!(assert_ok!(register_all(OPERATOR_A, &blocks[..3])));
        assert_storage_noop!(assert_ok!(register_all(OPERATOR_A, &blocks[3..])));
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Any order of overlapping, repeated and early calls registers each block exactly once.
    ///
    /// The index results are those of the blocks one after the other.
    #[test]
    fn calls_in_any_order_should_register_each_block_once(
        spans in proptest::collection::vec((0..12usize, 1..6usize, any::<bool>()), 0..24)
    ) {
        ExtBuilder::default().with_batch(A, 1).execute(|ids| {
            // Every third entry has an index that is used already.
            let lists: Vec<Vec<Entry>> = (0..12u32)
                .map(|i| vec![entry(ids[0], if i % 3 == 2 { 0 } else { i }, i as u8)])
                .collect();
            let blocks = store_all(A, 0, &lists);
            let (mut expected, mut body) = (0usize, Vec::new());
            let mut found = Vec::new();
            // At the end one call brings whatever is left.
            for (from, len, end_block) in spans.into_iter().chain([(0, 12, true)]) {
                let span = &blocks[from..(from + len).min(blocks.len())];
                next_extrinsic();
                let outcome = register_all(OPERATOR_A, span);
                assert_eq!(outcome.is_ok(), from <= expected);
                if outcome.is_ok() {
                    expected = expected.max(from + span.len());
                }
                assert_eq!(PhiIndex::next_sequence(&A) as usize, expected);
                body.push((System::extrinsic_index().unwrap(), extrinsic(span)));
                if end_block {
                    found.extend(registrations(System::block_number() as u32, &body));
                    body.clear();
                    next_block_number();
                }
            }
            assert_eq!(found.len(), lists.len());
            for (sequence, registration) in (0u32..).zip(&found) {
                assert_eq!(registration.sequence, sequence);
                assert_eq!(registration.entries, lists[sequence as usize]);
                assert_eq!(registration.refused.is_empty(), sequence % 3 != 2);
            }
            assert_eq!(crate::TotalRegistrations::<Test>::get(), 12);
        });
    }
}
