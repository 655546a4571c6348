// SPDX-License-Identifier: Apache-2.0
//! Reasons for which a block is refused.

use super::standing::StandingFault;
use codec::{Decode, Encode};
use scale_info::TypeInfo;

/// The reason why a block's digest is not a proof of conformance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum Refusal {
    /// The digest does not have exactly one slot.
    InvalidSlot,
    /// The digest does not have an attestation.
    Missing,
    /// The digest has more than one attestation.
    Duplicate,
    /// The digest has a malformed attestation or a foreign item.
    ///
    /// The attestation does not decode, or has bytes after it, or the digest has a pre-runtime item
    /// of another engine.
    Malformed,
    /// The chain has no authors.
    NoAuthors,
    /// The slot belongs to another author.
    AuthorMismatch,
    /// The author has no standing.
    NoStanding(StandingFault),
    /// The attestation is full, but the state holds no evidence or other evidence.
    Overstated,
    /// The attestation is restricted although evidence holds.
    Understated,
    /// The author's signature over this chain, parent, slot and kind is not valid.
    BadSignature,
    /// The attestation is restricted for another shortfall than the one in the state.
    ShortfallMismatch,
    /// The slot has a challenge, and the attestation neither answers it nor says that it cannot.
    ProofMissing,
    /// The attestation answers a challenge, and the slot has none.
    ProofNotDue,
}

impl Refusal {
    /// A label for metrics and log lines.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::InvalidSlot => "invalid_slot",
            Self::Missing => "missing",
            Self::Duplicate => "duplicate",
            Self::Malformed => "malformed",
            Self::NoAuthors => "no_authors",
            Self::AuthorMismatch => "author_mismatch",
            Self::NoStanding(_) => "no_standing",
            Self::Overstated => "overstated",
            Self::Understated => "understated",
            Self::BadSignature => "bad_signature",
            Self::ShortfallMismatch => "shortfall_mismatch",
            Self::ProofMissing => "proof_missing",
            Self::ProofNotDue => "proof_not_due",
        }
    }
}

impl core::fmt::Display for Refusal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::NoStanding(fault) => write!(f, "{}: {}", self.as_str(), fault.as_str()),
            other => f.write_str(other.as_str()),
        }
    }
}
