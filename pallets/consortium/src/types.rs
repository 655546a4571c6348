// SPDX-License-Identifier: Apache-2.0
//! The types that the pallet stores.

use alloc::vec::Vec;
pub use bspp_primitives::quota::Usage;
use bspp_types::HospitalId;
pub use bspp_types::{HospitalRecord, HospitalStatus, Member};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;

/// A grant of the council, in addition to the quota of a hospital.
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
pub struct Grant {
    /// Weight (`ref_time`, picoseconds) in each session.
    pub weight: u64,
    /// Length of transactions in each session, bytes.
    pub bytes: u64,
    /// The last session of the grant.
    pub until: u32,
}

/// The part in which an account sends transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A council member: proposes, votes and closes.
    Council,
    /// The operator of a hospital.
    Operator,
    /// The account that sends a hospital's anchors besides its operator.
    Anchorer,
    /// A requester of a hospital.
    Requester,
    /// A validator of a hospital.
    Validator,
}

/// The sender of a transaction: its part, and the hospital for which it acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The part.
    pub part: Part,
    /// The hospital, in good standing. Council members have none.
    pub hospital: Option<HospitalId>,
}

/// A group of calls that the council can pause.
///
/// Calls that are in no group go on: those of the council (also those that end a pause), anchors,
/// session keys, consensus, removals, and patients' revocations.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub enum CallGroup {
    /// Hospitals register batches.
    Batches,
    /// Hospitals register entries.
    Registrations,
    /// Requesters open requests.
    Requests,
    /// Requesters prove matches.
    Matches,
    /// Claims, questions, answers and confirmations about disclosures.
    Disclosures,
    /// Operators add requesters, and requesters replace their keys.
    Requesters,
    /// Operators announce X25519 keys.
    EncryptionKeys,
    /// Operators propose validators.
    Proposals,
    /// Members write remarks.
    Remarks,
}

/// Number of groups of calls.
pub const MAX_CALL_GROUPS: u32 = 9;

/// A list of groups of calls.
pub type CallGroupList = BoundedVec<CallGroup, ConstU32<MAX_CALL_GROUPS>>;

/// The group of each call of a runtime.
pub trait CallGroups<Call> {
    /// The group of a call; `None` if the call can never be paused.
    fn group_of(call: &Call) -> Option<CallGroup>;
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
    /// Account that sends anchors besides the operator. Without it the operator sends them.
    pub anchorer: Option<AccountId>,
}
