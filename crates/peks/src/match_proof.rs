// SPDX-License-Identifier: Apache-2.0

//! Match proofs: they show on a chain that a record was found, without a trapdoor.
//!
//! See section 7 of the protocol.

use crate::{
    domain,
    ed25519::{self, MatchKey, SignatureError},
    ChainId, Rid, Tag,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The statement of a match proof.
///
/// The signed message contains all fields, so a proof is not valid for another requester, request,
/// record or chain.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Debug,
    Encode,
    Decode,
    DecodeWithMemTracking,
    TypeInfo,
    MaxEncodedLen,
)]
pub struct MatchStatement {
    /// Genesis hash of the consortium chain.
    pub chain: ChainId,
    /// The request.
    pub request: [u8; 32],
    /// The record that was found.
    pub rid: Rid,
    /// The slot's tag.
    pub tag: Tag,
    /// The requester's account.
    pub requester: [u8; 32],
}

impl MatchStatement {
    /// `BSPP-V02-PROVE ‖ chain ‖ request ‖ rid ‖ tag ‖ requester`.
    pub fn message(&self) -> Vec<u8> {
        [
            domain::PROVE,
            &self.chain,
            &self.request,
            &self.rid,
            &self.tag,
            &self.requester,
        ]
        .concat()
    }

    /// Signs with the slot's match key.
    pub fn sign(&self, key: &MatchKey) -> [u8; 64] {
        key.sign(&self.message())
    }

    /// Checks a proof against the slot's `M`.
    pub fn verify(
        &self,
        match_public: &[u8; 32],
        signature: &[u8; 64],
    ) -> Result<(), SignatureError> {
        ed25519::verify_strict(match_public, &self.message(), signature)
    }
}
