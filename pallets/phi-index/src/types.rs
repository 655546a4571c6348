// SPDX-License-Identifier: Apache-2.0
//! Bounds, arguments and stored types of the pallet besides the shared types.

use bspp_types::{
    limits::HOUR_MS, Entry, FilingMonth, HospitalId, Moment, Sequence, MAX_ENTRIES_PER_BLOCK,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;

/// Maximum number of nodes of a storage proof.
///
/// A path in a state of 10^8 values has about ten.
pub const MAX_PROOF_NODES: u32 = 48;
/// Maximum size of a node of a storage proof, in bytes. A full branch has about 600.
pub const MAX_NODE_BYTES: u32 = 2048;
/// Maximum number of batches that one call of the runtime API returns.
pub const MAX_PAGE: u32 = 4_096;

/// Maximum number of registrations in a block. The block's weight allows fewer.
pub const MAX_REGISTRATIONS_PER_BLOCK: u32 = 256;

/// A storage proof: trie nodes.
pub type StorageProof =
    BoundedVec<BoundedVec<u8, ConstU32<MAX_NODE_BYTES>>, ConstU32<MAX_PROOF_NODES>>;
/// All entries of one hospital block, in the order of storing.
pub type Entries = BoundedVec<Entry, ConstU32<MAX_ENTRIES_PER_BLOCK>>;
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

/// Hospital and sequence number of a registered entry block.
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
    /// The hospital that registered it.
    pub hospital: HospitalId,
    /// Its sequence number.
    pub sequence: Sequence,
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
