// SPDX-License-Identifier: Apache-2.0
//! Hospitals, anchors and registrations on the consortium chain.

use crate::{
    BatchId, BlockNumber, Entry, EntryCommitment, HospitalId, Sequence, X25519Key, H256,
    MAX_ENTRIES_PER_BLOCK,
};
use alloc::vec::Vec;
use bounded_collections::{BoundedVec, ConstU32};
use bspp_peks::BatchHeader;
use codec::{Decode, DecodeAll, DecodeWithMemTracking, Encode, MaxEncodedLen};
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
    /// The account that sends a hospital's anchors besides its operator.
    Anchorer,
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
    /// Number of entry blocks of the hospital up to this head, from its header.
    ///
    /// Entry blocks that earlier incarnations of the chain registered count too.
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
    ///
    /// The batch has so many entries or fewer: indices may have gaps.
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
    /// Bytes from the first byte of the encoded entries to the end of the extrinsic.
    pub from_end: u32,
    /// Length of the encoded entries in bytes.
    pub len: u32,
}

impl RegisteredBlock {
    /// The entries in the encoded extrinsic that registered them.
    ///
    /// `None` if the bytes are not those of that extrinsic.
    pub fn entries_in(&self, extrinsic: &[u8]) -> Option<BlockEntries> {
        let from_end = usize::try_from(self.from_end).ok()?;
        let start = extrinsic.len().checked_sub(from_end)?;
        let end = start.checked_add(usize::try_from(self.len).ok()?)?;
        BlockEntries::decode_all(&mut extrinsic.get(start..end)?).ok()
    }
}

/// All entries of one hospital block, in the order of storing.
pub type BlockEntries = BoundedVec<Entry, ConstU32<MAX_ENTRIES_PER_BLOCK>>;

/// An entry block of a hospital, as a registration brings it to the consortium.
///
/// The entries are the last field, so that readers find them from the end of the extrinsic.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct EntryBlock {
    /// Sequence number on the consortium: the incarnation's base and the chain's number.
    pub sequence: Sequence,
    /// Height of the hospital block.
    pub number: u32,
    /// Its entries.
    pub entries: BlockEntries,
}

/// The present incarnation of a hospital chain: a chain that was rebuilt begins a new one.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct Incarnation {
    /// Its number. The first chain of a hospital has number 0.
    pub number: u32,
    /// Sequence number of its first entry block on the consortium.
    pub base: Sequence,
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
    /// The hospital that the account acts for. Operators, requesters and anchorers have one.
    pub hospital: Option<HospitalId>,
}
