// SPDX-License-Identifier: Apache-2.0
//! `phi_*`: registered entries on the consortium chain.

use crate::scale_hex;
use crate::HexBytes;
use bspp_types::{BlockNumber, Entry, EntryProof, HospitalId, RecordId, Sequence, TAG_LEN};
use serde::{Deserialize, Serialize};

/// Maximum number of entry blocks in one answer of `phi_entries`.
pub const MAX_LISTED_BLOCKS: u32 = 64;

/// A registered entry block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedBlock {
    /// Sequence number of the entry block.
    pub sequence: Sequence,
    /// Height of the hospital block.
    pub number: BlockNumber,
    /// Its entries, without those that the consortium refused.
    pub entries: Vec<ListedEntry>,
}

/// An entry in a listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedEntry {
    /// The record.
    pub rid: RecordId,
    /// Position among the block's entries.
    pub leaf: u32,
    /// The entry, SCALE-encoded in hex.
    #[serde(with = "scale_hex")]
    pub entry: Entry,
}

/// An entry with its position and path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LocatedEntry {
    /// The hospital.
    pub hospital: HospitalId,
    /// Sequence number of the entry block.
    pub sequence: Sequence,
    /// Position among the block's entries.
    pub leaf: u32,
    /// The entry, SCALE-encoded in hex.
    #[serde(with = "scale_hex")]
    pub entry: Entry,
    /// Path to the registered root, SCALE-encoded in hex.
    #[serde(with = "scale_hex")]
    pub path: EntryProof,
}

/// Maximum number of bits of a prefix in `phi_tags`.
pub const MAX_PREFIX_BITS: u8 = 16;
/// Minimum number of tags that a bucket should have (protocol section 7).
///
/// A requester chooses a prefix so short that the bucket has this number of tags on average, or
/// fetches the whole batch.
pub const MIN_BUCKET_TAGS: u64 = 256;

/// The tags of a batch that begin with one prefix.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TagBucket {
    /// Number of tags of the whole batch.
    pub total: u64,
    /// The tags with the prefix, in the order of their registration.
    pub tags: Vec<ListedTag>,
}

/// A tag with its place.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedTag {
    /// The tag: 16 bytes.
    pub tag: HexBytes<TAG_LEN>,
    /// Sequence number of the entry block.
    pub sequence: Sequence,
    /// Position among the block's entries.
    pub leaf: u32,
    /// Position among the entry's slots.
    pub slot: u8,
}

/// A registered entry block with all its entries, from which its root can be computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WholeBlock {
    /// Height of the hospital block.
    pub number: BlockNumber,
    /// All entries in their order, SCALE-encoded in hex.
    #[serde(with = "scale_hex")]
    pub entries: Vec<Entry>,
    /// Leaves of the entries that the consortium refused, ascending.
    pub refused: Vec<u32>,
}

/// Progress of a node's tag index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IndexStatus {
    /// Last indexed block.
    pub indexed_block: BlockNumber,
    /// Newest finalized block.
    pub finalized_block: BlockNumber,
    /// Number of entries in the index.
    pub entries: u64,
    /// Whether all finalized blocks are indexed.
    pub ready: bool,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use bspp_test_kit::EntryBuilder;
    use bspp_types::{entry_proof, H256};
    use codec::Encode;

    fn located() -> LocatedEntry {
        let entry = EntryBuilder::new(1).build();
        LocatedEntry {
            hospital: H256::repeat_byte(4),
            sequence: 5,
            leaf: 0,
            path: entry_proof(std::slice::from_ref(&entry), 0).unwrap(),
            entry,
        }
    }

    #[test]
    fn located_entry_should_travel_as_scale_in_hex() {
        let located = located();
        let json = serde_json::to_value(&located).unwrap();
        let hex = |bytes: Vec<u8>| format!("0x{}", hex::encode(bytes));
        assert_eq!(json["entry"], hex(located.entry.encode()));
        assert_eq!(json["path"], hex(located.path.encode()));
        assert_eq!(json["hospital"], hex(located.hospital.as_bytes().to_vec()));
        let read: LocatedEntry = serde_json::from_value(json).unwrap();
        assert_eq!(read, located);
    }

    #[test]
    fn located_entry_should_be_refused_when_bytes_are_left_over() {
        let mut json = serde_json::to_value(located()).unwrap();
        let longer = format!("{}00", json["entry"].as_str().unwrap());
        json["entry"] = longer.into();
        assert!(serde_json::from_value::<LocatedEntry>(json).is_err());
    }
}
