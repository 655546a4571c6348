// SPDX-License-Identifier: Apache-2.0
//! RPCs for registered entries (consortium nodes) and stored chunks (hospital nodes).

use crate::{chain::*, consortium::ConsortiumClient, error::*, hospital::HospitalClient};
use bspp_rpc_types::{IndexStatus, ListedBlock, LocatedEntry};
use bspp_types::{HospitalId, RecordId, Sequence};
use sp_core::{Bytes, H256};
use sp_io::hashing::blake2_256;

impl ConsortiumClient {
    /// The progress of the node's tag index.
    ///
    /// # Errors
    /// Those of `ChainClient::rpc`.
    pub async fn index_status(&self) -> Result<IndexStatus> {
        self.rpc("phi_indexStatus", params![]).await
    }

    /// Registered entry blocks of a hospital from a sequence number on: maximum `count`.
    ///
    /// The answer is shorter at the end of the sequence. The node refuses a count above
    /// `bspp_rpc_types::MAX_LISTED_BLOCKS`.
    ///
    /// # Errors
    /// Those of `ChainClient::rpc`.
    pub async fn entries(
        &self,
        hospital: HospitalId,
        from: Sequence,
        count: u32,
    ) -> Result<Vec<ListedBlock>> {
        self.rpc("phi_entries", params![hospital, from, count])
            .await
    }

    /// The registered entry of a record, checked against its identifier.
    ///
    /// The result is `None` if the record is not registered.
    ///
    /// # Errors
    /// `InvalidAnswer` if the answer is the entry of another record, and those of
    /// `ChainClient::rpc`.
    pub async fn entry(&self, rid: RecordId) -> Result<Option<LocatedEntry>> {
        let located: Option<LocatedEntry> = self.rpc("phi_entry", params![rid]).await?;
        checked_entry(located, rid)
    }
}

/// An answer of `phi_entry`, checked against the identifier of the record.
///
/// # Errors
/// `InvalidAnswer` if it is the entry of another record.
pub fn checked_entry(located: Option<LocatedEntry>, rid: RecordId) -> Result<Option<LocatedEntry>> {
    match located {
        Some(located) if located.entry.rid() != rid => Err(ClientError::InvalidAnswer {
            what: "phi_entry".into(),
            reason: format!("the entry is not that of {rid:?}"),
        }),
        located => Ok(located),
    }
}

impl HospitalClient {
    /// A stored chunk by its hash, checked. `None` if the node does not have it.
    ///
    /// # Errors
    /// `InvalidAnswer` if the bytes have another hash, and those of `ChainClient::rpc`.
    pub async fn chunk(&self, hash: H256) -> Result<Option<Vec<u8>>> {
        let chunk: Option<Bytes> = self.rpc("phi_chunk", params![hash]).await?;
        checked_chunk(chunk, hash)
    }
}

/// An answer of `phi_chunk`, checked against the hash of the chunk.
///
/// # Errors
/// `InvalidAnswer` if the bytes have another hash.
pub fn checked_chunk(chunk: Option<Bytes>, hash: H256) -> Result<Option<Vec<u8>>> {
    match chunk {
        Some(bytes) if blake2_256(&bytes.0) == hash.0 => Ok(Some(bytes.0)),
        Some(_) => Err(ClientError::InvalidAnswer {
            what: "phi_chunk".into(),
            reason: format!("the bytes do not have the hash {hash:?}"),
        }),
        None => Ok(None),
    }
}
