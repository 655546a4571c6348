// SPDX-License-Identifier: Apache-2.0
//! The items of the outbox.

use bspp_peks::LabelVersion;
use bspp_types::{
    Authority, BatchId, BlockNumber, Day, Ed25519Key, Ed25519Signature, Moment, Record, RecordId,
    RequestId, Sequence,
};
use codec::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// The number of an ingest job.
pub type JobId = u64;

/// The block and the time of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Mark {
    /// The height of the block on the chain of that stage.
    pub block: BlockNumber,
    /// The time at which the gateway saw it, in milliseconds since 1970-01-01 UTC.
    pub at: Moment,
}

/// The progress of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Progress {
    /// The time at which the record was encrypted and written to the outbox.
    pub encrypted: Moment,
    /// The hospital block that stores it.
    pub stored: Option<Mark>,
    /// The same block, when it is finalized.
    pub finalized: Option<Mark>,
    /// The consortium block that anchored a head at or above that block.
    pub anchored: Option<Mark>,
    /// The consortium block that registered its entry.
    pub registered: Option<Mark>,
    /// The same block, when it is finalized: searches find the record.
    pub searchable: Option<Mark>,
    /// The sequence number of the entry block.
    pub sequence: Option<Sequence>,
    /// The reason for which it makes no further progress.
    pub failure: Option<String>,
}

impl Progress {
    /// Whether the record makes no further progress.
    pub fn is_over(&self) -> bool {
        self.searchable.is_some() || self.failure.is_some()
    }

    /// The name of the last stage that the record reached.
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

/// A record of the outbox with its progress.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct OutboxRecord {
    /// The job that made it.
    pub job: JobId,
    /// The identifier of the record.
    pub rid: RecordId,
    /// The stored record. Its payload is in the PHI store.
    pub record: Record,
    /// The number of the plain record of the job from which it was made.
    pub plain: u32,
    /// The number of earlier attempts with this plain record.
    pub attempt: u32,
    /// The progress of the record.
    pub progress: Progress,
}

/// The phase of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum JobPhase {
    /// The job is accepted.
    Queued,
    /// The job opens a batch on the consortium.
    OpeningBatch,
    /// The job encrypts.
    Encrypting,
    /// The job waits until entries are finalized, so that it can encrypt more.
    WaitingForFinality,
    /// The job waits until what the failure names is mended; it loses nothing.
    Waiting,
    /// All records are encrypted and in the outbox. They no longer need the job.
    Encrypted,
    /// The job failed; see the reason.
    Failed,
}

impl JobPhase {
    /// Whether the job itself has no more work.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Failed)
    }
}

/// A plain record that waits for its encryption, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The number of the plain record in its job.
    pub plain: u32,
    /// The number of earlier attempts.
    pub attempt: u32,
    /// The sealed plain record.
    pub sealed: Vec<u8>,
    /// The batch whose entry of this record a chain refused. The next one goes to another batch.
    pub refused_by: Option<BatchId>,
}

/// A refusal of a plain record, and the time of its next encryption.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Retry {
    /// The reason of the last refusal.
    pub reason: String,
    /// The record is not encrypted again before this time.
    pub not_before: Moment,
    /// The batch that must not be used again, if the refusal may be its fault.
    pub batch: Option<BatchId>,
}

/// The plain records of a job that wait for their encryption.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Their number, with the parked ones.
    pub records: u64,
    /// The number of those that are parked after several refusals.
    pub parked: u64,
    /// The reason for which one of them is parked.
    pub reason: Option<String>,
}

/// The binding of a patient's account to the subject of its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The account.
    pub account: [u8; 32],
    /// The fingerprint of the subject.
    pub subject: [u8; 32],
    /// Whether it replaces an earlier binding.
    pub renew: bool,
}

/// An ingest job. It contains nothing about the patient.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Job {
    /// The time of acceptance.
    pub created: Moment,
    /// The current phase.
    pub phase: JobPhase,
    /// The number of records of the file.
    pub records_total: u32,
    /// The reason for which it failed or waits.
    pub failure: Option<String>,
}

/// The number of records at each stage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// The number of records that wait to be stored.
    pub encrypted: u64,
    /// Stored, but not finalized.
    pub stored: u64,
    /// Finalized on the hospital chain.
    pub finalized: u64,
    /// Covered by an anchored head.
    pub anchored: u64,
    /// Registered, but not finalized.
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

/// A revocation that the gateway obeys.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Revoked {
    /// The authority's signature.
    pub signature: Ed25519Signature,
    /// The expiry of the grant. After it, the revocation is of no use and is forgotten.
    pub expiry: Day,
    /// The account for whose limit it counts.
    ///
    /// It is the patient's, or that of the requester who opened the request.
    pub account: Option<Ed25519Key>,
}

/// A wish of a patient.
///
/// The gateway obeys it at once, and brings it to a chain until it holds there.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Forward {
    /// The revocation of a request that may not be opened yet, for the consortium.
    Tombstone {
        /// The account that asked for it.
        account: Ed25519Key,
        /// The authority of the request.
        authority: Authority,
        /// The expiry of the grant.
        expiry: Day,
        /// The authority's signature.
        signature: Ed25519Signature,
    },
    /// The revocation of an opened request, for the consortium.
    Revocation {
        /// The request.
        request: RequestId,
        /// The authority's signature.
        signature: Ed25519Signature,
    },
    /// A rise of the label version, for the hospital chain.
    LabelVersion {
        /// The patient's account.
        account: Ed25519Key,
        /// The new version.
        version: LabelVersion,
        /// Grants that were issued before this time are revoked.
        revoke_before: Moment,
        /// The time at which the gateway took it.
        taken_on: Moment,
        /// The account's signature.
        signature: Ed25519Signature,
    },
}
