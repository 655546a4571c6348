// SPDX-License-Identifier: Apache-2.0
//! Keyword search through a foreign node, which serves buckets of tags.
//!
//! The node learns the hospital, the batches and the buckets. It learns neither a trapdoor nor the
//! tags that the search looks for: tags that are absent today are those of later filings (protocol
//! section 7). The used indices of a batch, which decide how small buckets are, and the roots of entry blocks
//! come from proved state. A node can leave out entries, or show a registered one that the consortium
//! refused. It cannot show one that is not registered.

use crate::{
    chain::*,
    consortium::ConsortiumClient,
    error::*,
    proved::{ProvedBatch, ProvedState},
};
use bspp_peks::{MonthLabel, SearchSecret, GAP};
use bspp_rpc_types::{
    FoundRecord, ListedTag, TagBucket, WholeBlock, MAX_PREFIX_BITS, MIN_BUCKET_TAGS,
};
use bspp_types::{
    entries_root, entry_proof, BatchId, Ed25519Key, HospitalId, Sequence, Tag, H256, SLOT_CLASSES,
};
use std::collections::{HashMap, HashSet};

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

/// The number of tags of a batch whose entries use all these indices, by their fewest.
///
/// A node that could name the number would make buckets so small that they name the keyword. The
/// hospital of the batch can: indices that it leaves out count here, and have no tags.
fn tags_of_indices(next_index: u32) -> u64 {
    let [fewest, ..] = SLOT_CLASSES;
    u64::from(next_index).saturating_mul(u64::try_from(fewest).unwrap_or(1))
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
    state: &'a ProvedState,
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
        Ok(places_of(tags, tag))
    }

    /// A whole entry block, checked against its proved root.
    ///
    /// `None` if it is not registered in the proved state: the node's index may be ahead.
    async fn block(&mut self, sequence: Sequence) -> Result<Option<&WholeBlock>> {
        if !self.blocks.contains_key(&sequence) {
            let Some(block) = self
                .client
                .whole_block(self.state, self.hospital, sequence)
                .await?
            else {
                return Ok(None);
            };
            self.blocks.insert(sequence, block);
        }
        Ok(self.blocks.get(&sequence))
    }
}

fn invalid(what: &str, reason: &str) -> ClientError {
    ClientError::InvalidAnswer {
        what: what.into(),
        reason: reason.into(),
    }
}

/// The places of a tag in a bucket, each once: a node may repeat them.
pub fn places_of(bucket: &[ListedTag], tag: &Tag) -> Vec<ListedTag> {
    let mut seen = HashSet::new();
    let found = bucket.iter().filter(|listed| {
        listed.tag.as_bytes() == tag.as_slice()
            && seen.insert((listed.sequence, listed.leaf, listed.slot))
    });
    found.cloned().collect()
}

/// An answer of `phi_entryBlock`, checked against the registered root.
///
/// # Errors
/// `InvalidAnswer` if the entries have another root.
pub fn checked_block(block: WholeBlock, root: &H256) -> Result<WholeBlock> {
    if entries_root(&block.entries) != *root {
        return Err(invalid(
            "phi_entryBlock",
            "the entries do not have the registered root",
        ));
    }
    Ok(block)
}

/// One counter of one secret in one batch, for which a search looks.
pub struct WantedTag {
    /// The hospital.
    pub hospital: HospitalId,
    /// The batch.
    pub batch: BatchId,
    /// The position of the query in the search.
    pub query: usize,
    /// The counter.
    pub counter: u32,
    /// The tag of the counter.
    pub tag: Tag,
    /// The public match key of the counter.
    pub match_key: Ed25519Key,
}

impl WantedTag {
    /// The tag and match key of a counter.
    pub fn new(
        (hospital, batch, query): (HospitalId, BatchId, usize),
        (secret, label): (&SearchSecret, &MonthLabel),
        counter: u32,
    ) -> Self {
        Self {
            hospital,
            batch,
            query,
            counter,
            tag: secret.tag(counter),
            match_key: secret.match_key(counter, label).public(),
        }
    }

