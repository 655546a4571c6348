// SPDX-License-Identifier: Apache-2.0
//! What the pallet stores.

use alloc::vec::Vec;
use bspp_primitives::{BlockNumber, HospitalId, Role};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;

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
    /// Suspended by the council; may be readmitted.
    Suspended,
    /// Removed for good. The identifier is not used again.
    Removed,
}

/// A hospital as the pallet keeps it. Its keys stand apart, by month.
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
    /// Number of delegates.
    pub delegates: u32,
}

/// What an account is on this chain.
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
    /// What the account may do.
    pub role: Role,
    /// For whom: operators and delegates have a hospital, others none.
    pub hospital: Option<HospitalId>,
}

/// What of its quota a hospital has used in a session.
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
pub struct Usage {
    /// The session; usage of an earlier one counts as none.
    pub session: u32,
    /// Weight (`ref_time`, picoseconds).
    pub weight: u64,
    /// Length of extrinsics, bytes.
    pub bytes: u64,
}

/// A hospital of the genesis configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GenesisHospital<AccountId> {
    /// Identifier.
    pub id: HospitalId,
    /// Account that acts for it.
    pub operator: AccountId,
    /// X25519 public key, in force from the first month on.
    pub encryption_key: H256,
    /// Validator accounts. Their session keys stand in the session pallet's configuration.
    pub validators: Vec<AccountId>,
    /// Delegates (doctors).
    pub delegates: Vec<AccountId>,
}
