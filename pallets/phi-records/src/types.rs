// SPDX-License-Identifier: Apache-2.0
//! Types that the pallet stores besides records.

use bspp_types::BlockNumber;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_system::pallet_prelude::BlockNumberFor;
use scale_info::TypeInfo;
use sp_core::H256;

/// A chunk that waits for a record to name it.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Chunk<AccountId, Number> {
    /// Its size in bytes.
    pub len: u32,
    /// Its Merkle root, a subtree of the payload's tree.
    pub root: H256,
    /// The account that stored it.
    pub uploader: AccountId,
    /// The block whose body contains it.
    pub stored_at: Number,
}

/// A chunk with the runtime's types.
pub type ChunkOf<T> = Chunk<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;

/// A line of the disclosure log.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Disclosure<AccountId> {
    /// The account that received the record: the requester's on the consortium chain, or the
    /// patient's on this one.
    pub recipient: [u8; 32],
    /// The account that logged it: the gateway.
    pub logged_by: AccountId,
    /// The block of the log line.
    pub logged_at: BlockNumber,
}

/// A line of the disclosure log with the runtime's account type.
pub type DisclosureOf<T> = Disclosure<<T as frame_system::Config>::AccountId>;
