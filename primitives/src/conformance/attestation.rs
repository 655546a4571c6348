// SPDX-License-Identifier: Apache-2.0
//! Attestations of block authors.

use super::{engine::CONFORMANCE_ENGINE_ID, key::ConformanceSignature};
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
    /// Standing holds, evidence does not: the block carries operational calls only.
    Restricted,
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
