// SPDX-License-Identifier: Apache-2.0
//! Hospitals, anchors and registrations on the consortium chain.

use crate::{
    BatchHeader, BatchId, BlockNumber, Entry, EntryBlock, HospitalId, Sequence, X25519Key,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;

/// A member hospital.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Hospital<AccountId> {
    /// Account that acts for the hospital.
    pub operator: AccountId,
    /// X25519 key in force now.
    pub encryption_key: X25519Key,
    /// Whether the hospital is a member in good standing.
    pub active: bool,
    /// Block in which it was added.
    pub added_at: BlockNumber,
}

/// What an account may do, and for whom.
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
    /// Acts for the hospital: registers, relays, manages.
    Operator,
    /// A doctor: opens requests and proves matches.
    Delegate,
    /// A council member: proposes and votes.
    Council,
    /// Has been removed. Keeps its reference, so that old transactions cannot be replayed.
    Removed,
}

/// A head of a hospital chain that a finality proof has shown final.
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
    /// Slot of that block, or of the head itself if that is older: how fresh the anchor is.
    pub anchored_slot: u64,
    /// Entry blocks of the hospital chain up to this head, as its header says.
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
    /// Index that the next entry must have at least.
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
    /// What the hospital's state proved.
    pub block: EntryBlock,
    /// Consortium block of the registration.
    pub registered_at: BlockNumber,
    /// Extrinsic of that block: its body has the entries.
    pub extrinsic: u32,
}

/// The entries of one registration, found in a consortium block's body.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Registration {
    /// Whose records they are.
    pub hospital: HospitalId,
    /// Entry block in the hospital's sequence.
    pub sequence: Sequence,
    /// Height of the hospital block.
    pub number: u32,
    /// The entries in their order, refused ones too: the position of an entry is its leaf.
    pub entries: Vec<Entry>,
    /// Leaves of entries that the consortium refuses, ascending. They are no part of the index: nobody
    /// may look them up, and no match with them is accepted.
    pub refused: Vec<u32>,
}
