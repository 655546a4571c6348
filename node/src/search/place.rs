// SPDX-License-Identifier: Apache-2.0
//! What the index knows of a slot, an entry and itself.

use bspp_primitives::{
    BatchId, BlockNumber, Ed25519Key, Hash, HospitalId, Registration, Sequence, Tag, TAG_LEN,
};
use codec::{Decode, Encode};

/// Layout of the database. An index of another layout is dropped and filled again.
pub const SCHEMA: u32 = 1;

/// Where a slot stands. The batch, by which it is looked up, fixes the hospital.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Place {
    /// Entry block in the hospital's sequence.
    pub sequence: Sequence,
    /// Position among the block's entries.
    pub leaf: u32,
    /// Position among the entry's slots.
    pub slot: u8,
    /// The slot's match key `M`.
    pub match_key: Ed25519Key,
}

/// Where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Location {
    /// The hospital.
    pub hospital: HospitalId,
    /// Entry block in the hospital's sequence.
    pub sequence: Sequence,
    /// Position among the block's entries.
    pub leaf: u32,
}

/// A finalized block as far as the index cares.
#[derive(Clone, Debug)]
pub struct FinalizedBlock {
    /// Height.
    pub number: BlockNumber,
    /// Hash.
    pub hash: Hash,
    /// Its parent's hash.
    pub parent: Hash,
    /// What was registered in it.
    pub registrations: Vec<Registration>,
}

/// How far the index has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Status {
    /// Layout of the database.
    pub schema: u32,
    /// Genesis hash of the chain that is indexed.
    pub genesis: Hash,
    /// Last indexed block.
    pub number: BlockNumber,
    /// Its hash.
    pub hash: Hash,
    /// Entries in the index.
    pub entries: u64,
}

impl Status {
    /// An empty index of a chain.
    pub fn empty(genesis: Hash) -> Self {
        Self {
            schema: SCHEMA,
            genesis,
            number: 0,
            hash: genesis,
            entries: 0,
        }
    }
}

/// Key of the first place of a tag.
pub fn tag_key(batch: &BatchId, tag: &Tag) -> Vec<u8> {
    let mut key = Vec::with_capacity(32 + TAG_LEN + 4);
    key.extend_from_slice(batch.as_bytes());
    key.extend_from_slice(tag);
    key
}

/// Key of the n-th place of a tag, n > 0. Honest encryptors never use a tag twice.
pub fn further_tag_key(first: &[u8], n: u32) -> Vec<u8> {
    let mut key = first.to_vec();
    key.extend_from_slice(&n.to_le_bytes());
    key
}

/// Key of a registered entry block.
pub fn block_key(hospital: &HospitalId, sequence: Sequence) -> Vec<u8> {
    let mut key = Vec::with_capacity(36);
    key.extend_from_slice(hospital.as_bytes());
    key.extend_from_slice(&sequence.to_le_bytes());
    key
}
