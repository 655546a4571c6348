// SPDX-License-Identifier: Apache-2.0
//! RPCs for registered entries, on consortium nodes.

use crate::{chain::*, consortium::ConsortiumClient, error::*};
use bspp_rpc_types::{IndexStatus, ListedBlock, LocatedEntry};
use bspp_types::{HospitalId, RecordId, Sequence};

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
