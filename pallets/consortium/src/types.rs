// SPDX-License-Identifier: Apache-2.0
//! The types that the pallet stores.

use alloc::vec::Vec;
use bspp_types::{BlockNumber, HospitalId, Role};
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
    /// Suspended by the council, which may readmit it.
    Suspended,
    /// Removed permanently. The identifier is not used again.
    Removed,
}

/// A hospital as the pallet stores it. Its keys are in another map, by month.
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

/// The part of its quota that a hospital has used in a session.
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
    /// The session. Usage of an earlier session does not count.
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
    /// Account that acts for the hospital.
    pub operator: AccountId,
    /// X25519 public key, in force from the first month on.
    pub encryption_key: H256,
    /// Validator accounts. The session pallet's configuration holds their session keys.
    pub validators: Vec<AccountId>,
    /// Accounts that may open requests.
    pub requesters: Vec<AccountId>,
}
