// SPDX-License-Identifier: Apache-2.0
//! The state that background tasks and HTTP handlers share.

use crate::{
    api::{JobReport, StatusReport},
    batches::Batches,
    chains::{BatchPort, ConsortiumPort, HospitalPort},
    clock,
    error::{GatewayError, Result},
    ingest::Ingest,
    outbox::{JobId, Outbox},
    ports::{EntrySource, Registry},
    shares::ShareStore,
};
use bspp_types::HospitalId;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError, Weak},
};
use tokio::task::JoinSet;

/// The state of one gateway: its chains, its outbox, its running jobs and its last failures.
pub struct Shared {
    pub(crate) ingest: Ingest<HospitalPort, BatchPort>,
    pub(crate) batches: Arc<Batches<BatchPort>>,
    pub(crate) shares: ShareStore,
    pub(crate) outbox: Outbox,
    pub(crate) consortium: ConsortiumPort,
    pub(crate) hospital_chain: HospitalPort,
    hospital: HospitalId,
    failures: Mutex<BTreeMap<String, String>>,
    jobs: Mutex<JoinSet<()>>,
    /// The jobs that run.
    running: Mutex<BTreeSet<JobId>>,
    this: Weak<Shared>,
}

impl Shared {
    /// The state of a gateway that has just started.
    pub(crate) fn new(
        ingest: Ingest<HospitalPort, BatchPort>,
        batches: Arc<Batches<BatchPort>>,
        (outbox, shares): (Outbox, ShareStore),
        consortium: ConsortiumPort,
        hospital_chain: HospitalPort,
        hospital: HospitalId,
    ) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            ingest,
            batches,
            shares,
            outbox,
            consortium,
            hospital_chain,
            hospital,
            failures: Mutex::default(),
            jobs: Mutex::default(),
            running: Mutex::default(),
            this: this.clone(),
        })
    }

    /// Runs a job in the background, if it does not run yet.
    pub(crate) fn start(&self, job: JobId) {
        let Some(this) = self.this.upgrade() else {
            return;
        };
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if !running.insert(job) {
            return;
        }
        drop(running);
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        while jobs.try_join_next().is_some() {}
        jobs.spawn(async move {
            this.ingest.run(job).await;
            this.running
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(&job);
        });
    }

    /// Runs the jobs that have records to encrypt: after a stop, or after a chain refused one.
    ///
    /// # Errors
    /// `OutboxFailed`.
    pub(crate) fn resume(&self) -> Result<()> {
        for job in self.outbox.jobs_with_work(clock::now())? {
            self.start(job);
        }
        Ok(())
    }

    /// The progress of a job. `None` if the job does not exist.
    ///
    /// # Errors
    /// `OutboxFailed`.
    pub fn job_report(&self, id: JobId) -> Result<Option<JobReport>> {
        let Some(job) = self.outbox.job(id)? else {
            return Ok(None);
        };
        let (waiting, entries) = self.outbox.all_of(id, clock::now())?;
        Ok(Some(JobReport::new(id, job, waiting, entries)))
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
