// SPDX-License-Identifier: Apache-2.0
//! What stands in the outbox.

use bspp_primitives::{BlockNumber, Moment, Record, RecordId, Sequence};
use codec::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Number of an ingest job.
pub type JobId = u64;

/// When and in which block a stage was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Mark {
    /// Height of the block on the chain in question.
    pub block: BlockNumber,
    /// When the gateway saw it: milliseconds since 1970-01-01 UTC.
    pub at: Moment,
}

/// How far a record has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Progress {
    /// When it was encrypted and written to the outbox.
    pub encrypted: Moment,
    /// Hospital block that stores it.
    pub stored: Option<Mark>,
    /// The same block, once final.
    pub finalized: Option<Mark>,
    /// Consortium block that anchored a head from that block on.
    pub anchored: Option<Mark>,
    /// Consortium block that registered its entry.
    pub registered: Option<Mark>,
    /// The same block, once final: searches find the record.
    pub searchable: Option<Mark>,
    /// Entry block in the hospital's sequence.
    pub sequence: Option<Sequence>,
    /// Why it will go no further.
    pub failure: Option<String>,
}

impl Progress {
    /// Whether nothing more happens to the record.
    pub fn is_over(&self) -> bool {
        self.searchable.is_some() || self.failure.is_some()
    }

    /// Name of the last stage reached.
    pub fn stage(&self) -> &'static str {
        let stages = [
            (self.failure.is_some(), "failed"),
            (self.searchable.is_some(), "searchable"),
            (self.registered.is_some(), "registered"),
            (self.anchored.is_some(), "anchored"),
            (self.finalized.is_some(), "finalized"),
            (self.stored.is_some(), "stored"),
        ];
        stages
            .iter()
            .find(|(reached, _)| *reached)
            .map_or("encrypted", |(_, name)| name)
    }
}

/// A record on its way.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct OutboxRecord {
    /// The job that made it.
    pub job: JobId,
    /// Its identifier.
    pub rid: RecordId,
    /// What is stored besides its chunks.
    pub record: Record,
    /// The record with which its chunks are kept: itself, or an earlier entry over the same payload.
    pub payload_of: u64,
    /// How far it has come.
    pub progress: Progress,
}

/// What a job is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum JobPhase {
    /// Accepted.
    Queued,
    /// Opening a batch on the consortium.
    OpeningBatch,
    /// Encrypting.
    Encrypting,
    /// Waiting for entries to become final, so that more may be encrypted.
    WaitingForFinality,
    /// All records are encrypted and in the outbox; they go on by themselves.
    Encrypted,
    /// Failed; see the reason.
    Failed,
}

impl JobPhase {
    /// Whether the job itself has no more to do or lose.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Failed)
    }
}

/// An ingest job. Says nothing of the patient.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Job {
    /// When it was accepted.
    pub created: Moment,
    /// What it is doing.
    pub phase: JobPhase,
    /// Records the file was cut into.
    pub records_total: u32,
    /// Why it failed.
    pub failure: Option<String>,
}

/// How many records stand at each stage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Waiting to be stored.
    pub encrypted: u64,
    /// Stored, not final.
    pub stored: u64,
    /// Final on the hospital chain.
    pub finalized: u64,
    /// Under an anchored head.
    pub anchored: u64,
    /// Registered, not final.
    pub registered: u64,
    /// Found by searches.
    pub searchable: u64,
    /// Failed.
    pub failed: u64,
}

impl Counts {
    pub(crate) fn add(&mut self, progress: &Progress) {
        let count = match progress.stage() {
            "failed" => &mut self.failed,
            "searchable" => &mut self.searchable,
            "registered" => &mut self.registered,
            "anchored" => &mut self.anchored,
            "finalized" => &mut self.finalized,
            "stored" => &mut self.stored,
            _ => &mut self.encrypted,
        };
        *count = count.saturating_add(1);
    }
}
