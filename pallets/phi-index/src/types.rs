// SPDX-License-Identifier: Apache-2.0
//! Bounds, arguments and stored types of the pallet besides the shared types.

use crate::weights::WeightInfo;
use bspp_types::{
    limits::{HOUR_MS, MAX_BLOCKS_PER_CALL, MAX_ENTRIES_PER_CALL, MAX_REGISTRATION_BYTES},
    EntryBlock, FilingMonth, HospitalId, Moment, Sequence, MAX_ENTRIES_PER_BLOCK,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, weights::Weight, BoundedVec};
use scale_info::TypeInfo;
use sp_runtime::SaturatedConversion;

/// Maximum number of nodes of a storage proof.
///
/// A path in a state of 10^8 values has about ten.
pub const MAX_PROOF_NODES: u32 = 48;
/// Maximum size of a node of a storage proof, in bytes. A full branch has about 600.
pub const MAX_NODE_BYTES: u32 = 2048;
/// Maximum number of batches that one call of the runtime API returns.
pub const MAX_PAGE: u32 = 4_096;

/// Maximum number of entry blocks that a block registers.
pub const MAX_REGISTRATIONS_PER_BLOCK: u32 = 1_024;
/// Maximum number of calls with which a block registers them.
pub const MAX_CALLS_PER_BLOCK: u32 = 256;
/// Maximum number of incarnations of a hospital chain after the first.
pub const MAX_INCARNATIONS: u32 = 64;

/// A storage proof: trie nodes.
pub type StorageProof =
    BoundedVec<BoundedVec<u8, ConstU32<MAX_NODE_BYTES>>, ConstU32<MAX_PROOF_NODES>>;
/// Consecutive entry blocks of a hospital, ascending.
pub type EntryBlocks = BoundedVec<EntryBlock, ConstU32<MAX_BLOCKS_PER_CALL>>;

/// Bytes of an encoded slot.
const SLOT_BYTES: u32 = 48;

/// The numbers from which the weight of a registration follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Number of entry blocks.
    pub blocks: u32,
    /// Number of their entries.
    pub entries: u32,
    /// Number of the entries' slots, of 48 bytes each.
    pub slots: u32,
}

impl Size {
    /// The size of these entry blocks.
    pub fn of(blocks: &[EntryBlock]) -> Self {
        let mut size = Self {
            blocks: blocks.len().saturated_into(),
            ..Self::default()
        };
        for entry in blocks.iter().flat_map(|block| &block.entries) {
            size.entries = size.entries.saturating_add(1);
            let slots: u32 = entry.slots.len().saturated_into();
            size.slots = size.slots.saturating_add(slots);
        }
        size
    }

    /// The weight of a call that registers so much, with a proof of `nodes` nodes.
    pub fn weight<W: WeightInfo>(self, nodes: u32) -> Weight {
        W::register_blocks(self.blocks, self.entries, self.slots, nodes)
    }

    /// The size of the largest call.
    pub const fn largest() -> Self {
        Self {
            blocks: MAX_BLOCKS_PER_CALL,
            entries: MAX_ENTRIES_PER_CALL,
            slots: MAX_REGISTRATION_BYTES / SLOT_BYTES,
        }
    }
}

/// Leaves of the entries of a block that are refused, ascending, each with the reason.
pub type RefusedEntries = BoundedVec<Refused, ConstU32<MAX_ENTRIES_PER_BLOCK>>;

/// The reason why an entry on its hospital's chain does not enter the index.
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
pub enum Refusal {
    /// The number of slots is not a slot class.
    InvalidSlotCount,
    /// Two slots have the same tag.
    DuplicateTag,
    /// The batch is not registered.
    BatchNotFound,
    /// The batch belongs to another hospital.
    HospitalMismatch,
    /// The hospital block is after the last one that the batch's month takes.
    BatchExpired,
    /// The index is not above the indices of the batch's earlier entries.
    InvalidIndex,
}

/// A refused entry.
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
pub struct Refused {
    /// Its position among the entries of its block.
    pub leaf: u32,
    /// The reason.
    pub reason: Refusal,
}

/// The entry blocks that one extrinsic registered.
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
pub struct Registered {
    /// The hospital that registered them.
    pub hospital: HospitalId,
    /// Sequence number of the first one.
    pub first: Sequence,
    /// Their number.
    pub count: u32,
}

/// Maximum number of cutoffs that the chain remembers for a hospital: 21 years.
pub const MAX_CUTOFFS: u32 = 256;
/// Time after the grace period in which no anchor closes a month, in milliseconds: an hour.
///
/// It is longer than the lag of anchors, and than the difference between the clocks of two chains.
pub const CUTOFF_MARGIN_MS: Moment = HOUR_MS;

/// The last hospital block whose entries a month takes.
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
pub struct Cutoff {
    /// The month. It holds for all earlier months without a cutoff of their own.
    pub filing_month: FilingMonth,
    /// Height of the hospital block.
    pub number: u32,
}
