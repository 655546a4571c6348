// SPDX-License-Identifier: Apache-2.0
//! Buckets: the tags of a batch that begin with one prefix.
//!
//! A requester that searches through a foreign node fetches whole buckets, so that the node does
//! not learn which tag it looks for (protocol section 7).

use crate::{error::IndexError, index::TagIndexDb};
use bspp_types::{BatchId, HospitalId, Sequence, Tag};

/// A tag with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlacedTag {
    /// The tag.
    pub tag: Tag,
    /// Sequence number of the entry block.
    pub sequence: Sequence,
    /// Position among the block's entries.
    pub leaf: u32,
    /// Position among the entry's slots.
    pub slot: u8,
}

/// The tags of a batch that begin with one prefix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bucket {
    /// Number of tags of the whole batch.
    pub total: u64,
    /// The tags with the prefix, in the order of their registration.
    pub tags: Vec<PlacedTag>,
}

/// Whether the first `bits` bits of a tag, a maximum of 16, are those of `prefix`.
///
/// The bits of `prefix` are its lowest ones.
pub fn has_prefix(tag: &Tag, bits: u8, prefix: u16) -> bool {
    let [first, second, ..] = *tag;
    let start = u16::from_be_bytes([first, second]);
    match 16u32.checked_sub(u32::from(bits)) {
        Some(16) => prefix == 0,
        Some(rest) => start >> rest == prefix,
        None => false,
    }
}

impl TagIndexDb {
    /// The tags of a batch whose first `bits` bits are `prefix`.
    ///
    /// The cost grows with the number of the hospital's entries.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read or holds a wrong value.
    pub fn bucket(
        &self,
        hospital: &HospitalId,
        batch: &BatchId,
        bits: u8,
        prefix: u16,
    ) -> Result<Bucket, IndexError> {
        let mut bucket = Bucket::default();
        for sequence in 0..Sequence::MAX {
            let Some(block) = self.registration(hospital, sequence)? else {
                break;
            };
            let accepted = (0u32..)
                .zip(&block.entries)
                .filter(|(leaf, entry)| entry.batch == *batch && !block.refused.contains(leaf));
            for (leaf, entry) in accepted {
                for (slot, found) in (0u8..).zip(entry.slots.iter()) {
                    bucket.total = bucket.total.saturating_add(1);
                    if has_prefix(&found.tag, bits, prefix) {
                        bucket.tags.push(PlacedTag {
                            tag: found.tag,
                            sequence,
                            leaf,
                            slot,
                        });
                    }
                }
            }
        }
        Ok(bucket)
    }
}
