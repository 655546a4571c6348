// SPDX-License-Identifier: Apache-2.0
//! The types that the pallet stores.

use alloc::vec::Vec;
use bspp_types::HospitalId;
pub use bspp_types::{HospitalRecord, HospitalStatus, Member};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;

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
    /// Accounts that may open requests. Each registers its X25519 key itself.
    pub requesters: Vec<AccountId>,
}
