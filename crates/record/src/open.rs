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
use bspp_peks::{blake2b_256, key_commitment, OpenSecret};
use bspp_types::{Entry, RecordId, Wrap};

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
/// disclosed `wraps` and `ciphertext`. `slot` and `counter` come from the search. `secret` is
/// [`OpenSecret::from_trapdoor`] of the batch's `R`.
pub fn open_record(
    rid: &RecordId,
    entry: &Entry,
    wraps: &[Wrap],
    ciphertext: &[u8],
    slot: u8,
    counter: u32,
    secret: &OpenSecret,
) -> Result<Payload, OpenError> {
    check_disclosed(rid, entry, wraps.len(), ciphertext)?;
    let place = usize::from(slot);
    let (Some(found), Some(wrap)) = (entry.slots.get(place), wraps.get(place)) else {
        return Err(OpenError::SlotNotFound(slot));
    };
    let kek = secret.kek(counter, &rid.0);
    let key = unwrap_key(&kek, rid, &found.tag, wrap).ok_or(OpenError::WrapMismatch)?;
    if key_commitment(key.as_bytes(), &entry.payload_hash.0) != entry.key_commitment.0 {
        return Err(OpenError::KeyCommitmentMismatch);
    }
    let plaintext = payload::open(&key, ciphertext)?;
    Ok(Payload::from_bytes(&plaintext)?)
}

/// Checks without a secret that the entry, the wraps and the ciphertext belong to `rid`.
pub fn check_disclosed(
    rid: &RecordId,
    entry: &Entry,
    wraps: usize,
    ciphertext: &[u8],
) -> Result<(), OpenError> {
    if entry.rid() != *rid {
        return Err(OpenError::RecordMismatch);
    }
    let slots = entry.slots.len();
    if wraps != slots {
        return Err(OpenError::WrapCountMismatch { wraps, slots });
    }
    if blake2b_256(ciphertext) != entry.payload_hash.0 {
        return Err(OpenError::PayloadHashMismatch);
    }
    Ok(())
}

/// The slot of `entry` with this tag.
pub fn slot_of(entry: &Entry, tag: &bspp_types::Tag) -> Option<u8> {
    let place = entry.slots.iter().position(|slot| slot.tag == *tag)?;
    u8::try_from(place).ok()
}
