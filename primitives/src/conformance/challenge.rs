// SPDX-License-Identifier: Apache-2.0
//! Proof of storage: the leaf of a stored payload that the author of a full block must show.
//!
//! The seed of a session and the slot draw the payload and the leaf. The parent's hash is not a
//! seed: seals are randomized, so an author could seal again until it draws a payload that it has.

use alloc::vec::Vec;
use bspp_peks::domain;
use bspp_types::{payload_leaves, PayloadProof, H256};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_io::hashing::blake2_256;

/// Identifier of the proof in a block's inherent data.
pub const STORAGE_INHERENT_IDENTIFIER: [u8; 8] = *b"bsppstor";

/// The draw of a slot: `H(STORAGE_DRAW ‖ seed ‖ slot u64 LE)`.
pub fn storage_draw(seed: &H256, slot: u64) -> H256 {
    let mut bytes = Vec::from(domain::STORAGE_DRAW);
    (seed, slot).encode_to(&mut bytes);
    blake2_256(&bytes).into()
}

/// The seed of a session: `H(STORAGE_SEED ‖ genesis ‖ height u32 LE ‖ parent)`.
///
/// `height` and `parent` belong to the block that begins the session.
pub fn storage_seed(genesis: &H256, height: u32, parent: &H256) -> H256 {
    let mut bytes = Vec::from(domain::STORAGE_SEED);
    (genesis, height, parent).encode_to(&mut bytes);
    blake2_256(&bytes).into()
}

/// The position that a draw selects among `count` payloads. `None` if there are none.
///
/// It is the first eight bytes of the draw, little-endian, modulo the count.
pub fn drawn_payload(draw: &H256, count: u32) -> Option<u32> {
    let selected = number(draw, 0).checked_rem(count.into())?;
    u32::try_from(selected).ok()
}

fn number(draw: &H256, from: usize) -> u64 {
    let mut bytes = [0; 8];
    for (byte, drawn) in bytes.iter_mut().zip(draw.0.iter().skip(from)) {
        *byte = *drawn;
    }
    u64::from_le_bytes(bytes)
}

/// The payload of which the author of a slot must show a leaf.
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
pub struct Challenge {
    /// The hash of the payload.
    pub payload_hash: H256,
    /// The draw of the slot.
    pub draw: H256,
}

impl Challenge {
    /// The position of the leaf in a payload of `length` bytes.
    ///
    /// It is the second eight bytes of the draw, little-endian, modulo the number of leaves.
    pub fn leaf(&self, length: u64) -> u64 {
        number(&self.draw, 8)
            .checked_rem(payload_leaves(length))
            .unwrap_or_default()
    }

    /// Whether a proof answers the challenge.
    pub fn is_answered_by(&self, proof: &PayloadProof) -> bool {
        proof.verify(&self.payload_hash, self.leaf(proof.length.into()))
    }
}

/// The commitment to a proof in an attestation: `H(STORAGE_RESPONSE ‖ proof)`.
pub fn storage_response(proof: &PayloadProof) -> H256 {
    let mut bytes = Vec::from(domain::STORAGE_RESPONSE);
    proof.encode_to(&mut bytes);
    blake2_256(&bytes).into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use bspp_types::payload_hash;

    #[test]
    fn draw_should_select_every_payload() {
        let seed = H256::repeat_byte(7);
        let mut seen = [false; 5];
        for slot in 0..200 {
            let draw = storage_draw(&seed, slot);
            seen[drawn_payload(&draw, 5).unwrap() as usize] = true;
            assert_eq!(drawn_payload(&draw, 0), None);
            assert_eq!(drawn_payload(&draw, 1), Some(0));
        }
        assert!(seen.iter().all(|seen| *seen));
    }

    #[test]
    fn proof_of_another_leaf_should_not_answer() {
        let data: Vec<u8> = (0..3_000u32).map(|n| (n % 253) as u8).collect();
        let challenge = Challenge {
            payload_hash: payload_hash(&data),
            draw: storage_draw(&H256::zero(), 9),
        };
        let wanted = challenge.leaf(3_000);
        for position in 0..payload_leaves(3_000) {
            let proof = PayloadProof::of_payload(&data, position).unwrap();
            assert_eq!(challenge.is_answered_by(&proof), position == wanted);
        }
    }
}
