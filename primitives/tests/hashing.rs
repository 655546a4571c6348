// SPDX-License-Identifier: Apache-2.0
//! `bspp-types` hashes without Substrate: the results must equal those of Substrate.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use bspp_primitives::Hashing;
use bspp_types::{entries_root, entry_proof, leaves_root, Entry, H256};
use codec::Encode;

fn entries(count: u32) -> Vec<Entry> {
    let entry = |index| Entry {
        batch: H256::repeat_byte(1),
        index,
        payload_hash: H256::repeat_byte(2),
        key_commitment: H256::repeat_byte(3),
        slots: Default::default(),
    };
    (0..count).map(entry).collect()
}

#[test]
fn leaf_should_be_the_host_functions_hash_of_domain_and_entry() {
    for entry in entries(3) {
        let mut bytes = bspp_peks::domain::ENTRY_LEAF.to_vec();
        entry.encode_to(&mut bytes);
        assert_eq!(entry.leaf().0, sp_io::hashing::blake2_256(&bytes));
    }
}

#[test]
fn roots_and_paths_should_be_those_of_binary_merkle_tree() {
    for count in 0..=33u32 {
        let entries = entries(count);
        let leaves: Vec<H256> = entries.iter().map(Entry::leaf).collect();
        let root = binary_merkle_tree::merkle_root::<Hashing, _>(leaves.clone());
        assert_eq!(entries_root(&entries), root, "of {count}");
        assert_eq!(leaves_root(leaves.clone()), root, "of {count}");
        for index in 0..count {
            let expected = binary_merkle_tree::merkle_proof::<Hashing, _, _>(leaves.clone(), index);
            let proof = entry_proof(&entries, index).unwrap();
            assert_eq!(proof.path.to_vec(), expected.proof, "{index} of {count}");
        }
        assert_eq!(entry_proof(&entries, count), None);
    }
}
