// SPDX-License-Identifier: Apache-2.0

//! The hashes that bind the parts of a record (protocol section 6).

use crate::{domain, hash::blake2b_256_parts, BatchId, RecordCore, Rid, Tag};
use alloc::vec::Vec;

/// `H(BSPP-V02-KEYCOM ‖ DEK ‖ payload_hash)`: commits to the data key.
pub fn key_commitment(dek: &[u8; 32], payload_hash: &[u8; 32]) -> [u8; 32] {
    blake2b_256_parts(&[domain::KEYCOM, dek, payload_hash])
}

/// `H(BSPP-V02-SLOTS ‖ number of slots as u32 LE ‖ tag ‖ M ‖ tag ‖ M ‖ …)`.
pub fn slots_hash<'a>(slots: impl IntoIterator<Item = (&'a Tag, &'a [u8; 32])>) -> [u8; 32] {
    let mut body = Vec::new();
    let mut count = 0u32;
    for (tag, match_public) in slots {
        count = count.saturating_add(1);
        body.extend_from_slice(tag);
        body.extend_from_slice(match_public);
    }
    blake2b_256_parts(&[domain::SLOTS, &count.to_le_bytes(), &body])
}

/// `H(BSPP-V02-WRAPS ‖ number of wraps as u32 LE ‖ wrap ‖ wrap ‖ …)`.
pub fn wraps_hash<'a>(wraps: impl IntoIterator<Item = &'a [u8; 48]>) -> [u8; 32] {
    let mut body = Vec::new();
    let mut count = 0u32;
    for wrap in wraps {
        count = count.saturating_add(1);
        body.extend_from_slice(wrap);
    }
    blake2b_256_parts(&[domain::WRAPS, &count.to_le_bytes(), &body])
}

/// `core = H(BSPP-V02-CORE ‖ batch ‖ index ‖ payload_hash ‖ key_commitment ‖ H(slots))`.
///
/// The index is a u32, little-endian. The core is what wraps and share are bound to; the record id
/// covers them too.
pub fn record_core(
    batch: &BatchId,
    index: u32,
    payload_hash: &[u8; 32],
    key_commitment: &[u8; 32],
    slots_hash: &[u8; 32],
) -> RecordCore {
    blake2b_256_parts(&[
        domain::CORE,
        batch,
        &index.to_le_bytes(),
        payload_hash,
        key_commitment,
        slots_hash,
    ])
}

/// `seal = H(BSPP-V02-SEAL ‖ share commitment ‖ H(wraps))`: commits to share and wraps.
pub fn seal(share_commitment: &[u8; 32], wraps_hash: &[u8; 32]) -> [u8; 32] {
    blake2b_256_parts(&[domain::SEAL, share_commitment, wraps_hash])
}

/// `rid = H(BSPP-V02-RID ‖ core ‖ seal)`.
pub fn rid(core: &RecordCore, seal: &[u8; 32]) -> Rid {
    blake2b_256_parts(&[domain::RID, core, seal])
}
