// SPDX-License-Identifier: Apache-2.0
//! The state that background tasks and HTTP handlers share.

use crate::{
    api::{JobReport, RecordReport, StatusReport},
    batches::Batches,
    chains::{ConsortiumPort, HospitalPort},
    error::{GatewayError, Result},
    ingest::{Ingest, Work},
    outbox::{Counts, JobId, JobPhase, Outbox},
    ports::{EntrySource, Registry},
};
use bspp_types::HospitalId;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};
use tokio::task::JoinSet;

/// The state of one gateway: its chains, its outbox, its running jobs and its last failures.
pub struct Shared {
    pub(crate) ingest: Ingest<HospitalPort, ConsortiumPort>,
    pub(crate) batches: Arc<Batches<ConsortiumPort>>,
    pub(crate) outbox: Outbox,
    pub(crate) consortium: ConsortiumPort,
    pub(crate) hospital_chain: HospitalPort,
    hospital: HospitalId,
    failures: Mutex<BTreeMap<String, String>>,
    jobs: Mutex<JoinSet<()>>,
    this: Weak<Shared>,
}

impl Shared {
    /// The state of a gateway that has just started.
    pub(crate) fn new(
        ingest: Ingest<HospitalPort, ConsortiumPort>,
        batches: Arc<Batches<ConsortiumPort>>,
        outbox: Outbox,
        consortium: ConsortiumPort,
        hospital_chain: HospitalPort,
        hospital: HospitalId,
    ) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            ingest,
            batches,
            outbox,
            consortium,
            hospital_chain,
            hospital,
            failures: Mutex::default(),
            jobs: Mutex::default(),
            this: this.clone(),
        })
    }

    /// Runs a job in the background.
    pub(crate) fn start(&self, work: Work) {
        let Some(this) = self.this.upgrade() else {
            return;
        };
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        while jobs.try_join_next().is_some() {}
        jobs.spawn(async move { this.ingest.run(work).await });
    }

    /// The progress of a job. `None` if the job does not exist.
    ///
    /// # Errors
    /// `OutboxFailed`.
    pub fn job_report(&self, id: JobId) -> Result<Option<JobReport>> {
        let Some(job) = self.outbox.job(id)? else {
            return Ok(None);
        };
        let mut counts = Counts::default();
        let mut records = Vec::new();
        let mut over = true;
        for item in self.outbox.records_of(id)? {
            counts.add(&item.progress);
            over &= item.progress.is_over();
            records.push(RecordReport::new(item.rid, item.progress));
        }
        let total = u64::try_from(records.len()).unwrap_or(u64::MAX);
        let complete = job.phase == JobPhase::Encrypted && counts.searchable == total;
        let settled = matches!(job.phase, JobPhase::Encrypted | JobPhase::Failed);
        Ok(Some(JobReport {
            job: id,
            created: job.created,
            phase: job.phase,
            records_total: job.records_total,
            failure: job.failure,
            counts,
            complete,
            ended: settled && over,
            records,
        }))
    }

    /// The heights, counts and failures.
    pub async fn status(&self) -> Result<StatusReport> {
        let consortium = self.consortium.client();
        let hospital = self.hospital_chain.client();
        let failures = self
            .failures
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        Ok(StatusReport {
            hospital: self.hospital,
            consortium_best: consortium.best_number().await?,
            consortium_finalized: consortium.finalized_number().await?,
            hospital_best: hospital.best_number().await?,
            hospital_finalized: hospital.finalized_number().await?,
            anchored: self.consortium.anchor().await?.map(|head| head.number),
            entry_blocks: self.hospital_chain.entry_block_count().await?,
            registered_blocks: self.consortium.next_sequence().await?,
            counts: self.outbox.counts()?,
            failures,
        })
    }

    /// Forgets the last failure of a part, which works again.
    pub(crate) fn succeeded(&self, part: &str) {
        self.failures
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(part);
    }

    /// Logs a failure of a part and keeps it for the status.
    pub(crate) fn failed(&self, part: &str, error: &GatewayError) {
        tracing::warn!(part, %error, "will try again");
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.insert(part.to_owned(), error.to_string());
    }

    /// Aborts all jobs and forgets the secret of the open batch.
    pub(crate) async fn close(&self) {
        self.jobs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .abort_all();
        self.batches.close().await;
    }
}
