// SPDX-License-Identifier: Apache-2.0
//! Hospitals, anchors and registrations on the consortium chain.

use crate::{BatchId, BlockNumber, Entry, EntryCommitment, HospitalId, Sequence, X25519Key, H256};
use alloc::vec::Vec;
use bspp_peks::BatchHeader;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// A member hospital.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Hospital<AccountId> {
    /// The account that acts for the hospital.
    pub operator: AccountId,
    /// X25519 key in force now.
    pub encryption_key: X25519Key,
    /// Whether the hospital is a member in good standing.
    pub active: bool,
    /// Block in which it was added.
    pub added_at: BlockNumber,
}

/// The part that an account has in the consortium.
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
pub enum Role {
    /// The operator of a hospital: registers, relays, manages.
    Operator,
    /// A requester: opens requests and proves matches.
    Requester,
    /// A council member: proposes and votes.
    Council,
    /// A removed account. It keeps its reference, so that old transactions cannot be replayed.
    Removed,
}

/// A finalized head of a hospital chain, which a finality proof showed.
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
pub struct AnchoredHead {
    /// Height.
    pub number: u32,
    /// Hash.
    pub hash: H256,
    /// Root of the state after the block.
    pub state_root: H256,
    /// Consortium block in which it was anchored.
    pub anchored_at: BlockNumber,
    /// Slot of that block, or of the head itself if the head is older: the age of the anchor.
    pub anchored_slot: u64,
    /// Number of entry blocks of the hospital chain up to this head, from its header.
    pub entry_blocks: Sequence,
}

/// A batch as the consortium keeps it.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Batch {
    /// The header as registered; its proof was verified.
    pub header: BatchHeader,
    /// Block of the registration.
    pub registered_at: BlockNumber,
    /// Minimum index of the next entry.
    pub next_index: u32,
}

/// A batch with its identifier, for listings.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct IdentifiedBatch {
    /// Identifier.
    pub id: BatchId,
    /// The batch.
    pub batch: Batch,
}

/// An entry block of a hospital as the consortium keeps it.
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
pub struct RegisteredBlock {
    /// The commitment that the hospital's state proved.
    pub block: EntryCommitment,
    /// Consortium block of the registration.
    pub registered_at: BlockNumber,
    /// Extrinsic of that block, whose body has the entries.
    pub extrinsic: u32,
}

/// The entries of one registration, found in a consortium block's body.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Registration {
    /// The hospital that stored the records.
    pub hospital: HospitalId,
    /// Sequence number of the entry block.
    pub sequence: Sequence,
    /// Height of the hospital block.
    pub number: u32,
    /// The entries in order, including refused ones: the position of an entry is its leaf.
    pub entries: Vec<Entry>,
    /// Leaves of the entries that the consortium refused, ascending.
    ///
    /// These entries do not belong to the index: a node must not find them, and the consortium does
    /// not accept a match with them.
    pub refused: Vec<u32>,
}

/// Whether a hospital is a member in good standing.
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
pub enum HospitalStatus {
    /// Member in good standing.
    Active,
    /// Suspended by the council, which may readmit it.
    Suspended,
    /// Removed permanently. The identifier is not used again.
    Removed,
}

/// A hospital as the consortium chain stores it. Its keys are in another map, by month.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct HospitalRecord<AccountId> {
    /// Account that acts for the hospital.
    pub operator: AccountId,
    /// Standing.
    pub status: HospitalStatus,
    /// Block in which it was added.
    pub added_at: BlockNumber,
    /// Number of requesters.
    pub requesters: u32,
}

/// The role of an account on this chain.
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
pub struct Member {
    /// The role.
    pub role: Role,
    /// The hospital that the account acts for. Only operators and requesters have one.
    pub hospital: Option<HospitalId>,
}
