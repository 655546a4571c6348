// SPDX-License-Identifier: Apache-2.0
//! Keyword search through a foreign node, which serves buckets of tags.
//!
//! The node learns the hospital, the batches and the buckets. It learns neither a trapdoor nor the
//! tags that the search looks for: tags that are absent today are those of later filings (protocol
//! section 7). A node can leave out entries. It cannot show an entry that is not registered.

use crate::{chain::*, consortium::ConsortiumClient, error::*};
use bspp_peks::{BatchPoint, MonthLabel, SearchSecret, GAP};
use bspp_rpc_types::{
    FoundRecord, ListedTag, TagBucket, WholeBlock, MAX_PREFIX_BITS, MIN_BUCKET_TAGS,
};
use bspp_types::{entries_root, entry_proof, BatchId, HospitalId, Sequence, Tag};
use std::collections::HashMap;

/// The number of counters of the first step. Each step doubles it, up to [`GAP`].
const FIRST_STEP: u32 = 4;

/// The number of bits of a prefix whose buckets have [`MIN_BUCKET_TAGS`] tags on average.
///
/// It is 0, which is the whole batch, if the batch has fewer than twice as many.
fn prefix_bits(total: u64) -> u8 {
    let bits = (total / MIN_BUCKET_TAGS).checked_ilog2().unwrap_or(0);
    u8::try_from(bits)
        .unwrap_or(MAX_PREFIX_BITS)
        .min(MAX_PREFIX_BITS)
}

/// The first `bits` bits of a tag.
fn prefix(tag: &Tag, bits: u8) -> u16 {
    let [first, second, ..] = *tag;
    let start = u16::from_be_bytes([first, second]);
    let rest = 16u32.saturating_sub(u32::from(bits));
    start.checked_shr(rest).unwrap_or(0)
}

/// The buckets and entry blocks that one search has fetched.
struct Fetched<'a> {
    client: &'a ConsortiumClient,
    hospital: HospitalId,
    batch: BatchId,
    bits: u8,
    buckets: HashMap<u16, Vec<ListedTag>>,
    blocks: HashMap<Sequence, WholeBlock>,
}

impl Fetched<'_> {
    /// The places of a tag, from its bucket.
    async fn places(&mut self, tag: &Tag) -> Result<Vec<ListedTag>> {
        let prefix = prefix(tag, self.bits);
        if !self.buckets.contains_key(&prefix) {
            let bucket = self
                .client
                .tag_bucket(self.hospital, self.batch, self.bits, prefix)
                .await?;
            self.buckets.insert(prefix, bucket.tags);
        }
        let tags = self.buckets.get(&prefix).map_or(&[][..], Vec::as_slice);
        let found = tags.iter().filter(|listed| listed.tag.as_bytes() == tag);
        Ok(found.cloned().collect())
    }

    /// A whole entry block, checked against its registered root.
    async fn block(&mut self, sequence: Sequence) -> Result<&WholeBlock> {
        if !self.blocks.contains_key(&sequence) {
            let block = self.client.whole_block(self.hospital, sequence).await?;
            self.blocks.insert(sequence, block);
        }
        self.blocks
            .get(&sequence)
            .ok_or_else(|| invalid("phi_entryBlock", "the block is missing"))
    }
}

fn invalid(what: &str, reason: &str) -> ClientError {
    ClientError::InvalidAnswer {
        what: what.into(),
        reason: reason.into(),
    }
}

impl ConsortiumClient {
    /// The tags of a batch whose first `bits` bits are `prefix`.
    ///
    /// # Errors
    /// Those of `ChainClient::rpc`.
    pub async fn tag_bucket(
        &self,
        hospital: HospitalId,
        batch: BatchId,
        bits: u8,
        prefix: u16,
    ) -> Result<TagBucket> {
        self.rpc("phi_tags", params![hospital, batch, bits, prefix])
            .await
    }

    /// A registered entry block, whose entries have the registered root.
    ///
    /// # Errors
    /// `InvalidAnswer` if the block is missing or has another root, and those of the chain.
    pub async fn whole_block(
        &self,
        hospital: HospitalId,
        sequence: Sequence,
    ) -> Result<WholeBlock> {
        let block: Option<WholeBlock> = self
            .rpc("phi_entryBlock", params![hospital, sequence])
            .await?;
        let block = block.ok_or_else(|| invalid("phi_entryBlock", "the block is missing"))?;
        let registered = self
            .registered_block(At::Finalized, hospital, sequence)
            .await?
            .ok_or_else(|| invalid("phi_entryBlock", "the block is not registered"))?;
        if entries_root(&block.entries) != registered.block.root {
            return Err(invalid(
                "phi_entryBlock",
                "the entries do not have the registered root",
            ));
        }
        Ok(block)
    }

