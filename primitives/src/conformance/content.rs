// SPDX-License-Identifier: Apache-2.0
//! The content of a block: registrations or stored entries.

use super::engine::CONFORMANCE_ENGINE_ID;
use bspp_types::{Sequence, H256};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::generic::{Digest, DigestItem};

/// The content of a block, as a consensus digest `Consensus(*b"conf", …)`.
///
/// It is for light clients and for the consortium, which learns from a hospital's headers how many
/// entry blocks it must register.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct ContentDigest {
    /// Number of entry blocks of the chain, up to and with this block.
    ///
    /// On the consortium it is the number of registrations.
    pub total: Sequence,
    /// Number of entries of this block. On the consortium: registrations in this block.
    pub count: u32,
    /// Merkle root over them; zero if there are none.
    pub root: H256,
}

impl ContentDigest {
    /// The digest item.
    pub fn to_digest_item(&self) -> DigestItem {
        DigestItem::Consensus(CONFORMANCE_ENGINE_ID, self.encode())
    }

    /// The content in a digest, if there is exactly one that decodes.
    pub fn find(digest: &Digest) -> Option<Self> {
        let mut found = digest.logs().iter().filter_map(|item| match item {
            DigestItem::Consensus(CONFORMANCE_ENGINE_ID, data) => Some(data),
            _ => None,
        });
        let data = found.next()?;
        if found.next().is_some() {
            return None;
        }
        Self::decode(&mut &data[..]).ok()
    }
}
