// SPDX-License-Identifier: Apache-2.0
//! What the pallet stores.

use bspp_primitives::conformance::{
    AuthorStanding, ConformanceId, Evidence, Gate, Shortfall, StandingFault, SuspensionReason,
    Verdict,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// A suspension of a single author.
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
pub struct Suspension<BlockNumber> {
    /// Why.
    pub reason: SuspensionReason,
    /// Block in which it was pronounced.
    pub since: BlockNumber,
}

/// What the state holds for an author, as the code and the parameters of the moment see it.
///
/// Stored in the last block of a runtime and read by the next runtime: the encoding must stay.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct CapturedAuthor<AccountId> {
    /// The validator.
    pub author: AccountId,
    /// Its `conf` key in force.
    pub key: ConformanceId,
    /// Whether it may author.
    pub standing: Result<(), StandingFault>,
    /// What it can show.
    pub evidence: Result<Evidence, Shortfall>,
}

impl<AccountId> CapturedAuthor<AccountId> {
    /// The gate of a slot of this author's.
    pub(crate) fn into_gate(self, slot: u64) -> Gate<AccountId> {
        Gate {
            author: self.author,
            key: self.key,
            verdict: Verdict::at(slot, self.standing, self.evidence),
        }
    }
}

impl<AccountId> From<CapturedAuthor<AccountId>> for AuthorStanding<AccountId> {
    fn from(captured: CapturedAuthor<AccountId>) -> Self {
        Self {
            author: captured.author,
            key: captured.key,
            standing: captured.standing,
            evidence: captured.evidence,
        }
    }
}
