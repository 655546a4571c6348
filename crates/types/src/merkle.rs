// SPDX-License-Identifier: Apache-2.0
//! The Merkle tree over a hospital block's entries, and the running hash of entry blocks.
//!
//! A node without a sibling moves up unchanged. Leaves and inner nodes are BLAKE2b-256 hashes with
//! domains of their own, so that no inner node passes for a leaf.

use crate::{Entry, H256};
use alloc::vec::Vec;
use bounded_collections::{BoundedVec, ConstU32};
use bspp_peks::{blake2b_256, blake2b_256_parts, domain};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Maximum length of a Merkle path, which is enough for 2^16 entries in a block.
pub const MAX_PATH: u32 = 16;

/// Root, count and running hash of one entry block, as the hospital chain keeps them.
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
pub struct EntryCommitment {
    /// Height of the hospital block.
    pub number: u32,
    /// Number of entries stored in it: one or more.
    pub count: u32,
    /// Root over the entries in the order of their storage: [`entries_root`].
    pub root: H256,
    /// Running hash over all entry blocks up to this one: [`next_chain_hash`].
    pub chain_hash: H256,
}

/// Path from an entry to the root of its block.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct EntryProof {
    /// Position of the entry among the block's entries.
    pub leaf_index: u32,
    /// Number of entries in the block.
    pub leaf_count: u32,
    /// Siblings from the leaf upwards.
    pub path: BoundedVec<H256, ConstU32<MAX_PATH>>,
}

fn join(node: &[u8], left: &H256, right: &H256) -> H256 {
    blake2b_256_parts(&[node, &left.0, &right.0]).into()
}

/// The row above `row`, which joins nodes in pairs.
///
/// A last node without a sibling moves up unchanged.
fn row_above(node: &[u8], row: &[H256]) -> Vec<H256> {
    let mut pairs = row.chunks_exact(2);
    let mut above = Vec::with_capacity(row.len().div_ceil(2));
    for pair in pairs.by_ref() {
        if let [left, right] = pair {
            above.push(join(node, left, right));
        }
    }
    above.extend_from_slice(pairs.remainder());
    above
}

/// Root over entries. Without entries it is the zero hash, which no block registers.
pub fn entries_root(entries: &[Entry]) -> H256 {
    leaves_root(entries.iter().map(Entry::leaf).collect())
}

/// Root over leaves that [`Entry::leaf`] made.
pub fn leaves_root(leaves: Vec<H256>) -> H256 {
    root_over(domain::ENTRY_NODE, leaves)
}

/// Root over leaves of another kind, whose inner nodes have the domain `node`.
pub fn root_over(node: &[u8], mut row: Vec<H256>) -> H256 {
    while row.len() > 1 {
        row = row_above(node, &row);
    }
    row.first().copied().unwrap_or_default()
}

/// Path of the entry at `index`.
///
/// `None` if that entry does not exist, or if there are too many entries.
pub fn entry_proof(entries: &[Entry], index: u32) -> Option<EntryProof> {
    let row = entries.iter().map(Entry::leaf).collect();
    let path = path_over(domain::ENTRY_NODE, row, usize::try_from(index).ok()?)?;
    Some(EntryProof {
        leaf_index: index,
        leaf_count: u32::try_from(entries.len()).ok()?,
        path: path.try_into().ok()?,
    })
}

/// Siblings of the leaf at `position`, from the leaf upwards.
///
/// `None` if there is no such leaf.
pub(crate) fn path_over(node: &[u8], mut row: Vec<H256>, mut position: usize) -> Option<Vec<H256>> {
    if position >= row.len() {
        return None;
    }
    let mut path = Vec::new();
    while row.len() > 1 {
        // The sibling is the other node of the pair: their positions differ in the last bit.
        path.extend(row.get(position ^ 1).copied());
        position /= 2;
        row = row_above(node, &row);
    }
    Some(path)
}

/// The root to which a path leads from a leaf at a position.
///
/// The position is among `width` leaves.
/// `None` if the path does not have the length that position and width require.
pub(crate) fn root_of_path(
    node: &[u8],
    leaf: H256,
    (mut position, mut width): (u32, u32),
    path: &[H256],
) -> Option<H256> {
    if position >= width {
        return None;
    }
    let mut siblings = path.iter();
    let mut root = leaf;
    while width > 1 {
        let is_right = position % 2 == 1;
        if is_right || position.saturating_add(1) < width {
            let sibling = siblings.next()?;
            root = if is_right {
                join(node, sibling, &root)
            } else {
                join(node, &root, sibling)
            };
        }
        position /= 2;
        width = width.div_ceil(2);
    }
    siblings.next().is_none().then_some(root)
}

/// Whether `proof` leads from `entry` to `root`, from exactly the position in the proof.
///
/// The path must have the length that position and count require, and the position decides the side
/// on which each sibling joins: otherwise one path would pass for several positions.
pub fn verify_entry_proof(root: &H256, entry: &Entry, proof: &EntryProof) -> bool {
    let place = (proof.leaf_index, proof.leaf_count);
    root_of_path(domain::ENTRY_NODE, entry.leaf(), place, &proof.path) == Some(*root)
}

/// Running hash after another entry block. It starts from the zero hash.
pub fn next_chain_hash(previous: &H256, number: u32, count: u32, root: &H256) -> H256 {
    let mut bytes = Vec::from(domain::ENTRY_CHAIN);
    (previous, number, count, root).encode_to(&mut bytes);
    blake2b_256(&bytes).into()
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
            seal: H256::zero(),
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
