// SPDX-License-Identifier: Apache-2.0
//! The bodies of the gateway's HTTP requests and answers. Hex strings begin with `0x`.

use crate::outbox::{Counts, Job, JobId, JobPhase, Mark, OutboxRecord, Progress, Waiting};
use bspp_types::{HospitalId, Moment, RecordId, Sequence};
use serde::{Deserialize, Serialize};

/// The body of `POST /v1/nonces`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NonceBody {
    /// The account that will sign the request, hex: of the requester or of the patient.
    pub account: String,
}

/// The answer of `POST /v1/nonces`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NonceAnswer {
    /// 32 bytes, hex.
    pub nonce: String,
}

/// The body of `POST /v1/disclosures` and `POST /v1/own-records` as JSON.
///
/// The same calls take the SCALE bytes as `application/octet-stream`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisclosureBody {
    /// The SCALE encoding of `bspp_record::DisclosureRequest` or `OwnRecordRequest`, hex.
    pub request: String,
}

/// The answer of `POST /v1/disclosures` to JSON.
///
/// The answer to SCALE bytes is the SCALE encoding of `bspp_record::SealedBox`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DisclosureAnswer {
    /// The SCALE encoding of `bspp_record::SealedBox`, hex.
    pub sealed: String,
}

/// The body of `POST /v1/revocations`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RevocationBody {
    /// The request, hex.
    pub request: String,
    /// The grant's one-time key, hex.
    pub grant_key: String,
    /// The key's signature over the revocation, hex.
    pub signature: String,
}

/// The body of `POST /v1/revocations/unopened`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UnopenedRevocationBody {
    /// The patient's account at this hospital, hex.
    pub account: String,
    /// The account's signature over `bspp_types::messages::unopened_message`, hex.
    pub account_signature: String,
    /// The grant's one-time key, hex.
    pub grant_key: String,
    /// The expiry of the grant: its first day without validity, in days since 1970.
    pub expiry: u32,
    /// The one-time key's signature over `bspp_types::messages::tombstone_message`, hex.
    pub signature: String,
}

/// The body of `POST /v1/label-versions`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LabelVersionBody {
    /// The patient's account at this hospital, hex.
    pub account: String,
    /// The new label version.
    pub version: u32,
    /// Grants that were issued before this time are revoked, in milliseconds since 1970.
    pub revoke_before: Moment,
    /// The account's signature over `bspp_types::messages::label_version_message`, hex.
    pub signature: String,
}

/// The answer of `POST /v1/label-versions`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LabelVersionAnswer {
    /// Always true: the rise is written, and obeyed from now on.
    pub raised: bool,
}

/// The answer of `GET /v1/label-state?account=0x…`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LabelStateAnswer {
    /// The label version of new records.
    pub version: u32,
    /// Grants that were issued before this time are revoked, in milliseconds since 1970.
    pub revoke_before: Moment,
    /// The last rise of each month that has one, ascending.
    pub rises: Vec<LabelRiseAnswer>,
}

/// The last rise of a label version in a month.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LabelRiseAnswer {
    /// The month, counted from January 1970.
    pub filing_month: u16,
    /// The label version at its end.
    pub version: u32,
    /// The time of the rise, in milliseconds since 1970.
    pub raised_on: Moment,
}

/// The answer of `DELETE /v1/shares/{rid}` on the local address.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShareAnswer {
    /// Always true: the deletion is durable on every medium.
    pub deleted: bool,
}

/// The answer of `POST /v1/revocations`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RevocationAnswer {
    /// Always true: the revocation is written.
    pub revoked: bool,
}

/// The answer of `POST /v1/ingest`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct IngestAnswer {
    /// The number of the job.
    pub job: u64,
    /// The number of records of the file.
    pub records: u32,
}

/// The answer of `GET /v1/jobs/{id}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobReport {
    /// The number of the job.
    pub job: u64,
    /// The time of acceptance, in milliseconds since 1970-01-01 UTC.
    pub created: Moment,
    /// The current phase of the job.
    pub phase: JobPhase,
    /// The number of records of the file.
    pub records_total: u32,
    /// The reason of a failure.
    pub failure: Option<String>,
    /// The number of records that are parked after several refusals. They are tried again later.
    pub parked: u64,
    /// The reason for which one of them is parked.
    pub parked_reason: Option<String>,
    /// The number of entries at each stage, of those that exist so far.
    pub counts: Counts,
    /// Whether every record is encrypted and every entry is found by searches.
    pub complete: bool,
    /// Whether the job makes no further progress.
    ///
    /// It is complete, or it has failed without a record in progress.
    pub ended: bool,
    /// The entries that exist so far, in order. A record with many keywords has several entries.
    pub records: Vec<RecordReport>,
}

