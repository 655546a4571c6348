// SPDX-License-Identifier: Apache-2.0
//! The requester's side: decryption of a disclosed record.
//!
//! The inputs are an entry of the consortium and the hospital's disclosure; the output is the
//! plaintext.

use crate::{
    container::{ContainerError, Payload},
    payload::{self, PayloadError},
    slots::unwrap_key,
};
use bspp_peks::{key_commitment, HospitalShare, OpenSecret};
use bspp_types::{payload_hash, Entry, RecordId, Wraps};

/// The reasons for which a disclosed record does not open.
///
/// Each step has its own error. The order of the variants is the order of the steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The entry belongs to another record than the requested one.
    #[error("RecordMismatch: the entry has another record id")]
    RecordMismatch,
    /// The number of wraps differs from the number of slots.
    #[error("WrapCountMismatch: {wraps} wraps for {slots} slots")]
    WrapCountMismatch {
        /// The number of disclosed wraps.
        wraps: usize,
        /// The number of slots of the entry.
        slots: usize,
    },
    /// The entry does not have this slot.
    #[error("NotFound: the entry has no slot {0}")]
    SlotNotFound(u8),
    /// The share or the wraps are not those that the seal of the entry commits to.
    #[error("SealMismatch: the hospital's share or the wrapped keys are not those that the index entry commits to")]
    SealMismatch,
    /// The ciphertext is not the one that the entry names.
    ///
    /// It was changed or truncated, or it belongs to another record.
    #[error("PayloadHashMismatch: the ciphertext is not the one that the index entry names")]
    PayloadHashMismatch,
    /// The wrap does not open: it was changed, or the trapdoor, slot or counter is wrong.
    #[error("WrapMismatch: the data key does not unwrap; the wrap was changed, or the trapdoor is another keyword's")]
    WrapMismatch,
    /// The data key is not the one that the entry commits to.
    #[error("KeyCommitmentMismatch: the data key is not the one that the index entry commits to")]
    KeyCommitmentMismatch,
    /// The payload does not decrypt.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// The plaintext is not a container.
    #[error(transparent)]
    Container(#[from] ContainerError),
}

/// Opens a record through one of its slots.
///
/// `rid` is the requested record and `entry` its entry on the consortium chain; the hospital
/// disclosed `wraps`, `share` and `ciphertext`. `slot` and `counter` come from the search. `secret` is
/// [`OpenSecret::from_trapdoor`] of the batch's `R`.
pub fn open_record(
    rid: &RecordId,
    entry: &Entry,
    wraps: &Wraps,
    share: &HospitalShare,
    ciphertext: &[u8],
    (slot, counter): (u8, u32),
    secret: &OpenSecret,
) -> Result<Payload, OpenError> {
    check_disclosed(rid, entry, wraps, share, ciphertext)?;
    let place = usize::from(slot);
    let (Some(found), Some(wrap)) = (entry.slots.get(place), wraps.get(place)) else {
        return Err(OpenError::SlotNotFound(slot));
    };
    let core = entry.core();
    let kek = secret.kek(counter, &core, share);
    let key = unwrap_key(&kek, &core, &found.tag, wrap).ok_or(OpenError::WrapMismatch)?;
    if key_commitment(key.as_bytes(), &entry.payload_hash.0) != entry.key_commitment.0 {
        return Err(OpenError::KeyCommitmentMismatch);
    }
    let plaintext = payload::open(&key, ciphertext)?;
    Ok(Payload::from_bytes(&plaintext)?)
}

/// Checks without a key that entry, wraps, share and ciphertext belong to `rid`.
pub fn check_disclosed(
    rid: &RecordId,
    entry: &Entry,
    wraps: &Wraps,
    share: &HospitalShare,
    ciphertext: &[u8],
) -> Result<(), OpenError> {
    if entry.rid() != *rid {
        return Err(OpenError::RecordMismatch);
    }
    let (slots, wraps_count) = (entry.slots.len(), wraps.len());
    if wraps_count != slots {
        return Err(OpenError::WrapCountMismatch {
            wraps: wraps_count,
            slots,
        });
    }
    if !entry.check_seal(wraps, share) {
        return Err(OpenError::SealMismatch);
    }
    if payload_hash(ciphertext) != entry.payload_hash {
        return Err(OpenError::PayloadHashMismatch);
    }
    Ok(())
}

/// The slot of `entry` with this tag.
pub fn slot_of(entry: &Entry, tag: &bspp_types::Tag) -> Option<u8> {
    let place = entry.slots.iter().position(|slot| slot.tag == *tag)?;
    u8::try_from(place).ok()
}
