// SPDX-License-Identifier: Apache-2.0
//! What the gateway's HTTP answers look like. Hex strings begin with `0x`.

use crate::outbox::{Counts, JobPhase, Mark, Progress};
use bspp_primitives::{HospitalId, Moment, RecordId, Sequence};
use serde::{Deserialize, Serialize};

/// Answer of `POST /v1/nonces`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NonceAnswer {
    /// 32 bytes, hex.
    pub nonce: String,
}

/// Body of `POST /v1/disclosures` as JSON. The same call takes the SCALE bytes themselves as `application/octet-stream`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DisclosureBody {
    /// SCALE encoding of `bspp_record::DisclosureRequest`, hex.
    pub request: String,
}

/// Answer of `POST /v1/disclosures` to JSON. To SCALE bytes the answer is the SCALE encoding of `bspp_record::SealedBox`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DisclosureAnswer {
    /// SCALE encoding of `bspp_record::SealedBox`, hex.
    pub sealed: String,
}

/// Body of `POST /v1/revocations`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RevocationBody {
    /// The request, hex.
    pub request: String,
    /// The grant's one-time key, hex.
    pub grant_key: String,
    /// Its signature over the revocation, hex.
    pub signature: String,
}

/// Answer of `POST /v1/revocations`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RevocationAnswer {
    /// Always true: the revocation is written.
    pub revoked: bool,
}

/// Answer of `POST /v1/ingest`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct IngestAnswer {
    /// Number of the job.
    pub job: u64,
    /// Records the file was cut into.
    pub records: u32,
}

/// Answer of `GET /v1/jobs/{id}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobReport {
    /// Number of the job.
    pub job: u64,
    /// When it was accepted, milliseconds since 1970-01-01 UTC.
    pub created: Moment,
    /// What it is doing.
    pub phase: JobPhase,
    /// Records the file was cut into.
    pub records_total: u32,
    /// Why it failed.
    pub failure: Option<String>,
    /// How many of the entries made so far stand at each stage.
    pub counts: Counts,
    /// Whether every record is encrypted and every entry is found by searches.
    pub complete: bool,
    /// Whether it will not get further: complete, or something failed and nothing is on its way.
    pub ended: bool,
    /// The entries made so far, in order. A record with very many keywords has several.
    pub records: Vec<RecordReport>,
}

/// How far one entry has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordReport {
    /// The record.
    pub rid: RecordId,
    /// Last stage reached: encrypted, stored, finalized, anchored, registered, searchable, or failed.
    pub stage: String,
    /// When it was encrypted.
    pub encrypted: Moment,
    /// Hospital block that stores it.
    pub stored: Option<Mark>,
    /// The same block, once final.
    pub finalized: Option<Mark>,
    /// Consortium block that anchored a head from that block on.
    pub anchored: Option<Mark>,
    /// Consortium block that registered it.
    pub registered: Option<Mark>,
    /// The same block, once final.
    pub searchable: Option<Mark>,
    /// Entry block in the hospital's sequence.
    pub sequence: Option<Sequence>,
    /// Why it failed.
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

/// Answer of `GET /v1/status` on the local address. The public one says only that the gateway is up.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusReport {
    /// The hospital.
    pub hospital: HospitalId,
    /// Best block of the consortium.
    pub consortium_best: u32,
    /// Newest final block of the consortium.
    pub consortium_finalized: u32,
    /// Best block of the hospital chain.
    pub hospital_best: u32,
    /// Newest final block of the hospital chain.
    pub hospital_finalized: u32,
    /// Height of the newest anchored head.
    pub anchored: Option<u32>,
    /// Entry blocks of the hospital chain, on final state.
    pub entry_blocks: Sequence,
    /// Entry blocks registered on the consortium.
    pub registered_blocks: Sequence,
    /// Records in the outbox.
    pub counts: Counts,
    /// Last failure of each part that has failed since it last succeeded.
    pub failures: std::collections::BTreeMap<String, String>,
}

/// Answer of `GET /v1/status` on the public address.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PublicStatus {
    /// The hospital.
    pub hospital: HospitalId,
    /// Always true.
    pub up: bool,
}

/// Every refusal, with a status that fits.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ErrorBody {
    /// What scripts may compare.
    pub code: String,
    /// What people read.
    pub message: String,
}