    /// Searches one batch with a secret that the caller computed from its trapdoor.
    ///
    /// `label` is the label of the trapdoor with its month. `query` is copied into the records that the search finds. Nothing secret goes to the node.
    ///
    /// # Errors
    /// `InvalidAnswer`, and those of the chain.
    pub async fn search_batch(
        &self,
        hospital: HospitalId,
        batch: &BatchPoint,
        secret: &SearchSecret,
        label: &MonthLabel,
        query: usize,
    ) -> Result<Vec<FoundRecord>> {
        let id = BatchId::from(batch.id);
        // Any bucket tells the size of the batch; this one does not depend on the secret.
        let total = self
            .tag_bucket(hospital, id, MAX_PREFIX_BITS, 0)
            .await?
            .total;
        let mut fetched = Fetched {
            client: self,
            hospital,
            batch: id,
            bits: prefix_bits(total),
            buckets: HashMap::new(),
            blocks: HashMap::new(),
        };
        let mut found = Vec::new();
        let (mut counter, mut absent, mut step) = (0u32, 0u32, FIRST_STEP);
        while absent < GAP {
            // All buckets of a step are fetched, so that the node does not see where a run of
            // present tags ends.
            let counters = counter..counter.saturating_add(step);
            let mut tags = Vec::new();
            for counter in counters.clone() {
                let tag = secret.tag(counter);
                tags.push((counter, tag, fetched.places(&tag).await?));
            }
            for (counter, tag, places) in tags {
                let expected = secret.match_key(counter, label).public();
                let before = found.len();
                for place in places {
                    let block = fetched.block(place.sequence).await?;
                    if block.refused.contains(&place.leaf) {
                        continue;
                    }
                    let Some(entry) = usize::try_from(place.leaf)
                        .ok()
                        .and_then(|leaf| block.entries.get(leaf))
                    else {
                        return Err(invalid("phi_tags", "a place is outside its block"));
                    };
                    let slot = entry.slots.get(usize::from(place.slot));
                    let genuine = slot.is_some_and(|slot| {
                        slot.tag == tag && slot.match_key == expected && entry.batch == id
                    });
                    if !genuine {
                        continue;
                    }
                    let path = entry_proof(&block.entries, place.leaf)
                        .ok_or_else(|| invalid("phi_tags", "a place is outside its block"))?;
                    found.push(FoundRecord {
                        query,
                        batch: id,
                        counter,
                        rid: entry.rid(),
                        hospital,
                        sequence: place.sequence,
                        slot: place.slot,
                        entry: entry.clone(),
                        path,
                    });
                }
                absent = if found.len() == before {
                    absent.saturating_add(1)
                } else {
                    0
                };
                if absent >= GAP {
                    break;
                }
            }
            if counters.end == u32::MAX {
                break;
            }
            counter = counters.end;
            step = step.saturating_mul(2).min(GAP);
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefix_bits_should_leave_enough_tags_in_a_bucket() {
        assert_eq!(prefix_bits(0), 0);
        assert_eq!(prefix_bits(MIN_BUCKET_TAGS), 0);
        assert_eq!(prefix_bits(2 * MIN_BUCKET_TAGS - 1), 0);
        assert_eq!(prefix_bits(2 * MIN_BUCKET_TAGS), 1);
        assert_eq!(prefix_bits(1 << 20), 12);
        assert_eq!(prefix_bits(u64::MAX), MAX_PREFIX_BITS);
        for total in [1u64, 300, 4096, 1 << 20, 1 << 23] {
            assert!(total >> prefix_bits(total) >= MIN_BUCKET_TAGS.min(total));
        }
    }

    #[test]
    fn prefix_should_be_the_first_bits() {
        let tag: Tag = [0b1010_0000; 16];
        assert_eq!(prefix(&tag, 0), 0);
        assert_eq!(prefix(&tag, 3), 0b101);
        assert_eq!(prefix(&tag, 16), 0b1010_0000_1010_0000);
    }
}
