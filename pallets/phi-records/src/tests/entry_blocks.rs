// SPDX-License-Identifier: Apache-2.0
//! Roots and running hashes, which the consortium reads.

use crate::{mock::*, EntryCommitments, Event, PendingLeaves};
use bspp_primitives::entry_commitment_storage;
use bspp_types::{entries_root, entry_proof, next_chain_hash, verify_entry_proof, Entry};
use codec::Encode;
use frame_support::{assert_ok, traits::Hooks};
use proptest::prelude::*;
use sp_core::H256;

#[test]
fn entry_blocks_should_stand_where_the_protocol_says() {
    for sequence in [0, 1, 255, 256, u32::MAX] {
        assert_eq!(
            EntryCommitments::<Test>::hashed_key_for(sequence),
            entry_commitment_storage::key(sequence)
        );
    }
    ExtBuilder::default().with_record(1).build_and_execute(|| {
        let raw = sp_io::storage::get(&entry_commitment_storage::key(0)).unwrap();
        assert_eq!(
            raw.to_vec(),
            PhiRecords::entry_commitment(0).unwrap().encode()
        );
    });
}

#[test]
fn on_finalize_should_append_nothing_when_no_entry_was_stored() {
    ExtBuilder::default().build_and_execute(|| {
        next_block();
        next_block();
        assert_eq!(PhiRecords::entry_block_count(), 0);
        assert_eq!(PhiRecords::entry_commitment(0), None);
        assert!(events().is_empty());
    });
}

#[test]
fn on_finalize_should_seal_the_block_and_forget_its_leaves() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(store_record(GATEWAY, record(1)));
        System::reset_events();
        PhiRecords::on_finalize(2);
        let block = PhiRecords::entry_commitment(0).unwrap();
        assert_eq!((block.number, block.count), (2, 1));
        assert_eq!(block.root, entries_root(&[entry(1)]));
        assert_eq!(
            block.chain_hash,
            next_chain_hash(&H256::zero(), 2, 1, &block.root)
        );
        assert_eq!(PhiRecords::entry_block_count(), 1);
        assert!(!PendingLeaves::<Test>::exists());
        assert_eq!(
            events(),
            vec![Event::EntryBlockSealed {
                sequence: 0,
                count: 1,
                root: block.root
            }]
        );
    });
}

#[test]
fn on_initialize_should_pay_for_sealing() {
    ExtBuilder::default().build_and_execute(|| {
        assert!(PhiRecords::on_initialize(2).ref_time() > 1_000_000_000);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn roots_and_running_hash_should_equal_those_recomputed_from_the_entries(
        counts in prop::collection::vec(0usize..9, 1..12)
    ) {
        ExtBuilder::default().build_and_execute(|| {
            let mut n = 0u8;
            let mut expected: Vec<(u32, Vec<Entry>)> = Vec::new();
            for count in counts {
                let number = u32::try_from(System::block_number()).unwrap();
                let mut entries = Vec::new();
                for position in 0..count {
                    n += 1;
                    System::set_extrinsic_index(2 * position as u32);
                    System::set_extrinsic_index(2 * position as u32 + 1);
                    assert_ok!(store_record(GATEWAY, record(n)));
                    let location = PhiRecords::record_location(rid(n)).unwrap();
                    assert_eq!(location.block, number);
                    assert_eq!(location.extrinsic, 2 * position as u32 + 1);
                    assert_eq!(location.leaf as usize, position);
                    assert_eq!(location.sequence as usize, expected.len());
                    entries.push(entry(n));
                }
                next_block();
                if !entries.is_empty() {
                    expected.push((number, entries));
                }
            }
            assert_eq!(PhiRecords::entry_block_count() as usize, expected.len());
            let mut running = H256::zero();
            for (sequence, (number, entries)) in expected.iter().enumerate() {
                let block = PhiRecords::entry_commitment(sequence as u32).unwrap();
                let root = entries_root(entries);
                let count = entries.len() as u32;
                running = next_chain_hash(&running, *number, count, &root);
                assert_eq!((block.number, block.count), (*number, count));
                assert_eq!((block.root, block.chain_hash), (root, running));
                for entry in entries {
                    let location = PhiRecords::record_location(entry.rid()).unwrap();
                    assert_eq!(location.sequence as usize, sequence);
                    let path = entry_proof(entries, location.leaf).unwrap();
                    assert!(verify_entry_proof(&block.root, entry, &path));
                }
            }
        });
    }
}
