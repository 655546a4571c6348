// SPDX-License-Identifier: Apache-2.0
//! The index entry of a record (protocol section 6), which the consortium sees.

use crate::{BatchId, Ed25519Key, RecordId, H256};
use alloc::vec::Vec;
use bounded_collections::{BoundedVec, ConstU32};
use bspp_peks::{blake2b_256, domain, HospitalShare, RecordCore};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Bytes of a tag.
pub const TAG_LEN: usize = 16;
/// A tag, which a search looks up.
pub type Tag = [u8; TAG_LEN];
/// A wrapped data key: ChaCha20-Poly1305 of 32 bytes.
pub type Wrap = [u8; 48];
/// Maximum number of slots of an entry.
pub const MAX_SLOTS: u32 = 64;
/// The numbers of slots that an entry may have. Smaller numbers are padded.
pub const SLOT_CLASSES: [usize; 4] = [8, 16, 32, 64];
/// Maximum number of entries in one hospital block. One extrinsic registers all of them.
pub const MAX_ENTRIES_PER_BLOCK: u32 = 256;

/// One keyword of an entry, or padding that looks the same.
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
pub struct Slot {
    /// The tag that a search looks up.
    pub tag: Tag,
    /// Ed25519 key. Only a searcher that finds this slot can derive its secret.
    pub match_key: Ed25519Key,
}

/// Slots of an entry.
pub type Slots = BoundedVec<Slot, ConstU32<MAX_SLOTS>>;
/// Wraps of a record, one for each slot and in the order of the slots.
pub type Wraps = BoundedVec<Wrap, ConstU32<MAX_SLOTS>>;

/// The index entry of one record.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Entry {
    /// The batch to which the entry belongs.
    pub batch: BatchId,
    /// Index in the batch, above those of the batch's earlier entries.
    pub index: u32,
    /// [`crate::payload_hash`] of the ciphertext.
    pub payload_hash: H256,
    /// Commitment to the data key.
    pub key_commitment: H256,
    /// Keyword slots, padded and shuffled.
    pub slots: Slots,
    /// Hash over the hospital's share and the wraps, see [`Entry::check_seal`].
    pub seal: H256,
}

/// The seal of a record with this core.
pub fn seal_of(core: &RecordCore, wraps: &Wraps, share: &HospitalShare) -> H256 {
    bspp_peks::seal(
        &share.commitment(core),
        &bspp_peks::wraps_hash(wraps.iter()),
    )
    .into()
}

/// The reason why both chains refuse an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryError {
    /// The number of slots is not one of [`SLOT_CLASSES`].
    InvalidSlotCount,
    /// Two slots have the same tag.
    DuplicateTag,
}

impl Entry {
    /// Hash of the slots (protocol section 6).
    pub fn slots_hash(&self) -> H256 {
        bspp_peks::slots_hash(self.slots.iter().map(|slot| (&slot.tag, &slot.match_key))).into()
    }

    /// Hash of everything but the seal: batch, index, payload, key and slots.
    pub fn core(&self) -> RecordCore {
        bspp_peks::record_core(
            &self.batch.0,
            self.index,
            &self.payload_hash.0,
            &self.key_commitment.0,
            &self.slots_hash().0,
        )
    }

    /// The record's identifier, which binds the core and the seal.
    pub fn rid(&self) -> RecordId {
        bspp_peks::rid(&self.core(), &self.seal.0).into()
    }

    /// Whether the seal commits to these wraps and to this share (protocol section 6).
    pub fn check_seal(&self, wraps: &Wraps, share: &HospitalShare) -> bool {
        self.seal == seal_of(&self.core(), wraps, share)
    }

    /// The entry's leaf in its block's Merkle tree.
    ///
    /// The domain keeps leaves apart from inner nodes.
    pub fn leaf(&self) -> H256 {
        let mut bytes = Vec::from(domain::ENTRY_LEAF);
        self.encode_to(&mut bytes);
        blake2b_256(&bytes).into()
    }

    /// Whether the entry has a shape that an honest encryptor makes.
    pub fn check_shape(&self) -> Result<(), EntryError> {
        if !SLOT_CLASSES.contains(&self.slots.len()) {
            return Err(EntryError::InvalidSlotCount);
        }
        let mut tags: Vec<&Tag> = self.slots.iter().map(|slot| &slot.tag).collect();
        tags.sort_unstable();
        if tags.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
            return Err(EntryError::DuplicateTag);
        }
        Ok(())
    }
}
