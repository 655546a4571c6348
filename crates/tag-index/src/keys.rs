// SPDX-License-Identifier: Apache-2.0
//! Keys of the stored values.

use bspp_types::{BatchId, HospitalId, Sequence, Tag, TAG_LEN};

/// Key of the status.
pub const STATUS: &[u8] = b"status";

/// Key of the first place of a tag.
pub fn tag_key(batch: &BatchId, tag: &Tag) -> Vec<u8> {
    let mut key = Vec::with_capacity(32 + TAG_LEN + 4);
    key.extend_from_slice(batch.as_bytes());
    key.extend_from_slice(tag);
    key
}

/// Key of the `n`-th place of a tag, `n > 0`. Honest encryptors never use a tag twice.
pub fn further_tag_key(first: &[u8], n: u32) -> Vec<u8> {
    let mut key = first.to_vec();
    key.extend_from_slice(&n.to_le_bytes());
    key
}

/// Key of a registered entry block.
pub fn block_key(hospital: &HospitalId, sequence: Sequence) -> Vec<u8> {
    let mut key = Vec::with_capacity(36);
    key.extend_from_slice(hospital.as_bytes());
    key.extend_from_slice(&sequence.to_le_bytes());
    key
}
