// SPDX-License-Identifier: Apache-2.0
//! The types that the pallet stores.

use bp_header_chain::AuthoritySet;
use bspp_primitives::Header;
use bspp_types::{AnchoredHead, Sequence};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
    traits::Get, BoundedVec, CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
};
use scale_info::TypeInfo;
use sp_consensus_grandpa::{AuthorityId, AuthorityWeight, SetId};

/// A GRANDPA finality proof of a hospital chain, as that chain's nodes provide it.
pub type Justification = bp_header_chain::justification::GrandpaJustification<Header>;

/// GRANDPA voters with their weights.
pub type Authorities<Max> = BoundedVec<(AuthorityId, AuthorityWeight), Max>;

/// Entry blocks of a hospital chain up to an anchored head, and the slot of the anchoring.
pub type Pairs<Max> = BoundedVec<(Sequence, u64), Max>;

/// The state of one hospital's anchor.
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
pub struct Anchor {
    /// The newest head.
    pub best: AnchoredHead,
    /// Height of the head at which the council started it. Conflicts up to it are settled.
    pub started_at: u32,
    /// Slot of the ring that the next head takes.
    pub next_slot: u32,
    /// Whether it is halted, by the council or for a proved conflict.
    ///
    /// A halted anchor takes no heads and permits no reads.
    pub halted: bool,
}

/// The voters whose justification the next header needs.
#[derive(
    CloneNoBound,
    DebugNoBound,
    PartialEqNoBound,
    EqNoBound,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
#[codec(encode_bound())]
#[codec(decode_bound())]
#[codec(decode_with_mem_tracking_bound())]
#[codec(mel_bound())]
#[scale_info(skip_type_params(Max))]
pub struct TrackedSet<Max: Get<u32>> {
    /// Number of the set. The voters sign it together with their votes.
    pub set_id: SetId,
    /// The voters.
    pub authorities: Authorities<Max>,
}

impl<Max: Get<u32>> From<TrackedSet<Max>> for AuthoritySet {
    fn from(set: TrackedSet<Max>) -> Self {
        Self::new(set.authorities.into_inner(), set.set_id)
    }
}
