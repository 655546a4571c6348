// SPDX-License-Identifier: Apache-2.0
//! The content of a block's registrations in its header.
use crate::{
    mock::*,
    registration_leaf,
    types::{MAX_CALLS_PER_BLOCK, MAX_REGISTRATIONS_PER_BLOCK},
    BlockRegistrations, Error,
};
use bspp_peks::domain::REGISTRATION_NODE;
use bspp_primitives::{
    traits::{BlockContent, RegisteredCount},
    ContentDigest,
};
use bspp_types::{limits::MAX_BLOCKS_PER_CALL, root_over, HospitalId, Sequence};
use frame_support::{assert_noop, assert_ok, traits::Hooks};
use proptest::prelude::*;
use sp_core::H256;

fn leaf_of(hospital: HospitalId, sequence: Sequence) -> H256 {
    let block = PhiIndex::registered_block(&hospital, sequence)
        .unwrap()
        .block;
    registration_leaf(&hospital, sequence, &block.root, block.count)
}

#[test]
fn content_should_be_empty_when_nothing_was_registered() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        assert_eq!(PhiIndex::content(), ContentDigest::default());
        store_and_register(OPERATOR_A, vec![entry(ids[0], 0, 1)]);
        next_block_number();
        let content = ContentDigest {
            total: 1,
            count: 0,
            root: H256::zero(),
        };
        assert_eq!(PhiIndex::content(), content);
    });
}

#[test]
fn content_should_name_this_blocks_registrations_in_order() {
    ExtBuilder::default()
        .with_batch(A, 1)
        .with_batch(B, 2)
        .execute(|ids| {
            store_and_register(OPERATOR_A, vec![entry(ids[0], 0, 1)]);
            next_block_number();
            let second = vec![entry(ids[0], 1, 2), entry(ids[0], 2, 3)];
            store_and_register(OPERATOR_A, second);
            store_and_register(OPERATOR_B, vec![entry(ids[1], 0, 1)]);
            let content = ContentDigest {
                total: 3,
                count: 2,
                root: root_over(REGISTRATION_NODE, vec![leaf_of(A, 1), leaf_of(B, 0)]),
            };
            assert_eq!(PhiIndex::content(), content);
            assert_eq!((PhiIndex::registered(&A), PhiIndex::registered(&B)), (2, 1));
            // A reader finds it in the header.
            let digest = sp_runtime::Digest {
                logs: vec![content.to_digest_item()],
            };
            assert_eq!(ContentDigest::find(&digest), Some(content));
        });
}

#[test]
fn content_should_leave_out_refused_calls() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let entries = vec![entry(ids[0], 0, 1)];
        store(A, 0, &entries);
        assert!(register(OPERATOR_A, 1, entries.clone()).is_err());
        assert!(register(OPERATOR_B, 0, entries).is_err());
        assert_eq!(PhiIndex::content(), ContentDigest::default());
        assert!(!BlockRegistrations::<Test>::exists());
    });
}

#[test]
fn registration_leaf_should_bind_all_that_was_registered() {
    let root = H256([7; 32]);
    let leaf = registration_leaf(&A, 3, &root, 2);
    assert_ne!(leaf, registration_leaf(&B, 3, &root, 2));
    assert_ne!(leaf, registration_leaf(&A, 4, &root, 2));
    assert_ne!(leaf, registration_leaf(&A, 3, &H256([8; 32]), 2));
    assert_ne!(leaf, registration_leaf(&A, 3, &root, 3));
    // Other programs must compute the same.
    let mut bytes = b"BSPP-V02-REGISTRATION-LEAF".to_vec();
    bytes.extend_from_slice(A.as_bytes());
    bytes.extend_from_slice(&3u32.to_le_bytes());
    bytes.extend_from_slice(root.as_bytes());
    bytes.extend_from_slice(&2u32.to_le_bytes());
    assert_eq!(leaf.0, sp_io::hashing::blake2_256(&bytes));
}

