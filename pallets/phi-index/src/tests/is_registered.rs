// SPDX-License-Identifier: Apache-2.0
use crate::mock::*;
use bspp_primitives::traits::RegisteredEntries;
use bspp_types::{entry_proof, Entry, EntryProof};
use sp_core::H256;

fn with_three(test: impl FnOnce(Vec<Entry>, Vec<EntryProof>)) {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let entries: Vec<_> = (0..3u8).map(|i| entry(ids[0], i.into(), i)).collect();
        store_and_register(OPERATOR_A, entries.clone());
        let paths = (0..3)
            .map(|leaf| entry_proof(&entries, leaf).unwrap())
            .collect();
        test(entries, paths);
    });
}

#[test]
fn is_registered_should_hold_for_every_entry_of_a_block() {
    with_three(|entries, paths| {
        for (entry, path) in entries.iter().zip(&paths) {
            assert!(PhiIndex::is_registered(&A, 0, entry, path));
        }
    });
}

#[test]
fn altered_entry_should_not_be_registered() {
    with_three(|entries, paths| {
        for (entry, path) in entries.iter().zip(&paths) {
            let mut altered = entry.clone();
            altered.slots[0].match_key = [0x77; 32];
            assert!(!PhiIndex::is_registered(&A, 0, &altered, path));
        }
        assert!(!PhiIndex::is_registered(&A, 0, &entries[0], &paths[1]));
    });
}

#[test]
fn entry_should_not_be_registered_for_another_hospital_or_block() {
    with_three(|entries, paths| {
        assert!(!PhiIndex::is_registered(&B, 0, &entries[0], &paths[0]));
        assert!(!PhiIndex::is_registered(&A, 1, &entries[0], &paths[0]));
    });
}

#[test]
fn forged_path_should_not_lead_to_a_registered_entry() {
    with_three(|entries, paths| {
        let mut other_count = paths[0].clone();
        other_count.leaf_count = 4;
        assert!(!PhiIndex::is_registered(&A, 0, &entries[0], &other_count));
        let mut other_sibling = paths[0].clone();
        other_sibling.path[0].0[0] ^= 1;
        assert!(!PhiIndex::is_registered(&A, 0, &entries[0], &other_sibling));
    });
}

#[test]
fn refused_entry_should_not_be_registered_when_the_path_names_another_leaf() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        // In a tree of three leaves, the last leaf's path is as long as the path of an inner node:
        // a careless verifier accepts it for leaf 1 too.
        let bad = entry(H256([9; 32]), 0, 3);
        let entries = vec![entry(ids[0], 0, 1), entry(ids[0], 1, 2), bad.clone()];
        let sequence = store_and_register(OPERATOR_A, entries.clone());
        assert_eq!(PhiIndex::refused(&A, sequence).len(), 1);
        let path = entry_proof(&entries, 2).unwrap();
        for leaf_index in 0..8 {
            for leaf_count in 1..8 {
                let forged = EntryProof {
                    leaf_index,
                    leaf_count,
                    ..path.clone()
                };
                assert!(!PhiIndex::is_registered(&A, sequence, &bad, &forged));
            }
        }
    });
}
