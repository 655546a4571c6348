// SPDX-License-Identifier: Apache-2.0
//! `bspp-types` hashes without Substrate, with the results of the host functions.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use bspp_peks::domain;
use bspp_types::{entries_root, entry_proof, leaves_root, verify_entry_proof, Entry, H256};
use codec::Encode;

fn entries(count: u32) -> Vec<Entry> {
    let entry = |index| Entry {
        batch: H256::repeat_byte(1),
        index,
        payload_hash: H256::repeat_byte(2),
        key_commitment: H256::repeat_byte(3),
        slots: Default::default(),
        seal: H256::repeat_byte(4),
    };
    (0..count).map(entry).collect()
}

fn host_hash(parts: &[&[u8]]) -> H256 {
    sp_io::hashing::blake2_256(&parts.concat()).into()
}

/// The root by its definition.
///
/// The left part of `n` leaves has the largest power of two below `n`. It shares no step with the code under test, which goes row by row.
fn root_by_definition(leaves: &[H256]) -> H256 {
    match leaves {
        [] => H256::zero(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            let (left, right) = (root_by_definition(left), root_by_definition(right));
            host_hash(&[domain::ENTRY_NODE, &left.0, &right.0])
        }
    }
}

#[test]
fn leaf_should_be_the_host_functions_hash_of_domain_and_entry() {
    for entry in entries(3) {
        assert_eq!(
            entry.leaf(),
            host_hash(&[domain::ENTRY_LEAF, &entry.encode()])
        );
    }
}

#[test]
fn roots_and_paths_should_follow_the_definition_with_host_functions() {
    for count in 0..=33u32 {
        let entries = entries(count);
        let leaves: Vec<H256> = entries.iter().map(Entry::leaf).collect();
        let root = root_by_definition(&leaves);
        assert_eq!(entries_root(&entries), root, "of {count}");
        assert_eq!(leaves_root(leaves.clone()), root, "of {count}");
        for (entry, index) in entries.iter().zip(0..) {
            let proof = entry_proof(&entries, index).unwrap();
            assert!(
                verify_entry_proof(&root, entry, &proof),
                "{index} of {count}"
            );
        }
        assert_eq!(entry_proof(&entries, count), None);
    }
}
