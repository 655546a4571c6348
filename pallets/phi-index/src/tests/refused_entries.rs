// SPDX-License-Identifier: Apache-2.0
//! Entries on a hospital's chain that cannot enter the index.
//!
//! A search must not find them, and they must not stop the hospital's sequence.
use crate::{mock::*, Event, Refusal, Refused};
use bspp_primitives::traits::RegisteredEntries;
use bspp_types::{entry_proof, BatchId, Entry};
use sp_core::H256;

/// Registers a good entry, `bad` and another good entry, and expects one refusal.
///
/// Only `bad` must be refused, and the sequence must go on.
pub(super) fn expect_refusal(batch: BatchId, bad: Entry, reason: Refusal) {
    let next = PhiIndex::batch(&batch).unwrap().next_index;
    let entries = vec![entry(batch, next, 31), bad, entry(batch, next + 1, 30)];
    let sequence = store_and_register(OPERATOR_A, entries.clone());
    assert_eq!(
        PhiIndex::refused(&A, sequence).to_vec(),
        vec![Refused { leaf: 1, reason }]
    );
    let refused = PhiIndex::refused(&A, sequence);
    System::assert_last_event(
        Event::EntriesRefused {
            hospital: A,
            sequence,
            refused,
        }
        .into(),
    );
    for (leaf, entry) in (0..).zip(&entries) {
        let path = entry_proof(&entries, leaf).unwrap();
        assert_eq!(
            PhiIndex::is_registered(&A, sequence, entry, &path),
            leaf != 1
        );
    }
    assert_eq!(PhiIndex::batch(&batch).unwrap().next_index, next + 2);
    store_and_register(OPERATOR_A, vec![entry(batch, next + 2, 29)]);
    assert_eq!(PhiIndex::next_sequence(&A), sequence + 2);
}

#[test]
fn register_blocks_should_refuse_an_entry_when_its_batch_is_unknown() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        expect_refusal(ids[0], entry(H256([9; 32]), 0, 3), Refusal::BatchNotFound);
    });
}

#[test]
fn other_hospitals_batch_should_be_refused_and_stay_as_it_is() {
    ExtBuilder::default()
        .with_batch(A, 1)
        .with_batch(B, 2)
        .execute(|ids| {
            expect_refusal(ids[0], entry(ids[1], 7, 3), Refusal::HospitalMismatch);
            assert_eq!(PhiIndex::batch(&ids[1]).unwrap().next_index, 0);
        });
}

#[test]
fn register_blocks_should_refuse_an_entry_when_its_index_is_spent() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        store_and_register(OPERATOR_A, vec![entry(ids[0], 4, 1)]);
        expect_refusal(ids[0], entry(ids[0], 5, 2), Refusal::InvalidIndex);
        expect_refusal(ids[0], entry(ids[0], 4, 1), Refusal::InvalidIndex);
        expect_refusal(ids[0], entry(ids[0], 0, 5), Refusal::InvalidIndex);
        expect_refusal(ids[0], entry(ids[0], u32::MAX, 5), Refusal::InvalidIndex);
    });
}

#[test]
fn register_blocks_should_refuse_an_entry_when_its_shape_is_wrong() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let mut short = entry(ids[0], 1, 3);
        short.slots.pop();
        expect_refusal(ids[0], short, Refusal::InvalidSlotCount);
        let mut double = entry(ids[0], 9, 3);
        double.slots[3].tag = double.slots[5].tag;
        expect_refusal(ids[0], double, Refusal::DuplicateTag);
    });
}

#[test]
fn register_blocks_should_refuse_all_entries_when_none_is_good() {
    ExtBuilder::default().execute(|_| {
        let entries: Vec<_> = (0..256).map(|i| entry(H256([1; 32]), i, i as u8)).collect();
        let sequence = store_and_register(OPERATOR_A, entries);
        assert_eq!(PhiIndex::refused(&A, sequence).len(), 256);
        assert_eq!(PhiIndex::next_sequence(&A), 1);
    });
}