    /// The record at a place of a checked block; `None` if the tag is not genuine there.
    ///
    /// # Errors
    /// `InvalidAnswer` if the place is outside the block.
    pub fn record_at(&self, place: &ListedTag, block: &WholeBlock) -> Result<Option<FoundRecord>> {
        if block.refused.contains(&place.leaf) {
            return Ok(None);
        }
        let outside = || invalid("phi_tags", "a place is outside its block");
        let entry = usize::try_from(place.leaf)
            .ok()
            .and_then(|leaf| block.entries.get(leaf))
            .ok_or_else(outside)?;
        let slot = entry.slots.get(usize::from(place.slot));
        let genuine = slot.is_some_and(|slot| {
            slot.tag == self.tag && slot.match_key == self.match_key && entry.batch == self.batch
        });
        if !genuine {
            return Ok(None);
        }
        let path = entry_proof(&block.entries, place.leaf).ok_or_else(outside)?;
        Ok(Some(FoundRecord {
            query: self.query,
            batch: self.batch,
            counter: self.counter,
            rid: entry.rid(),
            hospital: self.hospital,
            sequence: place.sequence,
            slot: place.slot,
            entry: entry.clone(),
            path,
        }))
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

    /// A registered entry block, whose entries have the proved root.
    ///
    /// `None` if the proved state does not have it.
    ///
    /// # Errors
    /// `InvalidAnswer` if the block is missing or has another root, and those of the chain.
    pub async fn whole_block(
        &self,
        state: &ProvedState,
        hospital: HospitalId,
        sequence: Sequence,
    ) -> Result<Option<WholeBlock>> {
        let Some(registered) = state.registered_block(&hospital, sequence).await? else {
            return Ok(None);
        };
        let block: Option<WholeBlock> = self
            .rpc("phi_entryBlock", params![hospital, sequence])
            .await?;
        let block = block.ok_or_else(|| invalid("phi_entryBlock", "the block is missing"))?;
        checked_block(block, &registered.block.root).map(Some)
    }

    /// Searches one batch with a secret that the caller computed from its trapdoor.
    ///
    /// `label` is the label of the trapdoor with its month. `query` is copied into the records that
    /// the search finds. Nothing secret goes to the node.
    ///
    /// # Errors
    /// `InvalidAnswer`, and those of the chain.
    pub async fn search_batch(
        &self,
        state: &ProvedState,
        batch: &ProvedBatch,
        (secret, label): (&SearchSecret, &MonthLabel),
        query: usize,
    ) -> Result<Vec<FoundRecord>> {
        let (hospital, id) = (batch.hospital, BatchId::from(batch.point.id));
        let mut fetched = Fetched {
            client: self,
            state,
            hospital,
            batch: id,
            bits: prefix_bits(tags_of_indices(batch.next_index)),
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
                let wanted = WantedTag::new((hospital, id, query), (secret, label), counter);
                let places = fetched.places(&wanted.tag).await?;
                tags.push((wanted, places));
            }
            for (wanted, places) in tags {
                let before = found.len();
                for place in places {
                    if let Some(block) = fetched.block(place.sequence).await? {
                        found.extend(wanted.record_at(&place, block)?);
                    }
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

    /// Attack: a foreign node makes a bucket for each keyword.
    #[test]
    fn size_of_buckets_should_follow_from_proved_indices() {
        assert_eq!(prefix_bits(tags_of_indices(0)), 0);
        let indices = 10_000;
        let bits = prefix_bits(tags_of_indices(indices));
        assert!(tags_of_indices(indices) >> bits >= MIN_BUCKET_TAGS);
        assert_eq!(tags_of_indices(u32::MAX), u64::from(u32::MAX) * 8);
    }

    /// A limit that the documentation states: the hospital of a batch may leave out indices.
    #[test]
    fn indices_without_entries_should_make_buckets_smaller() {
        let (entries, next_index) = (1_000, 16_000);
        let bits = prefix_bits(tags_of_indices(next_index));
        assert!(bits > prefix_bits(tags_of_indices(entries)));
        assert!(tags_of_indices(entries) >> bits < MIN_BUCKET_TAGS);
    }

    /// Attack: a node repeats a place, so that each copy costs a proof over its whole block.
    #[test]
    fn repeated_places_should_count_once() {
        let tag: Tag = [7; 16];
        let listed = |leaf| ListedTag {
            tag: (&tag).into(),
            sequence: 1,
            leaf,
            slot: 0,
        };
        let bucket = [listed(1), listed(1), listed(2), listed(1)];
        let leaves: Vec<u32> = places_of(&bucket, &tag).iter().map(|at| at.leaf).collect();
        assert_eq!(leaves, [1, 2]);
    }

    #[test]
    fn prefix_should_be_the_first_bits() {
        let tag: Tag = [0b1010_0000; 16];
        assert_eq!(prefix(&tag, 0), 0);
        assert_eq!(prefix(&tag, 3), 0b101);
        assert_eq!(prefix(&tag, 16), 0b1010_0000_1010_0000);
    }
}
