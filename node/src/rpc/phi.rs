// SPDX-License-Identifier: Apache-2.0
//! `phi_*`: registered entries on the consortium chain, stored chunks on hospital chains.

use super::{internal, invalid_params};
use crate::search::{
    event::{entry_hex, scale_hex},
    ChainView, PhiIndex,
};
use bspp_primitives::{BlockNumber, Hash, HospitalId, RecordId, Sequence};
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Entry blocks in one answer at most.
pub const MAX_BLOCKS: u32 = 64;

/// A registered entry block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryBlock {
    /// Position in the hospital's sequence.
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
    /// SCALE encoding, hex.
    pub entry: String,
}

/// An entry with its path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LocatedEntry {
    /// The hospital.
    pub hospital: HospitalId,
    /// Entry block in the hospital's sequence.
    pub sequence: Sequence,
    /// Position among the block's entries.
    pub leaf: u32,
    /// SCALE encoding of the entry, hex.
    pub entry: String,
    /// SCALE encoding of the path to the registered root, hex.
    pub path: String,
}

/// How far the index has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IndexStatus {
    /// Last indexed block.
    pub indexed_block: BlockNumber,
    /// Newest finalized block.
    pub finalized_block: BlockNumber,
    /// Entries in the index.
    pub entries: u64,
    /// Whether all finalized blocks are indexed.
    pub ready: bool,
}

/// Registered entries. Only nodes of the consortium chain have these.
#[rpc(client, server)]
pub trait PhiIndexApi {
    /// Registered entry blocks of a hospital from a sequence number on, at most [`MAX_BLOCKS`]. Fewer come at the end of the
    /// sequence. `MaxCountExceeded` if more are asked for.
    #[method(name = "phi_entries")]
    fn entries(
        &self,
        hospital: HospitalId,
        from_sequence: Sequence,
        count: u32,
    ) -> RpcResult<Vec<EntryBlock>>;

    /// The entry of a record and its path; null if none is registered.
    #[method(name = "phi_entry")]
    fn entry(&self, rid: RecordId) -> RpcResult<Option<LocatedEntry>>;

    /// How far the index has come.
    #[method(name = "phi_indexStatus")]
    fn index_status(&self) -> RpcResult<IndexStatus>;
}

/// Stored ciphertext.
#[rpc(client, server)]
pub trait PhiChunkApi {
    /// The bytes of a chunk by their BLAKE2b-256 hash, hex; null if no block has them.
    #[method(name = "phi_chunk")]
    fn chunk(&self, hash: Hash) -> RpcResult<Option<String>>;
}

/// [`PhiIndexApiServer`] over the tag index.
pub struct Entries {
    view: Arc<dyn ChainView>,
    index: Arc<PhiIndex>,
}

impl Entries {
    /// Answers from this index.
    pub fn new(view: Arc<dyn ChainView>, index: Arc<PhiIndex>) -> Self {
        Self { view, index }
    }
}

impl PhiIndexApiServer for Entries {
    fn entries(
        &self,
        hospital: HospitalId,
        from_sequence: Sequence,
        count: u32,
    ) -> RpcResult<Vec<EntryBlock>> {
        if count > MAX_BLOCKS {
            return Err(invalid_params(format!(
                "MaxCountExceeded: {count} entry blocks; at most {MAX_BLOCKS} in one call"
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
                .zip(&block.entries)
                .filter(|(leaf, _)| !block.refused.contains(leaf))
                .map(|(leaf, entry)| ListedEntry {
                    rid: entry.rid(),
                    leaf,
                    entry: scale_hex(entry),
                })
                .collect();
            blocks.push(EntryBlock {
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
        Ok(found.map(|(entry, path)| {
            let (entry, path) = entry_hex(&entry, &path);
            LocatedEntry {
                hospital: location.hospital,
                sequence: location.sequence,
                leaf: location.leaf,
                entry,
                path,
            }
        }))
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

/// [`PhiChunkApiServer`] over the block bodies.
pub struct Chunks(Arc<dyn ChainView>);

impl Chunks {
    /// Answers from this chain.
    pub fn new(view: Arc<dyn ChainView>) -> Self {
        Self(view)
    }
}

impl PhiChunkApiServer for Chunks {
    fn chunk(&self, hash: Hash) -> RpcResult<Option<String>> {
        let bytes = self.0.chunk(hash).map_err(internal)?;
        Ok(bytes.map(|bytes| format!("0x{}", hex::encode(bytes))))
    }
}
