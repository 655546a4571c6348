// SPDX-License-Identifier: Apache-2.0
//! The types that the pallet stores.

use bspp_primitives::conformance::{
    AuthorStanding, Challenge, ConformanceId, Evidence, Gate, Shortfall, StandingFault,
    SuspensionReason, Verdict,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::{ed25519, sr25519, H256};

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
    /// Reason for the suspension.
    pub reason: SuspensionReason,
    /// Block in which the suspension began.
    pub since: BlockNumber,
}

/// An author of a session, with the keys by which its blocks and votes are known.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct RecordedAuthor<AccountId> {
    /// The validator.
    pub author: AccountId,
    /// Its hospital when the session began, if a hospital has it.
    pub hospital: Option<H256>,
    /// Its Aura key in that session.
    pub aura: sr25519::Public,
    /// Its GRANDPA key in that session.
    pub grandpa: ed25519::Public,
}

/// The act that an author did twice.
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
pub enum OffenceKind {
    /// It voted twice in a round of GRANDPA.
    Votes,
    /// It made two blocks in a slot.
    Blocks,
}

/// The facts that the state holds about an author, under the current code and parameters.
///
/// The last block of a runtime stores them and the next runtime reads them, so the encoding must
/// not change.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct CapturedAuthor<AccountId> {
    /// The validator.
    pub author: AccountId,
    /// Its `conf` key in force.
    pub key: ConformanceId,
    /// Its standing: whether it may author.
    pub standing: Result<(), StandingFault>,
    /// Its evidence, or the shortfall.
    pub evidence: Result<Evidence, Shortfall>,
}

impl<AccountId> CapturedAuthor<AccountId> {
    /// The gate of one of this author's slots.
    pub(crate) fn into_gate(self, slot: u64, challenge: Option<Challenge>) -> Gate<AccountId> {
        Gate {
            author: self.author,
            key: self.key,
            verdict: Verdict::at(slot, self.standing, self.evidence),
            challenge,
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
