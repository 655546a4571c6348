// SPDX-License-Identifier: Apache-2.0
//! The hash of a payload: a Merkle tree, so that one piece can be proved.
//!
//! See section 6 of the protocol. The leaves are 128 bytes each, and the last one may be shorter. A
//! node without a sibling moves up unchanged. So each aligned piece of 64 KiB is a subtree, whose
//! root can be kept.

use crate::{
    merkle::{path_over, root_of_path, root_over},
    H256,
};
use alloc::vec::Vec;
use bounded_collections::{BoundedVec, ConstU32};
use bspp_peks::{blake2b_256_parts, domain};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Bytes of a leaf.
pub const PAYLOAD_LEAF_BYTES: usize = 128;
/// Bytes of an aligned piece, whose root the PHI store keeps: 64 KiB, or 2^9 leaves.
pub const PAYLOAD_PIECE_BYTES: usize = 64 * 1024;
/// Maximum length of a path: the largest payload has 2^19 leaves.
pub const MAX_PAYLOAD_PATH: u32 = 19;

fn leaf(bytes: &[u8]) -> H256 {
    blake2b_256_parts(&[domain::PAYLOAD_LEAF, bytes]).into()
}

fn leaves(data: &[u8]) -> Vec<H256> {
    if data.is_empty() {
        // An empty payload has one empty leaf.
        return Vec::from([leaf(&[])]);
    }
    data.chunks(PAYLOAD_LEAF_BYTES).map(leaf).collect()
}

/// Number of leaves of a payload of `length` bytes. An empty payload has one.
pub const fn payload_leaves(length: u64) -> u64 {
    match length.div_ceil(PAYLOAD_LEAF_BYTES as u64) {
        0 => 1,
        leaves => leaves,
    }
}

/// Merkle root of a payload, or of an aligned piece of it.
pub fn payload_root(data: &[u8]) -> H256 {
    root_over(domain::PAYLOAD_NODE, leaves(data))
}

/// Merkle root of a payload whose aligned pieces have these roots, in order.
pub fn payload_root_of_pieces(roots: Vec<H256>) -> H256 {
    root_over(domain::PAYLOAD_NODE, roots)
}

/// `H(PAYLOAD ‖ length as u64 LE ‖ root)`: the hash of a payload with this root.
pub fn payload_hash_of_root(length: u64, root: &H256) -> H256 {
    blake2b_256_parts(&[domain::PAYLOAD, &length.to_le_bytes(), &root.0]).into()
}

/// The hash of a payload.
pub fn payload_hash(data: &[u8]) -> H256 {
    payload_hash_of_root(data.len() as u64, &payload_root(data))
}

/// A proof that a leaf is in a payload at a position that the verifier knows.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct PayloadProof {
    /// Length of the payload in bytes.
    pub length: u32,
    /// The bytes of the leaf.
    pub leaf: BoundedVec<u8, ConstU32<{ PAYLOAD_LEAF_BYTES as u32 }>>,
    /// Siblings from the leaf upwards.
    pub path: BoundedVec<H256, ConstU32<MAX_PAYLOAD_PATH>>,
}

impl PayloadProof {
    /// The proof of a leaf of a whole payload. `None` if there is no such leaf.
    pub fn of_payload(data: &[u8], position: u64) -> Option<Self> {
        let pieces: Vec<H256> = data.chunks(PAYLOAD_PIECE_BYTES).map(payload_root).collect();
        let piece = usize::try_from(position).ok()? / PIECE_LEAVES;
        let start = piece.checked_mul(PAYLOAD_PIECE_BYTES)?;
        let end = start.saturating_add(PAYLOAD_PIECE_BYTES).min(data.len());
        Self::of_piece(
            u32::try_from(data.len()).ok()?,
            pieces,
            data.get(start..end)?,
            position,
        )
    }

    /// The proof of a leaf from the piece that contains it and the roots of all pieces.
    ///
    /// `None` if there is no such leaf. The function does not check the piece against its root.
    pub fn of_piece(length: u32, pieces: Vec<H256>, piece: &[u8], position: u64) -> Option<Self> {
        let position = usize::try_from(position).ok()?;
        let (which, inside) = (position / PIECE_LEAVES, position % PIECE_LEAVES);
        let start = inside.checked_mul(PAYLOAD_LEAF_BYTES)?;
        let end = start.saturating_add(PAYLOAD_LEAF_BYTES).min(piece.len());
        let bytes = piece.get(start..end)?;
        let mut path = path_over(domain::PAYLOAD_NODE, leaves(piece), inside)?;
        if pieces.len() > 1 {
            path.extend(path_over(domain::PAYLOAD_NODE, pieces, which)?);
        }
        Some(Self {
            length,
            leaf: bytes.to_vec().try_into().ok()?,
            path: path.try_into().ok()?,
        })
    }

