// SPDX-License-Identifier: Apache-2.0
//! RPCs for registered entries (consortium nodes) and stored chunks (hospital nodes).

use crate::{chain::*, consortium::ConsortiumClient, error::*, hospital::HospitalClient};
use bspp_primitives::{Entry, EntryProof, HospitalId, RecordId, Sequence};
use codec::DecodeAll;
use serde::Deserialize;
use sp_core::{Bytes, H256};
use sp_io::hashing::blake2_256;

/// How far a node's tag index has come.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IndexStatus {
    /// Last indexed block.
    pub indexed_block: u32,
    /// Newest finalized block.
    pub finalized_block: u32,
    /// Entries in the index.
    pub entries: u64,
    /// Whether all finalized blocks are indexed.
    pub ready: bool,
}

/// A registered entry block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedBlock {
    /// Position in the hospital's sequence.
    pub sequence: Sequence,
    /// Height of the hospital block.
    pub number: u32,
    /// Its entries with their positions, without those that the consortium refused.
    pub entries: Vec<ListedEntry>,
}

/// An entry in a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedEntry {
    /// The record.
    pub rid: RecordId,
    /// Position among the block's entries.
    pub leaf: u32,
    /// The entry.
    pub entry: Entry,
}

/// An entry with its place and path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocatedEntry {
    /// The hospital.
    pub hospital: HospitalId,
    /// Entry block in the hospital's sequence.
    pub sequence: Sequence,
    /// The entry.
    pub entry: Entry,
    /// Path to the registered root.
    pub path: EntryProof,
}

#[derive(Deserialize)]
struct WireBlock {
    sequence: Sequence,
    number: u32,
    entries: Vec<WireEntry>,
}

#[derive(Deserialize)]
struct WireEntry {
    rid: RecordId,
    leaf: u32,
    entry: Bytes,
}

#[derive(Deserialize)]
struct WireLocated {
    hospital: HospitalId,
    sequence: Sequence,
    entry: Bytes,
    path: Bytes,
}

pub(super) fn decode<T: DecodeAll>(what: &str, bytes: &Bytes) -> Result<T> {
    T::decode_all(&mut bytes.0.as_slice()).map_err(|e| ClientError::InvalidAnswer {
        what: what.to_owned(),
        reason: e.to_string(),
    })
}

impl ConsortiumClient {
    /// How far the node's tag index has come.
    ///
    /// # Errors
    /// Those of `ChainClient::rpc`.
    pub async fn index_status(&self) -> Result<IndexStatus> {
        self.rpc("phi_indexStatus", params![]).await
    }

    /// Registered entry blocks of a hospital from a sequence number on, at most `count` (64 at most). Fewer come at the end.
    ///
    /// # Errors
    /// Those of `ChainClient::rpc`.
    pub async fn entries(
        &self,
        hospital: HospitalId,
        from: Sequence,
        count: u32,
    ) -> Result<Vec<ListedBlock>> {
        let blocks: Vec<WireBlock> = self
            .rpc("phi_entries", params![hospital, from, count])
            .await?;
        let entry = |wire: WireEntry| {
            Ok(ListedEntry {
                rid: wire.rid,
                leaf: wire.leaf,
                entry: decode("phi_entries", &wire.entry)?,
            })
        };
        blocks
            .into_iter()
            .map(|block| {
                Ok(ListedBlock {
                    sequence: block.sequence,
                    number: block.number,
                    entries: block
                        .entries
                        .into_iter()
                        .map(entry)
                        .collect::<Result<_>>()?,
                })
            })
            .collect()
    }

    /// The registered entry of a record, checked against its identifier. `None` if none is registered.
    ///
    /// # Errors
    /// `InvalidAnswer` if another record's entry came, and those of `ChainClient::rpc`.
    pub async fn entry(&self, rid: RecordId) -> Result<Option<LocatedEntry>> {
        let Some(wire): Option<WireLocated> = self.rpc("phi_entry", params![rid]).await? else {
            return Ok(None);
        };
        let entry: Entry = decode("phi_entry", &wire.entry)?;
        if entry.rid() != rid {
            return Err(ClientError::InvalidAnswer {
                what: "phi_entry".into(),
                reason: format!("the entry is not that of {rid:?}"),
            });
        }
        let path = decode("phi_entry", &wire.path)?;
        Ok(Some(LocatedEntry {
            hospital: wire.hospital,
            sequence: wire.sequence,
            entry,
            path,
        }))
    }
}

impl HospitalClient {
    /// A stored chunk by its hash, checked. `None` if the node has none.
    ///
    /// # Errors
    /// `InvalidAnswer` if what came has another hash, and those of `ChainClient::rpc`.
    pub async fn chunk(&self, hash: H256) -> Result<Option<Vec<u8>>> {
        let chunk: Option<Bytes> = self.rpc("phi_chunk", params![hash]).await?;
        match chunk {
            Some(bytes) if blake2_256(&bytes.0) == hash.0 => Ok(Some(bytes.0)),
            Some(_) => Err(ClientError::InvalidAnswer {
                what: "phi_chunk".into(),
                reason: format!("the bytes do not have the hash {hash:?}"),
            }),
            None => Ok(None),
        }
    }
}
