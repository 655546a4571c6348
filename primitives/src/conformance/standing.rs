// SPDX-License-Identifier: Apache-2.0
//! The standing of an author: whether it may author at all.

use super::{
    evidence::{Evidence, Shortfall},
    key::ConformanceId,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The reason why an author was suspended.
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
pub enum SuspensionReason {
    /// The council or an admin decided it.
    Decision,
    /// It voted twice in a round of GRANDPA, or made two blocks in a slot.
    Equivocation {
        /// Session of the offence.
        session: u32,
    },
}

/// The reason why an author has no standing.
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
pub enum StandingFault {
    /// It is not a validator of a member.
    NotMember,
    /// Its hospital is suspended.
    HospitalSuspended,
    /// It is suspended itself.
    Suspended {
        /// The reason.
        reason: SuspensionReason,
    },
}

impl StandingFault {
    /// A label for metrics.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::NotMember => "not_member",
            Self::HospitalSuspended => "hospital_suspended",
            Self::Suspended { .. } => "suspended",
        }
    }
}

/// An author of the current session, for operators.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct AuthorStanding<AccountId> {
    /// The validator.
    pub author: AccountId,
    /// Its `conf` key in force.
    pub key: ConformanceId,
    /// Whether it may author.
    pub standing: Result<(), StandingFault>,
    /// Its evidence.
    pub evidence: Result<Evidence, Shortfall>,
}
