// SPDX-License-Identifier: Apache-2.0
//! The hash of a payload: a Merkle tree, so that one piece can be proved.
//!
//! See section 6 of the protocol. The leaves are 128 bytes each, and the last one may be shorter. A node without a sibling moves
//! up unchanged. So each aligned piece of 64 KiB or 1 MiB is a subtree: a hospital chain computes
//! the root of every chunk by itself, and joins the roots to the hash in the entry.

use crate::{H256, MAX_CHUNK_BYTES};
use alloc::vec::Vec;
use bspp_peks::{blake2b_256_parts, domain};

/// Bytes of a leaf.
pub const PAYLOAD_LEAF_BYTES: usize = 128;

fn leaf(bytes: &[u8]) -> H256 {
    blake2b_256_parts(&[domain::PAYLOAD_LEAF, bytes]).into()
}

fn join(mut nodes: Vec<H256>) -> H256 {
    while nodes.len() > 1 {
        let mut above = Vec::with_capacity(nodes.len().div_ceil(2));
        for pair in nodes.chunks(2) {
            above.push(match pair {
                [left, right] => {
                    blake2b_256_parts(&[domain::PAYLOAD_NODE, &left.0, &right.0]).into()
                }
                rest => rest.first().copied().unwrap_or_default(),
            });
        }
        nodes = above;
    }
    // Only an empty payload has no node.
    nodes.pop().unwrap_or_else(|| leaf(&[]))
}

/// Merkle root of a payload, or of a chunk of it.
pub fn payload_root(data: &[u8]) -> H256 {
    join(data.chunks(PAYLOAD_LEAF_BYTES).map(leaf).collect())
}

/// The hash of a payload whose chunks have these roots, in order.
///
/// All chunks but the last have [`MAX_CHUNK_BYTES`]. `length` is the length of the whole payload.
pub fn payload_hash_of_chunks(length: u64, roots: &[H256]) -> H256 {
    let root = join(roots.to_vec());
    blake2b_256_parts(&[domain::PAYLOAD, &length.to_le_bytes(), &root.0]).into()
}

/// `H(PAYLOAD ‖ length as u64 LE ‖ root)`: the hash of a payload.
pub fn payload_hash(data: &[u8]) -> H256 {
    let roots: Vec<H256> = data
        .chunks(MAX_CHUNK_BYTES as usize)
        .map(payload_root)
        .collect();
    payload_hash_of_chunks(data.len() as u64, &roots)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn hash_of_chunks_should_be_the_hash_of_the_whole() {
        let chunk = MAX_CHUNK_BYTES as usize;
        for length in [
            0,
            1,
            128,
            129,
            1000,
            chunk,
            chunk + 1,
            2 * chunk,
            3 * chunk + 77,
        ] {
            let data: Vec<u8> = (0..length).map(|i| (i * 7 % 251) as u8).collect();
            let whole = blake2b_256_parts(&[
                domain::PAYLOAD,
                &(length as u64).to_le_bytes(),
                &payload_root(&data).0,
            ]);
            assert_eq!(payload_hash(&data).0, whole, "{length}");
        }
    }

    #[test]
    fn any_change_of_a_payload_should_change_its_hash() {
        let data = vec![7u8; 1000];
        let hash = payload_hash(&data);
        for position in [0, 127, 128, 999] {
            let mut changed = data.clone();
            changed[position] ^= 1;
            assert_ne!(payload_hash(&changed), hash);
        }
        assert_ne!(payload_hash(&data[..999]), hash);
        // Two nodes of a tree are not a leaf.
        let nodes = [leaf(&[7; 128]).0, leaf(&[7; 128]).0].concat();
        assert_ne!(payload_root(&nodes[..]), payload_root(&[7; 256]));
    }
}
