// SPDX-License-Identifier: Apache-2.0
//! The Merkle tree over the entries of one hospital block, and the running hash of such blocks.

use crate::Entry;
use alloc::vec::Vec;
use bspp_peks::domain;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::{ConstU32, H256};
use sp_io::hashing::blake2_256;
use sp_runtime::{
    traits::{BlakeTwo256, Hash},
    BoundedVec,
};

/// Longest Merkle path: enough for 2^16 entries in a block.
pub const MAX_PATH: u32 = 16;

/// What a hospital chain keeps of a block that stored entries.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct EntryBlock {
    /// Height of the hospital block.
    pub number: u32,
    /// Entries stored in it; at least one.
    pub count: u32,
    /// Root over the entries in the order of storing: [`entries_root`].
    pub root: H256,
    /// Running hash over all entry blocks up to this one: [`next_chain_hash`].
    pub chain_hash: H256,
}

/// Path from an entry to the root of its block.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct EntryProof {
    /// Position of the entry among those of its block.
    pub leaf_index: u32,
    /// Entries in the block.
    pub leaf_count: u32,
    /// Siblings from the leaf up.
    pub path: BoundedVec<H256, ConstU32<MAX_PATH>>,
}

fn leaves(entries: &[Entry]) -> Vec<H256> {
    entries.iter().map(Entry::leaf).collect()
}

/// Root over entries. Of none it is the zero hash, which no block registers.
pub fn entries_root(entries: &[Entry]) -> H256 {
    leaves_root(leaves(entries))
}

/// Root over leaves that [`Entry::leaf`] made.
pub fn leaves_root(leaves: Vec<H256>) -> H256 {
    binary_merkle_tree::merkle_root::<BlakeTwo256, _>(leaves)
}

/// Path of the entry at `index`. `None` if there is no such entry or they are too many.
pub fn entry_proof(entries: &[Entry], index: u32) -> Option<EntryProof> {
    if usize::try_from(index).ok()? >= entries.len() {
        return None;
    }
    let proof = binary_merkle_tree::merkle_proof::<BlakeTwo256, _, _>(leaves(entries), index);
    Some(EntryProof {
        leaf_index: index,
        leaf_count: u32::try_from(entries.len()).ok()?,
        path: proof.proof.try_into().ok()?,
    })
}

/// Whether `proof` leads from `entry` to `root`, from exactly the position it names.
///
/// The tree is `binary_merkle_tree`'s: the last node of a row without sibling moves up as it is. That
/// crate's verifier takes the path's length as given, so that one path passes for several positions; here
/// the length must be the one that position and count demand, and each row says on which side it joins.
pub fn verify_entry_proof(root: &H256, entry: &Entry, proof: &EntryProof) -> bool {
    let (mut position, mut width) = (proof.leaf_index, proof.leaf_count);
    if position >= width {
        return false;
    }
    let mut siblings = proof.path.iter();
    let mut node: H256 = BlakeTwo256::hash(entry.leaf().as_bytes());
    while width > 1 {
        let is_right = position % 2 == 1;
        if is_right || position.saturating_add(1) < width {
            let Some(sibling) = siblings.next() else {
                return false;
            };
            let (left, right) = if is_right {
                (sibling, &node)
            } else {
                (&node, sibling)
            };
            node = BlakeTwo256::hash(&[left.as_bytes(), right.as_bytes()].concat());
        }
        position /= 2;
        width = width.div_ceil(2);
    }
    siblings.next().is_none() && node == *root
}

/// Running hash after a further entry block. It starts from the zero hash.
pub fn next_chain_hash(previous: &H256, number: u32, count: u32, root: &H256) -> H256 {
    let mut bytes = Vec::from(domain::ENTRY_CHAIN);
    (previous, number, count, root).encode_to(&mut bytes);
    blake2_256(&bytes).into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn entries(count: u32) -> Vec<Entry> {
        let entry = |index| Entry {
            batch: H256::zero(),
            index,
            payload_hash: H256::zero(),
            key_commitment: H256::zero(),
            slots: Default::default(),
        };
        (0..count).map(entry).collect()
    }

    #[test]
    fn verify_entry_proof_should_accept_a_path_at_its_own_position_only() {
        for count in 1..=33u32 {
            let entries = entries(count);
            let root = entries_root(&entries);
            for (index, entry) in (0..count).zip(&entries) {
                let proof = entry_proof(&entries, index).unwrap();
                for leaf_index in 0..count {
                    let moved = EntryProof {
                        leaf_index,
                        ..proof.clone()
                    };
                    let accepted = verify_entry_proof(&root, entry, &moved);
                    assert_eq!(
                        accepted,
                        leaf_index == index,
                        "{index} as {leaf_index} of {count}"
                    );
                }
            }
        }
    }

    #[test]
    fn verify_entry_proof_should_refuse_another_entry_root_or_path() {
        let entries = entries(7);
        let root = entries_root(&entries);
        let proof = entry_proof(&entries, 6).unwrap();
        assert!(verify_entry_proof(&root, &entries[6], &proof));
        assert!(!verify_entry_proof(&root, &entries[5], &proof));
        assert!(!verify_entry_proof(&H256::zero(), &entries[6], &proof));
        let mut longer = proof.clone();
        longer.path.try_push(H256::zero()).unwrap();
        assert!(!verify_entry_proof(&root, &entries[6], &longer));
        let mut shorter = proof;
        shorter.path.pop();
        assert!(!verify_entry_proof(&root, &entries[6], &shorter));
    }
}
