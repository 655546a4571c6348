// SPDX-License-Identifier: Apache-2.0
//! `conformance_status`: the verdict on each author, with the reason.

use bspp_types::{BlockNumber, H256};
use serde::{Deserialize, Serialize};

/// Status of the chain's authors after its best block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConformanceStatus<AccountId> {
    /// Height of the best block.
    pub number: BlockNumber,
    /// Its hash.
    pub hash: H256,
    /// The attestation of its author; null for the genesis block.
    pub attestation: Option<AttestationStatus<AccountId>>,
    /// The authors of the session.
    pub authors: Vec<AuthorStatus<AccountId>>,
}

/// The attestation of a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttestationStatus<AccountId> {
    /// Slot of the block.
    pub slot: u64,
    /// Its author.
    pub author: AccountId,
    /// `full` or `restricted`.
    pub kind: String,
    /// Commitment to the evidence, if full.
    pub evidence: Option<H256>,
}

/// An author and its verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorStatus<AccountId> {
    /// The validator.
    pub author: AccountId,
    /// Its `conf` key in force: 32 bytes, hex.
    pub key: String,
    /// Its verdict in the next slot: `full`, `restricted` or `refused`.
    pub verdict: String,
    /// The reason why the verdict is not `full`.
    pub reason: Option<String>,
    /// The evidence that the state holds for it, valid or expired.
    pub evidence: Option<EvidenceStatus>,
}

/// The evidence of an author.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceStatus {
    /// Commitment to the facts.
    pub commitment: H256,
    /// Last slot in which it is valid.
    pub valid_until: u64,
    /// The author's shortfall after that slot.
    pub then: String,
}
