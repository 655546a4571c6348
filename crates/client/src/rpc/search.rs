// SPDX-License-Identifier: Apache-2.0
//! `peks_search`: keyword search on one's own node.
//!
//! A search sends trapdoors to the node. They give whoever has them the power to search: call this with one's own node only.

use super::phi::decode;
use crate::{chain::*, consortium::ConsortiumClient, error::*};
use bspp_primitives::{BatchId, Entry, EntryProof, Epoch, HospitalId, RecordId, Sequence};
use serde::{Deserialize, Serialize};
use sp_core::{Bytes, H256};
use zeroize::Zeroizing;

/// One trapdoor to search with.
pub struct SearchQuery {
    /// Month of filing for which the trapdoor holds.
    pub epoch: Epoch,
    /// `T_s`, 96 bytes.
    pub trapdoor: Zeroizing<[u8; 96]>,
}

impl core::fmt::Debug for SearchQuery {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SearchQuery(month {})", self.epoch)
    }
}

#[derive(Serialize)]
struct WireQuery<'a> {
    epoch: Epoch,
    trapdoor: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireRequest<'a> {
    hospital: HospitalId,
    search_point: String,
    queries: Vec<WireQuery<'a>>,
}

#[derive(Deserialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
enum WireEvent {
    Progress {
        batches_done: u64,
        batches_total: u64,
    },
    Match {
        query: u32,
        batch: BatchId,
        counter: u32,
        rid: RecordId,
        hospital: HospitalId,
        sequence: Sequence,
        slot: u8,
        entry: Bytes,
        path: Bytes,
    },
    Done {
        batches: u64,
        pairings: u64,
        matches: u64,
        at_block: u32,
        at_hash: H256,
    },
    Failed {
        reason: String,
    },
}

/// A record found.
#[derive(Clone, Debug)]
pub struct FoundRecord {
    /// Index of the query that found it.
    pub query: usize,
    /// Its batch.
    pub batch: BatchId,
    /// Counter of the tag: with it the match key is derived.
    pub counter: u32,
    /// Its identifier.
    pub rid: RecordId,
    /// The hospital that keeps it.
    pub hospital: HospitalId,
    /// Entry block in the hospital's sequence.
    pub sequence: Sequence,
    /// Slot that matched.
    pub slot: u8,
    /// The index entry.
    pub entry: Entry,
    /// Path to the registered root.
    pub path: EntryProof,
}

/// What a search says while it runs.
#[derive(Clone, Debug)]
pub enum SearchEvent {
    /// How far it has come.
    Progress {
        /// Batches searched.
        done: u64,
        /// Batches in scope.
        total: u64,
    },
    /// A record was found.
    Match(Box<FoundRecord>),
    /// All batches are searched.
    Done(SearchSummary),
}

/// What a whole search did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchSummary {
    /// Batches searched, counted once for each query.
    pub batches: u64,
    /// Pairings computed.
    pub pairings: u64,
    /// Records found.
    pub matches: u64,
    /// Height of the finalized block whose batches and entries were searched.
    pub at_block: u32,
    /// Its hash.
    pub at_hash: H256,
}

/// A running search. Dropping it ends the search.
pub struct Search {
    inner: Subscription<WireEvent>,
    ended: bool,
}

impl Search {
    /// The next event; `None` after `Done`.
    ///
    /// # Errors
    /// `RpcRefused` if the node gave up, `ConnectionLost` if it went away: the search must then be started again.
    pub async fn next(&mut self) -> Option<Result<SearchEvent>> {
        if self.ended {
            return None;
        }
        let event = match self.inner.next().await {
            Some(Ok(event)) => event,
            Some(Err(error)) => {
                self.ended = true;
                return Some(Err(error));
            }
            None => {
                self.ended = true;
                let reason = "the search ended without a result".into();
                return Some(Err(ClientError::ConnectionLost { reason }));
            }
        };
        Some(match event {
            WireEvent::Progress {
                batches_done: done,
                batches_total: total,
            } => Ok(SearchEvent::Progress { done, total }),
            WireEvent::Match {
                query,
                batch,
                counter,
                rid,
                hospital,
                sequence,
                slot,
                entry,
                path,
            } => (|| {
                Ok(SearchEvent::Match(Box::new(FoundRecord {
                    query: usize::try_from(query).unwrap_or(usize::MAX),
                    batch,
                    counter,
                    rid,
                    hospital,
                    sequence,
                    slot,
                    entry: decode("peks_search", &entry)?,
                    path: decode("peks_search", &path)?,
                })))
            })(),
            WireEvent::Done {
                batches,
                pairings,
                matches,
                at_block,
                at_hash,
            } => {
                self.ended = true;
                let summary = SearchSummary {
                    batches,
                    pairings,
                    matches,
                    at_block,
                    at_hash,
                };
                Ok(SearchEvent::Done(summary))
            }
            WireEvent::Failed { reason } => {
                self.ended = true;
                Err(ClientError::RpcRefused {
                    method: "peks_search".into(),
                    code: 0,
                    message: reason,
                })
            }
        })
    }
}

impl ConsortiumClient {
    /// Starts a search among one hospital's batches. `search_point` is the patient's `A_s`. The node refuses unless it
    /// allows unsafe RPC, that is, unless it is one's own.
    ///
    /// # Errors
    /// Those of `ChainClient::rpc`.
    pub async fn search(
        &self,
        hospital: HospitalId,
        search_point: &[u8; 48],
        queries: &[SearchQuery],
    ) -> Result<Search> {
        let hexed: Vec<Zeroizing<String>> = queries
            .iter()
            .map(|query| Zeroizing::new(format!("0x{}", hex::encode(query.trapdoor.as_slice()))))
            .collect();
        let request = WireRequest {
            hospital,
            search_point: format!("0x{}", hex::encode(search_point)),
            queries: queries
                .iter()
                .zip(&hexed)
                .map(|(query, trapdoor)| WireQuery {
                    epoch: query.epoch,
                    trapdoor,
                })
                .collect(),
        };
        let inner = self
            .subscribe("peks_search", params![request], "peks_unsubscribeSearch")
            .await?;
        Ok(Search {
            inner: Subscription {
                inner,
                method: "peks_search",
            },
            ended: false,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn events_should_decode_as_the_node_writes_them() {
        let event: WireEvent =
            serde_json::from_str(r#"{"type":"progress","batchesDone":1,"batchesTotal":3}"#)
                .unwrap();
        assert!(matches!(
            event,
            WireEvent::Progress {
                batches_done: 1,
                batches_total: 3
            }
        ));
        let done = format!(
            r#"{{"type":"done","batches":3,"pairings":3,"matches":1,"atBlock":7,"atHash":"0x{}"}}"#,
            "00".repeat(32)
        );
        let event: WireEvent = serde_json::from_str(&done).unwrap();
        assert!(matches!(
            event,
            WireEvent::Done {
                pairings: 3,
                at_block: 7,
                ..
            }
        ));
        let event: WireEvent = serde_json::from_str(r#"{"type":"failed","reason":"x"}"#).unwrap();
        assert!(matches!(event, WireEvent::Failed { .. }));
    }
}
