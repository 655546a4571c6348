// SPDX-License-Identifier: Apache-2.0
//! `phi_*`: registered entries of the consortium chain.

use super::{internal, invalid_params};
use crate::search::ChainView;
use bspp_rpc_types::{
    IndexStatus, ListedBlock, ListedEntry, ListedTag, LocatedEntry, TagBucket, WholeBlock,
    MAX_LISTED_BLOCKS, MAX_PREFIX_BITS,
};
use bspp_tag_index::TagIndexDb;
use bspp_types::{BatchId, HospitalId, RecordId, Sequence};
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use std::sync::Arc;

/// RPC methods for registered entries. Only nodes of the consortium chain have them.
#[rpc(client, server)]
pub trait PhiIndexApi {
    /// The registered entry blocks of a hospital from a sequence number on.
    ///
    /// The maximum `count` is [`MAX_LISTED_BLOCKS`]; a greater one fails with `MaxCountExceeded`.
    /// The answer has fewer blocks if the sequence ends earlier.
    #[method(name = "phi_entries")]
    fn entries(
        &self,
        hospital: HospitalId,
        from_sequence: Sequence,
        count: u32,
    ) -> RpcResult<Vec<ListedBlock>>;

    /// The entry of a record with its path, or null if the record has no registered entry.
    #[method(name = "phi_entry")]
    fn entry(&self, rid: RecordId) -> RpcResult<Option<LocatedEntry>>;

    /// A registered entry block with all its entries, or null if it is not registered.
    ///
    /// The caller can compute its root and compare it with the registered root.
    #[method(name = "phi_entryBlock")]
    fn entry_block(
        &self,
        hospital: HospitalId,
        sequence: Sequence,
    ) -> RpcResult<Option<WholeBlock>>;

    /// The tags of a batch whose first `bits` bits are `prefix`, with their places.
    ///
    /// The maximum `bits` is [`MAX_PREFIX_BITS`]; more bits, or a prefix that has more bits, fail
    /// with `InvalidPrefix`. A requester that searches through a foreign node fetches buckets, so
    /// that the node does not learn which tag it looks for.
    #[method(name = "phi_tags", blocking)]
    fn tags(
        &self,
        hospital: HospitalId,
        batch: BatchId,
        bits: u8,
        prefix: u16,
    ) -> RpcResult<TagBucket>;

    /// The progress of the tag index.
    #[method(name = "phi_indexStatus")]
    fn index_status(&self) -> RpcResult<IndexStatus>;
}

/// The implementation of [`PhiIndexApiServer`] over the tag index.
pub struct Entries {
    view: Arc<dyn ChainView>,
    index: Arc<TagIndexDb>,
}

impl Entries {
    /// Makes a module that reads this index.
    pub fn new(view: Arc<dyn ChainView>, index: Arc<TagIndexDb>) -> Self {
        Self { view, index }
    }
}

impl PhiIndexApiServer for Entries {
    fn entries(
        &self,
        hospital: HospitalId,
        from_sequence: Sequence,
        count: u32,
    ) -> RpcResult<Vec<ListedBlock>> {
        if count > MAX_LISTED_BLOCKS {
            return Err(invalid_params(format!(
                "MaxCountExceeded: {count} entry blocks; the maximum of one call is {MAX_LISTED_BLOCKS}"
            )));
        }
        let mut blocks = Vec::new();
        for sequence in from_sequence..from_sequence.saturating_add(count) {
            let Some(block) = self
                .index
                .registration(&hospital, sequence)
                .map_err(internal)?
            else {
                break;
            };
            let entries = (0u32..)
                .zip(block.entries)
                .filter(|(leaf, _)| !block.refused.contains(leaf))
                .map(|(leaf, entry)| ListedEntry {
                    rid: entry.rid(),
                    leaf,
                    entry,
                })
                .collect();
            blocks.push(ListedBlock {
                sequence,
                number: block.number,
                entries,
            });
        }
        Ok(blocks)
    }

    fn entry(&self, rid: RecordId) -> RpcResult<Option<LocatedEntry>> {
        let Some(location) = self.index.locate(&rid).map_err(internal)? else {
            return Ok(None);
        };
        let found = self.index.entry(&location).map_err(internal)?;
        Ok(found.map(|(entry, path)| LocatedEntry {
            hospital: location.hospital,
            sequence: location.sequence,
            leaf: location.leaf,
            entry,
            path,
        }))
    }

    fn entry_block(
        &self,
        hospital: HospitalId,
        sequence: Sequence,
    ) -> RpcResult<Option<WholeBlock>> {
        let block = self
            .index
            .registration(&hospital, sequence)
            .map_err(internal)?;
        Ok(block.map(|block| WholeBlock {
            number: block.number,
            entries: block.entries,
            refused: block.refused,
        }))
    }

    fn tags(
        &self,
        hospital: HospitalId,
        batch: BatchId,
        bits: u8,
        prefix: u16,
    ) -> RpcResult<TagBucket> {
        let beyond = u32::from(prefix).checked_shr(u32::from(bits)).unwrap_or(0);
        if bits > MAX_PREFIX_BITS || beyond != 0 {
            return Err(invalid_params(format!(
                "InvalidPrefix: a prefix of {bits} bits; it has a maximum of {MAX_PREFIX_BITS} bits and no further ones"
            )));
        }
        let bucket = self
            .index
            .bucket(&hospital, &batch, bits, prefix)
            .map_err(internal)?;
        let tags = bucket.tags.iter().map(|placed| ListedTag {
            tag: (&placed.tag).into(),
            sequence: placed.sequence,
            leaf: placed.leaf,
            slot: placed.slot,
        });
        Ok(TagBucket {
            total: bucket.total,
            tags: tags.collect(),
        })
    }

    fn index_status(&self) -> RpcResult<IndexStatus> {
        let (finalized_block, _) = self.view.finalized();
        let status = self.index.status();
        Ok(IndexStatus {
            indexed_block: status.number,
            finalized_block,
            entries: status.entries,
            ready: status.number >= finalized_block,
        })
    }
}
