// SPDX-License-Identifier: Apache-2.0
//! `peks_search`: the request for a search, and its messages.
//!
//! A request holds trapdoors. They give their holder the power to search, and they never expire: a
//! requester must send a request only to its own node.

use crate::{scale_hex, HexBytes};
use bspp_peks::{G1_LEN, G2_LEN};
use bspp_types::{
    BatchId, BlockNumber, Entry, EntryProof, FilingMonth, HospitalId, RecordId, Sequence, H256,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Maximum number of trapdoors in one search.
pub const MAX_QUERIES: usize = 256;

/// The request for a search.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SearchParams {
    /// The hospital whose batches are searched.
    pub hospital: HospitalId,
    /// The patient's search key `A_s`: 48 bytes.
    pub search_point: HexBytes<G1_LEN>,
    /// Trapdoors, a maximum of [`MAX_QUERIES`].
    pub queries: Vec<SearchQuery>,
}

/// One trapdoor and its month.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SearchQuery {
    /// Filing month for which the trapdoor is valid.
    pub filing_month: FilingMonth,
    /// The trapdoor `T_s`: 96 bytes.
    pub trapdoor: HexBytes<G2_LEN>,
    /// The label `kw` of the trapdoor: 32 bytes. Match keys commit to it.
    pub label: HexBytes<32>,
}

impl fmt::Debug for SearchQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SearchQuery(month {})", self.filing_month)
    }
}

/// A message of a running search. The last one is `done` or `failed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum SearchEvent {
    /// The search covered one more batch.
    Progress(SearchProgress),
    /// A record was found.
    Match(Box<FoundRecord>),
    /// The search is complete.
    Done(SearchSummary),
    /// The search failed before its end.
    Failed {
        /// The reason.
        reason: String,
    },
}

/// Progress of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchProgress {
    /// Number of batches searched, counted once for each query.
    pub batches_done: u64,
    /// Number of batches in scope, counted once for each query.
    pub batches_total: u64,
}

/// A record that a search found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FoundRecord {
    /// Position of the query in the request that found it.
    pub query: usize,
    /// The batch to which its entry belongs.
    pub batch: BatchId,
    /// Counter of the tag. Batch and counter determine the match key.
    pub counter: u32,
    /// The record.
    pub rid: RecordId,
    /// The hospital that keeps it.
    pub hospital: HospitalId,
    /// Sequence number of the entry block.
    pub sequence: Sequence,
    /// Slot of the entry that matched.
    pub slot: u8,
    /// The entry, SCALE-encoded in hex.
    #[serde(with = "scale_hex")]
    pub entry: Entry,
    /// Path to the registered root, SCALE-encoded in hex.
    #[serde(with = "scale_hex")]
    pub path: EntryProof,
}

/// The outcome of a whole search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchSummary {
    /// Number of batches searched, counted once for each query.
    pub batches: u64,
    /// Number of pairings computed, which equals the number of batches.
    pub pairings: u64,
    /// Number of records found.
    pub matches: u64,
    /// Height of the finalized block whose batches and entries were searched.
    pub at_block: BlockNumber,
    /// Its hash.
    pub at_hash: H256,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use bspp_test_kit::EntryBuilder;
    use bspp_types::entry_proof;
    use zeroize::Zeroizing;

    #[test]
    fn search_event_should_be_camel_case_json() {
        let event = SearchEvent::Progress(SearchProgress {
            batches_done: 1,
            batches_total: 2,
        });
        let json = serde_json::to_value(event).unwrap();
        assert_eq!(
            json,
            serde_json::json!({ "type": "progress", "batchesDone": 1, "batchesTotal": 2 })
        );
    }

    #[test]
    fn events_should_decode_as_the_node_writes_them() {
        let event: SearchEvent =
            serde_json::from_str(r#"{"type":"progress","batchesDone":1,"batchesTotal":3}"#)
                .unwrap();
        assert!(matches!(
            event,
            SearchEvent::Progress(SearchProgress {
                batches_done: 1,
                batches_total: 3
            })
        ));
        let done = format!(
            r#"{{"type":"done","batches":3,"pairings":3,"matches":1,"atBlock":7,"atHash":"0x{}"}}"#,
            "00".repeat(32)
        );
        let event: SearchEvent = serde_json::from_str(&done).unwrap();
        assert!(matches!(
            event,
            SearchEvent::Done(SearchSummary {
                pairings: 3,
                at_block: 7,
                ..
            })
        ));
        let event: SearchEvent = serde_json::from_str(r#"{"type":"failed","reason":"x"}"#).unwrap();
        assert!(matches!(event, SearchEvent::Failed { .. }));
    }

    #[test]
    fn match_event_should_be_flat_json() {
        let entry = EntryBuilder::new(1).build();
        let event = SearchEvent::Match(Box::new(FoundRecord {
            query: 0,
            batch: entry.batch,
            counter: 4,
            rid: entry.rid(),
            hospital: H256::repeat_byte(5),
            sequence: 6,
            slot: 7,
            path: entry_proof(std::slice::from_ref(&entry), 0).unwrap(),
            entry,
        }));
        let json = serde_json::to_value(&event).unwrap();
        let fields: Vec<&str> = json
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        for field in [
            "type", "query", "batch", "counter", "rid", "hospital", "sequence", "slot", "entry",
            "path",
        ] {
            assert!(fields.contains(&field), "{field}");
        }
        assert_eq!(fields.len(), 10);
        assert_eq!(json["type"], "match");
        assert_eq!(serde_json::from_value::<SearchEvent>(json).unwrap(), event);
    }

    #[test]
    fn search_params_should_be_camel_case_json() {
        let params = SearchParams {
            hospital: H256::repeat_byte(0xa0),
            search_point: HexBytes::from(&[1; G1_LEN]),
            queries: vec![SearchQuery {
                filing_month: 680,
                trapdoor: Zeroizing::new([2; G2_LEN]).into(),
                label: HexBytes::from(&[3; 32]),
            }],
        };
        let json = serde_json::to_value(&params).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "hospital": format!("0x{}", "a0".repeat(32)),
                "searchPoint": format!("0x{}", "01".repeat(G1_LEN)),
                "queries": [{
                    "filingMonth": 680,
                    "trapdoor": format!("0x{}", "02".repeat(G2_LEN)),
                    "label": format!("0x{}", "03".repeat(32)),
                }],
            })
        );
        let read: SearchParams = serde_json::from_value(json).unwrap();
        assert_eq!(read.queries[0].trapdoor.as_bytes(), [2; G2_LEN]);
    }

    #[test]
    fn search_params_should_print_no_trapdoor() {
        let query = SearchQuery {
            filing_month: 680,
            trapdoor: HexBytes::from(&[0xab; G2_LEN]),
            label: HexBytes::from(&[0xcd; 32]),
        };
        assert_eq!(format!("{query:?}"), "SearchQuery(month 680)");
    }
}
