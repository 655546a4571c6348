// SPDX-License-Identifier: Apache-2.0
//! Attestations of block authors.

use super::{
    calls::CallClass, engine::CONFORMANCE_ENGINE_ID, evidence::Shortfall, key::ConformanceSignature,
};
use alloc::vec::Vec;
use bspp_peks::domain;
use bspp_types::H256;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::generic::DigestItem;

/// The statement that an author attests.
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
pub enum AttestationKind {
    /// Standing and evidence hold: the block may carry anything.
    Full {
        /// Commitment to the evidence: [`super::Evidence::commitment`].
        evidence: H256,
    },
    /// Standing holds, evidence does not: the block carries what [`Self::admits`] allows.
    Restricted {
        /// The evidence that is lacking.
        shortfall: Shortfall,
    },
    /// As [`Self::Full`], in a slot with a challenge: the block also carries a proof of storage.
    Proved {
        /// Commitment to the evidence.
        evidence: H256,
        /// Commitment to the proof of storage: [`super::storage_response`].
        response: H256,
    },
    /// Standing and evidence hold, but the author cannot answer the challenge of the slot.
    ///
    /// The block carries operational calls only.
    Unproved,
}

impl AttestationKind {
    /// Whether a block of this kind may carry a call of this class.
    ///
    /// The proposer, the import of blocks and the runtime ask this function, so that all of them
    /// admit the same calls. A block that is restricted for lag admits registrations of every
    /// hospital: they cure the lag, and if all hospitals lag nothing else could. A block that is
    /// restricted for a stale anchor does not: anchors must not wait behind registrations.
    pub const fn admits(&self, class: CallClass) -> bool {
        match (self, class) {
            (Self::Full { .. } | Self::Proved { .. }, _)
            | (Self::Restricted { .. } | Self::Unproved, CallClass::Operational) => true,
            (Self::Restricted { shortfall }, CallClass::Registration) => {
                matches!(shortfall, Shortfall::RegistrationLag)
            }
            (Self::Restricted { .. }, CallClass::Ordinary)
            | (Self::Unproved, CallClass::Registration | CallClass::Ordinary) => false,
        }
    }
}

/// The pre-runtime digest `PreRuntime(*b"conf", …)`: exactly one in a block.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Attestation<AccountId> {
    /// The validator that authors the block.
    pub author: AccountId,
    /// The attested statement.
    pub kind: AttestationKind,
    /// Signature over [`attestation_message`] by the author's `conf` session key.
    pub signature: ConformanceSignature,
}

impl<AccountId: Encode> Attestation<AccountId> {
    /// The attestation as a digest item.
    pub fn to_digest_item(&self) -> DigestItem {
        DigestItem::PreRuntime(CONFORMANCE_ENGINE_ID, self.encode())
    }
}

/// The attestation of a block, as its state keeps it.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct BlockAttestation<AccountId> {
    /// Slot of the block.
    pub slot: u64,
    /// Its author.
    pub author: AccountId,
    /// The attested statement.
    pub kind: AttestationKind,
}

/// The message that an author's `conf` key signs.
///
/// It holds for one author in one slot on one parent of one chain.
pub fn attestation_message<AccountId: Encode>(
    genesis: &H256,
    parent: &H256,
    slot: u64,
    author: &AccountId,
    kind: &AttestationKind,
) -> Vec<u8> {
    let mut message = Vec::from(domain::CONFORMANCE);
    (genesis, parent, slot, author, kind).encode_to(&mut message);
    message
}
