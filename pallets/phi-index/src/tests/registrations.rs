// SPDX-License-Identifier: Apache-2.0
//! Registrations that a node reads from a block's body: exactly those that succeeded.
use crate::mock::*;
use bspp_types::EntryBlock;
use sp_core::H256;

/// Registers entry blocks of A or B, and returns the extrinsic with its position.
fn included(who: u64, blocks: &[EntryBlock]) -> (u32, Vec<u8>) {
    next_extrinsic();
    register_all(who, blocks).unwrap();
    (System::extrinsic_index().unwrap(), extrinsic(blocks))
}

#[test]
fn registrations_should_return_what_the_block_registered() {
    ExtBuilder::default()
        .with_batch(A, 1)
        .with_batch(B, 2)
        .execute(|ids| {
            let of_a = [
                vec![entry(ids[0], 0, 1), entry(H256([9; 32]), 0, 2)],
                vec![entry(ids[0], 1, 4)],
            ];
            let of_b = [vec![entry(ids[1], 0, 3)]];
            let body = [
                included(OPERATOR_A, &store_all(A, 0, &of_a)),
                included(OPERATOR_B, &store_all(B, 0, &of_b)),
            ];
            let found = registrations(1, &body);
            let names: Vec<_> = found
                .iter()
                .map(|r| (r.hospital, r.sequence, r.number))
                .collect();
            assert_eq!(names, [(A, 0, 1), (A, 1, 4), (B, 0, 1)]);
            assert_eq!((&found[0].entries, &found[0].refused), (&of_a[0], &vec![1]));
            assert_eq!((&found[1].entries, &found[2].entries), (&of_a[1], &of_b[0]));
            assert!(found[1].refused.is_empty() && found[2].refused.is_empty());
        });
}

#[test]
fn registrations_should_be_found_in_the_state_of_a_later_block() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let lists: Vec<_> = (0..4u8).map(|i| vec![entry(ids[0], i.into(), i)]).collect();
        let first = included(OPERATOR_A, &store_all(A, 0, &lists[..3]));
        let then = registrations(1, std::slice::from_ref(&first));
        for _ in 0..3 {
            next_block_number();
        }
        let second = included(OPERATOR_A, &store_all(A, 3, &lists[3..]));
        assert_eq!(registrations(1, std::slice::from_ref(&first)), then);
        assert_eq!(then.len(), 3);
        assert!(registrations(2, &[]).is_empty());
        let found = registrations(4, &[second]);
        assert_eq!((found.len(), found[0].sequence), (1, 3));
    });
}

#[test]
fn registrations_should_leave_out_skipped_blocks_and_failed_calls() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let lists: Vec<_> = (0..3u8).map(|i| vec![entry(ids[0], i.into(), i)]).collect();
        let blocks = store_all(A, 0, &lists);
        let body = [
            included(OPERATOR_A, &blocks[..1]),
            // The first block is skipped, and its entries are others.
            {
                let mut overlapping = blocks.clone();
                overlapping[0] = entry_block(0, 1, &[entry(ids[0], 9, 9), entry(ids[0], 9, 9)]);
                included(OPERATOR_A, &overlapping)
            },
            // All blocks are skipped.
            included(OPERATOR_A, &blocks),
        ];
        next_extrinsic();
        let gap = entry_block(7, 40, &lists[0]);
        assert!(register_all(OPERATOR_A, &[gap]).is_err());
        let found = registrations(1, &body);
        assert_eq!(found.len(), 3);
        for (sequence, registration) in (0u32..).zip(&found) {
            assert_eq!(registration.sequence, sequence);
            assert_eq!(registration.entries, lists[sequence as usize]);
        }
    });
}

/// Attack: a node gives a body in which another extrinsic is at the registration's position.
#[test]
fn other_body_should_not_yield_registrations() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let blocks = store_all(A, 0, &[vec![entry(ids[0], 0, 1)]]);
        let (at, bytes) = included(OPERATOR_A, &blocks);
        assert!(registrations(1, &[]).is_empty());
        assert!(registrations(1, &[(at, vec![1, 2, 3])]).is_empty());
        let shorter = bytes[..bytes.len() - 1].to_vec();
        assert!(registrations(1, &[(at, shorter)]).is_empty());
        assert_eq!(registrations(1, &[(at, bytes)]).len(), 1);
    });
}