#[test]
fn register_blocks_should_refuse_when_the_block_is_full() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let mut index = 0u32;
        let mut lists = |count: u32| {
            let list = |_| {
                index += 1;
                vec![entry(ids[0], index, index as u8)]
            };
            (0..count).map(list).collect::<Vec<_>>()
        };
        let calls = MAX_REGISTRATIONS_PER_BLOCK / MAX_BLOCKS_PER_CALL;
        for call in 0..calls {
            let blocks = store_all(A, call * MAX_BLOCKS_PER_CALL, &lists(MAX_BLOCKS_PER_CALL));
            next_extrinsic();
            assert_ok!(register_all(OPERATOR_A, &blocks));
        }
        assert_eq!(PhiIndex::content().count, MAX_REGISTRATIONS_PER_BLOCK);
        let one_more = store_all(A, PhiIndex::next_sequence(&A), &lists(1));
        next_extrinsic();
        let refusal = Error::<Test>::MaxRegistrationsExceeded;
        assert_noop!(register_all(OPERATOR_A, &one_more), refusal);
        next_block_number();
        assert_ok!(register_all(OPERATOR_A, &one_more));
    });
}

#[test]
fn register_blocks_should_refuse_when_the_block_has_too_many_calls() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        for index in 0..MAX_CALLS_PER_BLOCK {
            store_and_register(OPERATOR_A, vec![entry(ids[0], index, index as u8)]);
        }
        let one_more = [vec![entry(ids[0], MAX_CALLS_PER_BLOCK, 1)]];
        let blocks = store_all(A, MAX_CALLS_PER_BLOCK, &one_more);
        next_extrinsic();
        let refusal = Error::<Test>::MaxRegistrationsExceeded;
        assert_noop!(register_all(OPERATOR_A, &blocks), refusal);
    });
}

#[test]
fn content_should_name_the_blocks_of_a_call_in_order() {
    ExtBuilder::default().with_batch(A, 1).execute(|ids| {
        let lists: Vec<_> = (0..3u8).map(|i| vec![entry(ids[0], i.into(), i)]).collect();
        assert_ok!(register_all(OPERATOR_A, &store_all(A, 0, &lists)));
        let leaves = (0..3).map(|sequence| leaf_of(A, sequence)).collect();
        let content = ContentDigest {
            total: 3,
            count: 3,
            root: root_over(REGISTRATION_NODE, leaves),
        };
        assert_eq!(PhiIndex::content(), content);
    });
}

#[test]
fn on_initialize_should_pay_for_the_root() {
    ExtBuilder::default().execute(|_| {
        assert!(PhiIndex::on_initialize(2).ref_time() > 1_000_000_000);
        type W = crate::weights::SubstrateWeight<Test>;
        assert!(<W as crate::WeightInfo>::on_initialize().ref_time() > 1_000_000_000);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The content of every block has the root over its registrations.
    ///
    /// The counts add up to the total.
    #[test]
    fn content_should_equal_what_is_recomputed(
        blocks in proptest::collection::vec(proptest::collection::vec(any::<bool>(), 0..5), 1..8)
    ) {
        ExtBuilder::default().with_batch(A, 1).with_batch(B, 2).execute(|ids| {
            let (mut total, mut index) = (0u32, 0u32);
            for block in blocks {
                next_block_number();
                let mut leaves = Vec::new();
                for of_b in block {
                    let (who, hospital, batch) =
                        if of_b { (OPERATOR_B, B, ids[1]) } else { (OPERATOR_A, A, ids[0]) };
                    index += 1;
                    let sequence = store_and_register(who, vec![entry(batch, index, 1)]);
                    leaves.push(leaf_of(hospital, sequence));
                }
                total += leaves.len() as u32;
                let content = PhiIndex::content();
                assert_eq!((content.total, content.count), (total, leaves.len() as u32));
                assert_eq!(content.root, root_over(REGISTRATION_NODE, leaves));
                PhiIndex::do_try_state().unwrap();
            }
        });
    }
}