impl JobReport {
    pub(crate) fn new(id: JobId, job: Job, waiting: Waiting, entries: Vec<OutboxRecord>) -> Self {
        let mut counts = Counts::default();
        let mut records = Vec::with_capacity(entries.len());
        let mut over = true;
        for entry in entries {
            counts.add(&entry.progress);
            over &= entry.progress.is_over();
            records.push(RecordReport::new(entry.rid, entry.progress));
        }
        // A record that a chain refused after the job had encrypted all waits again.
        let phase = match job.phase {
            JobPhase::Encrypted if waiting.records > 0 => JobPhase::Waiting,
            phase => phase,
        };
        let total = u64::try_from(records.len()).unwrap_or(u64::MAX);
        let settled = matches!(phase, JobPhase::Encrypted | JobPhase::Failed);
        Self {
            job: id,
            created: job.created,
            phase,
            records_total: job.records_total,
            failure: job.failure,
            parked: waiting.parked,
            parked_reason: waiting.reason,
            complete: phase == JobPhase::Encrypted && counts.searchable == total,
            counts,
            ended: settled && over,
            records,
        }
    }
}

/// The progress of one entry.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordReport {
    /// The record.
    pub rid: RecordId,
    /// The last stage that the entry reached.
    ///
    /// The stages are encrypted, stored, finalized, anchored, registered, searchable, and failed.
    pub stage: String,
    /// The time of encryption.
    pub encrypted: Moment,
    /// The hospital block that stores it.
    pub stored: Option<Mark>,
    /// The same block, when it is finalized.
    pub finalized: Option<Mark>,
    /// The consortium block that anchored a head at or above that block.
    pub anchored: Option<Mark>,
    /// The consortium block that registered it.
    pub registered: Option<Mark>,
    /// The same block, when it is finalized.
    pub searchable: Option<Mark>,
    /// The sequence number of the entry block.
    pub sequence: Option<Sequence>,
    /// The reason of a failure.
    pub failure: Option<String>,
}

impl RecordReport {
    pub(crate) fn new(rid: RecordId, progress: Progress) -> Self {
        Self {
            rid,
            stage: progress.stage().to_owned(),
            encrypted: progress.encrypted,
            stored: progress.stored,
            finalized: progress.finalized,
            anchored: progress.anchored,
            registered: progress.registered,
            searchable: progress.searchable,
            sequence: progress.sequence,
            failure: progress.failure,
        }
    }
}

/// The answer of `GET /v1/status` on the local address.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusReport {
    /// The hospital.
    pub hospital: HospitalId,
    /// The height of the consortium's best block.
    pub consortium_best: u32,
    /// The height of the consortium's newest finalized block.
    pub consortium_finalized: u32,
    /// The height of the hospital chain's best block.
    pub hospital_best: u32,
    /// The height of the hospital chain's newest finalized block.
    pub hospital_finalized: u32,
    /// The height of the newest anchored head.
    pub anchored: Option<u32>,
    /// The number of entry blocks of the hospital chain, in finalized state.
    pub entry_blocks: Sequence,
    /// The number of entry blocks that are registered on the consortium.
    pub registered_blocks: Sequence,
    /// The number of records in the outbox at each stage.
    pub counts: Counts,
    /// The last failure of each part that has not succeeded since.
    pub failures: std::collections::BTreeMap<String, String>,
}

/// The answer of `GET /v1/status` on the public address. It shows only whether it is up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PublicStatus {
    /// The hospital.
    pub hospital: HospitalId,
    /// Always true.
    pub up: bool,
}

/// The body of every refusal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ErrorBody {
    /// A stable name, for scripts.
    pub code: String,
    /// A message, for people.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(phase: JobPhase, waiting: Waiting) -> JobReport {
        let job = Job {
            created: 1,
            phase,
            records_total: 2,
            failure: None,
        };
        JobReport::new(3, job, waiting, Vec::new())
    }

    /// Fault: a job was complete as soon as its refused records had left the counts.
    #[test]
    fn job_with_waiting_records_should_be_neither_complete_nor_ended() {
        let done = report(JobPhase::Encrypted, Waiting::default());
        assert!(done.complete && done.ended);
        let parked = Waiting {
            records: 2,
            parked: 1,
            reason: Some("PhiRecords::BatchNotFound".into()),
        };
        let waits = report(JobPhase::Encrypted, parked);
        assert!(!waits.complete && !waits.ended);
        assert_eq!(waits.phase, JobPhase::Waiting);
        assert_eq!(waits.parked, 1);
        let reason = waits.parked_reason.as_deref();
        assert_eq!(reason, Some("PhiRecords::BatchNotFound"));
    }

    #[test]
    fn failed_job_should_have_ended() {
        let failed = report(JobPhase::Failed, Waiting::default());
        assert!(failed.ended && !failed.complete);
    }
}
