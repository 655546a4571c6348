// SPDX-License-Identifier: Apache-2.0
//! What a search tells its subscriber.

use bspp_primitives::{
    BatchId, BlockNumber, Entry, EntryProof, Hash, HospitalId, RecordId, Sequence,
};
use codec::Encode;
use serde::{Deserialize, Serialize};

/// A message of a running search. The last one is `done` or `failed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum SearchEvent {
    /// One more batch was searched.
    Progress {
        /// Batches searched, counted once for each query.
        batches_done: u64,
        /// Batches in scope, counted once for each query.
        batches_total: u64,
    },
    /// A record was found.
    Match {
        /// Which query found it, from 0.
        query: u32,
        /// The batch of its entry.
        batch: BatchId,
        /// Counter of the tag: with the batch it gives the match key.
        counter: u32,
        /// The record.
        rid: RecordId,
        /// Its hospital.
        hospital: HospitalId,
        /// Entry block in the hospital's sequence.
        sequence: Sequence,
        /// Slot of the entry.
        slot: u8,
        /// SCALE encoding of the [`Entry`], hex.
        entry: String,
        /// SCALE encoding of the [`EntryProof`], hex.
        path: String,
    },
    /// The search is complete.
    Done {
        /// Batches searched, counted once for each query.
        batches: u64,
        /// Pairings computed: as many.
        pairings: u64,
        /// Records found.
        matches: u64,
        /// Finalized block whose batches and entries were searched.
        at_block: BlockNumber,
        /// Its hash.
        at_hash: Hash,
    },
    /// The search ended early.
    Failed {
        /// Why.
        reason: String,
    },
}

/// `0x` and the SCALE encoding.
pub fn scale_hex(value: &impl Encode) -> String {
    format!("0x{}", hex::encode(value.encode()))
}

/// The entry and path of a match as they travel.
pub fn entry_hex(entry: &Entry, path: &EntryProof) -> (String, String) {
    (scale_hex(entry), scale_hex(path))
}