    /// Whether the leaf is at `position` in the payload with this hash.
    pub fn verify(&self, payload_hash: &H256, position: u64) -> bool {
        let count = payload_leaves(self.length.into());
        let (Ok(position), Ok(width)) = (u32::try_from(position), u32::try_from(count)) else {
            return false;
        };
        // All leaves but the last are full.
        let before = u64::from(position).saturating_mul(PAYLOAD_LEAF_BYTES as u64);
        let rest = u64::from(self.length).saturating_sub(before);
        let expected = rest.min(PAYLOAD_LEAF_BYTES as u64);
        if self.leaf.len() as u64 != expected {
            return false;
        }
        root_of_path(
            domain::PAYLOAD_NODE,
            leaf(&self.leaf),
            (position, width),
            &self.path,
        )
        .is_some_and(|root| payload_hash_of_root(self.length.into(), &root) == *payload_hash)
    }
}

/// Leaves of a full piece.
const PIECE_LEAVES: usize = PAYLOAD_PIECE_BYTES / PAYLOAD_LEAF_BYTES;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

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

    /// Hashes that an independent program made, of payloads whose byte n is n mod 251.
    const VECTORS: [(usize, [u8; 32]); 3] = [
        (
            0,
            [
                0x50, 0xa4, 0x6d, 0xe0, 0x85, 0xdf, 0xe3, 0x6d, 0x66, 0xfe, 0x4b, 0x99, 0x2c, 0xad,
                0x37, 0xef, 0x50, 0xcd, 0x07, 0x23, 0x56, 0x51, 0x8c, 0x29, 0x2d, 0x09, 0x7c, 0x41,
                0xa9, 0x92, 0x53, 0xf2,
            ],
        ),
        (
            129,
            [
                0xde, 0xbc, 0x50, 0x06, 0x0c, 0x62, 0xef, 0xe2, 0x54, 0x03, 0x20, 0xe3, 0x15, 0xa0,
                0x82, 0xdb, 0x69, 0xa4, 0xc3, 0xf3, 0xe7, 0x07, 0xdd, 0xbd, 0x0c, 0x66, 0x12, 0xcc,
                0xcc, 0xda, 0x81, 0x40,
            ],
        ),
        (
            200_001,
            [
                0x08, 0x0e, 0x00, 0x8f, 0x67, 0x58, 0x63, 0xae, 0x03, 0xce, 0x11, 0x4f, 0x46, 0x05,
                0x0d, 0x77, 0x92, 0x7e, 0xc3, 0x1c, 0x3e, 0x39, 0xba, 0x00, 0x80, 0x9a, 0xb4, 0x60,
                0xd9, 0x06, 0x83, 0x2e,
            ],
        ),
    ];

    #[test]
    fn payload_hash_should_equal_the_vectors() {
        for (length, hash) in VECTORS {
            assert_eq!(payload_hash(&data(length)).0, hash, "{length}");
        }
    }

    fn data(length: usize) -> Vec<u8> {
        (0..length).map(|n| (n % 251) as u8).collect()
    }

    #[test]
    fn root_of_pieces_should_be_the_root_of_the_whole() {
        let piece = PAYLOAD_PIECE_BYTES;
        for length in [0, 1, 129, piece, piece + 1, 2 * piece, 5 * piece + 777] {
            let data = data(length);
            let roots = match length {
                0 => vec![payload_root(&[])],
                _ => data.chunks(piece).map(payload_root).collect(),
            };
            assert_eq!(
                payload_root_of_pieces(roots),
                payload_root(&data),
                "{length}"
            );
        }
    }

    #[test]
    fn proof_should_hold_for_its_own_leaf_only() {
        for length in [
            1,
            128,
            129,
            1_000,
            PAYLOAD_PIECE_BYTES + 300,
            3 * PAYLOAD_PIECE_BYTES,
        ] {
            let data = data(length);
            let hash = payload_hash(&data);
            let count = payload_leaves(length as u64);
            for position in [0, 1, count / 2, count - 1] {
                let Some(proof) = PayloadProof::of_payload(&data, position) else {
                    assert!(position >= count);
                    continue;
                };
                assert!(proof.verify(&hash, position), "{length} {position}");
                for other in [position + 1, position ^ 1, count, u64::MAX] {
                    assert!(!proof.verify(&hash, other), "{length} {position} {other}");
                }
                assert!(!proof.verify(&H256::zero(), position));
                let mut longer = proof.clone();
                longer.length += 1;
                assert!(!longer.verify(&hash, position));
                let mut changed = proof.clone();
                changed.leaf[0] ^= 1;
                assert!(!changed.verify(&hash, position));
                let mut shorter = proof.clone();
                if shorter.path.pop().is_some() {
                    assert!(!shorter.verify(&hash, position));
                }
                let mut padded = proof;
                if padded.path.try_push(H256::zero()).is_ok() {
                    assert!(!padded.verify(&hash, position));
                }
            }
            assert!(PayloadProof::of_payload(&data, count).is_none());
        }
    }
}
