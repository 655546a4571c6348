// SPDX-License-Identifier: Apache-2.0
//! Evidence that the state holds for an author, and the lack of it.

use alloc::vec::Vec;
use bspp_peks::domain;
use bspp_types::H256;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_io::hashing::blake2_256;

/// Commitment to facts that serve as evidence: BLAKE2b-256 over a domain and their encoding.
pub fn evidence_commitment(facts: &impl Encode) -> H256 {
    let mut bytes = Vec::from(domain::EVIDENCE);
    facts.encode_to(&mut bytes);
    blake2_256(&bytes).into()
}

/// Evidence that the state holds for an author.
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
pub struct Evidence {
    /// Commitment to the facts: [`evidence_commitment`].
    pub commitment: H256,
    /// Last slot in which it is valid.
    pub valid_until: u64,
    /// The author's shortfall after that slot.
    pub then: Shortfall,
    /// A later slot and the author's shortfall after it, if more is lacking then.
    pub later: Option<(u64, Shortfall)>,
}

impl Evidence {
    /// The shortfall in a slot. `None` while the evidence is valid.
    pub fn shortfall_at(&self, slot: u64) -> Option<Shortfall> {
        if slot <= self.valid_until {
            return None;
        }
        match self.later {
            Some((until, shortfall)) if slot > until => Some(shortfall),
            _ => Some(self.then),
        }
    }
}

/// The reason why an author's evidence is lacking.
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
pub enum Shortfall {
    /// The hospital's own chain has no anchor on the consortium.
    NotAnchored,
    /// The hospital's anchor is halted by the council.
    AnchorHalted,
    /// The hospital's chain was not anchored for longer than allowed.
    AnchorStale,
    /// An entry block of the hospital stays unregistered longer than allowed.
    RegistrationLag,
    /// The node has no credential of the hospital's admins.
    NoCredential,
    /// The node's credential has expired.
    CredentialExpired,
    /// The anchor is too old, and an entry block stays unregistered longer than allowed.
    AnchorStaleAndLag,
}

impl Shortfall {
    /// A label for metrics.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::NotAnchored => "not_anchored",
            Self::AnchorHalted => "anchor_halted",
            Self::AnchorStale => "anchor_stale",
            Self::RegistrationLag => "registration_lag",
            Self::NoCredential => "no_credential",
            Self::CredentialExpired => "credential_expired",
            Self::AnchorStaleAndLag => "anchor_stale_and_lag",
        }
    }
}
