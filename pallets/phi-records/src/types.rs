// SPDX-License-Identifier: Apache-2.0
//! Types that the pallet stores besides records.

use bspp_types::BlockNumber;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;

/// A payload of the chain's records.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Payload {
    /// Hash of the patient's account and the data-key commitment.
    pub owner: H256,
    /// Its position among the payloads of the chain. `None` if it is written off.
    pub position: Option<u32>,
    /// Number of entries over it.
    pub entries: u32,
}

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
