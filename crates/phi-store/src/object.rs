// SPDX-License-Identifier: Apache-2.0
//! The object of a payload: the roots of its pieces, then its bytes.
//!
//! ```text
//! object = "BSPPHI01" ‖ length u32 LE ‖ root of each piece of 64 KiB ‖ payload
//! ```
//!
//! The roots lead to the payload hash, so the head of an object shows by itself that it is right,
//! and each piece shows it by its root. A proof of one leaf needs the head and one piece.

use crate::error::{Fault, PhiStoreError};
use bspp_types::{
    payload_hash_of_root, payload_root, payload_root_of_pieces, PayloadProof, H256,
    MAX_PAYLOAD_BYTES, PAYLOAD_LEAF_BYTES, PAYLOAD_PIECE_BYTES,
};
use std::ops::Range;

const MAGIC: [u8; 8] = *b"BSPPHI01";
const FIXED_BYTES: usize = MAGIC.len() + 4;
const ROOT_BYTES: usize = 32;
const MAX_PIECES: usize = (MAX_PAYLOAD_BYTES as usize).div_ceil(PAYLOAD_PIECE_BYTES);
const PIECE_LEAVES: u64 = (PAYLOAD_PIECE_BYTES / PAYLOAD_LEAF_BYTES) as u64;

/// Size of the largest head, which one read always covers.
pub(crate) const MAX_HEAD_BYTES: u64 = (FIXED_BYTES + ROOT_BYTES * MAX_PIECES) as u64;
/// Size of the largest object.
pub(crate) const MAX_OBJECT_BYTES: u64 = MAX_HEAD_BYTES + MAX_PAYLOAD_BYTES as u64;

/// Makes the object of a payload, and its hash.
pub(crate) fn encode(payload: &[u8]) -> Result<(H256, Vec<u8>), PhiStoreError> {
    let invalid = || PhiStoreError::InvalidLength(payload.len());
    let length = u32::try_from(payload.len()).map_err(|_| invalid())?;
    if length == 0 || length > MAX_PAYLOAD_BYTES {
        return Err(invalid());
    }
    let roots: Vec<H256> = payload
        .chunks(PAYLOAD_PIECE_BYTES)
        .map(payload_root)
        .collect();
    let mut object = Vec::with_capacity(FIXED_BYTES + ROOT_BYTES * roots.len() + payload.len());
    object.extend_from_slice(&MAGIC);
    object.extend_from_slice(&length.to_le_bytes());
    for root in &roots {
        object.extend_from_slice(&root.0);
    }
    object.extend_from_slice(payload);
    let hash = payload_hash_of_root(length.into(), &payload_root_of_pieces(roots));
    Ok((hash, object))
}

/// The head of an object, which leads to the payload hash.
pub(crate) struct Head {
    length: u32,
    roots: Vec<H256>,
}

impl Head {
    /// Reads the head from the first bytes of an object.
    pub(crate) fn read(object: &[u8], hash: &H256) -> Result<Self, Fault> {
        let cut = Fault::Corrupt("it ends within its head");
        let Some((magic, rest)) = object.split_first_chunk::<8>() else {
            return Err(cut);
        };
        if *magic != MAGIC {
            return Err(Fault::Corrupt("it is another kind of file"));
        }
        let Some((length, rest)) = rest.split_first_chunk::<4>() else {
            return Err(cut);
        };
        let length = u32::from_le_bytes(*length);
        if length == 0 || length > MAX_PAYLOAD_BYTES {
            return Err(Fault::Corrupt("no payload has its length"));
        }
        let pieces = (length as usize).div_ceil(PAYLOAD_PIECE_BYTES);
        let Some(roots) = rest.get(..pieces * ROOT_BYTES) else {
            return Err(cut);
        };
        let roots: Vec<H256> = roots
            .chunks_exact(ROOT_BYTES)
            .map(H256::from_slice)
            .collect();
        if payload_hash_of_root(length.into(), &payload_root_of_pieces(roots.clone())) != *hash {
            return Err(Fault::Corrupt("its head does not lead to the hash"));
        }
        Ok(Self { length, roots })
    }

    /// Length of the payload in bytes.
    pub(crate) fn length(&self) -> u32 {
        self.length
    }

    fn size(&self) -> usize {
        FIXED_BYTES + ROOT_BYTES * self.roots.len()
    }

    /// Size of the whole object in bytes.
    pub(crate) fn object_size(&self) -> u64 {
        (self.size() as u64).saturating_add(self.length.into())
    }

    /// The place of the piece with a leaf, in the object. `None` without such a leaf.
    pub(crate) fn piece_with(&self, position: u64) -> Option<Range<u64>> {
        let piece = position / PIECE_LEAVES;
        let start = piece.checked_mul(PAYLOAD_PIECE_BYTES as u64)?;
        let end = start
            .checked_add(PAYLOAD_PIECE_BYTES as u64)?
            .min(self.length.into());
        if start >= end {
            return None;
        }
        let head = self.size() as u64;
        Some(head + start..head + end)
    }

    /// The proof of a leaf from the piece that contains it.
    ///
    /// `Ok(None)` if the payload has no such leaf.
    pub(crate) fn prove(&self, piece: &[u8], position: u64) -> Result<Option<PayloadProof>, Fault> {
        let index = usize::try_from(position / PIECE_LEAVES).ok();
        let Some(root) = index.and_then(|index| self.roots.get(index)) else {
            return Ok(None);
        };
        if payload_root(piece) != *root {
            return Err(Fault::Corrupt("a piece does not lead to its root"));
        }
        Ok(PayloadProof::of_piece(
            self.length,
            self.roots.clone(),
            piece,
            position,
        ))
    }
}

/// Checks a whole object: the position at which its payload begins.
pub(crate) fn check(object: &[u8], hash: &H256) -> Result<usize, Fault> {
    let head = Head::read(object, hash)?;
    let payload = object.get(head.size()..).unwrap_or_default();
    match (payload.len() as u64).cmp(&head.length.into()) {
        core::cmp::Ordering::Less => return Err(Fault::Corrupt("it is truncated")),
        core::cmp::Ordering::Greater => return Err(Fault::Corrupt("bytes follow its end")),
        core::cmp::Ordering::Equal => {}
    }
    let pieces = payload.chunks(PAYLOAD_PIECE_BYTES).zip(&head.roots);
    for (piece, root) in pieces {
        if payload_root(piece) != *root {
            return Err(Fault::Corrupt("a piece does not lead to its root"));
        }
    }
    Ok(head.size())
}
