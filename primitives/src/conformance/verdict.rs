// SPDX-License-Identifier: Apache-2.0
//! The gate and its verdict: the attestation that the author of a slot must make.

use super::{
    attestation::AttestationKind,
    challenge::Challenge,
    evidence::{Evidence, Shortfall},
    key::ConformanceId,
    standing::StandingFault,
};
use bspp_types::H256;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The attestation that the author of a slot must make.
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
pub enum Verdict {
    /// Full conformance.
    Full {
        /// Commitment to the evidence.
        evidence: H256,
    },
    /// Standing only.
    Restricted {
        /// The evidence that is lacking.
        shortfall: Shortfall,
    },
    /// No block of this author is valid.
    Refused {
        /// The reason.
        fault: StandingFault,
    },
}

impl Verdict {
    /// The verdict in a slot, by the standing and evidence in the state.
    pub fn at(
        slot: u64,
        standing: Result<(), StandingFault>,
        evidence: Result<Evidence, Shortfall>,
    ) -> Self {
        if let Err(fault) = standing {
            return Self::Refused { fault };
        }
        match evidence {
            Ok(evidence) => match evidence.shortfall_at(slot) {
                None => Self::Full {
                    evidence: evidence.commitment,
                },
                Some(shortfall) => Self::Restricted { shortfall },
            },
            Err(shortfall) => Self::Restricted { shortfall },
        }
    }

    /// The one kind of attestation that is valid in a slot without a challenge, if any.
    pub const fn required(&self) -> Option<AttestationKind> {
        match self {
            Self::Full { evidence } => Some(AttestationKind::Full {
                evidence: *evidence,
            }),
            Self::Restricted { shortfall } => Some(AttestationKind::Restricted {
                shortfall: *shortfall,
            }),
            Self::Refused { .. } => None,
        }
    }
}

/// The gate of a slot on top of a parent: the author, and the attestation it must make.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Gate<AccountId> {
    /// The slot's author.
    pub author: AccountId,
    /// The `conf` key in force.
    pub key: ConformanceId,
    /// The attestation that the author must make.
    pub verdict: Verdict,
    /// The challenge of the slot, which a full block must answer. `None` if there is none.
    pub challenge: Option<Challenge>,
}
