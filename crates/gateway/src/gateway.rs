// SPDX-License-Identifier: Apache-2.0
//! The daemon: connects everything and keeps it running until it is told to stop.

use crate::{
    api::{JobReport, RecordReport, StatusReport},
    batches::Batches,
    chains::{ConsortiumPort, HospitalPort},
    config::GatewayConfig,
    disclose::Discloser,
    error::{GatewayError, Result},
    http::{local_router, public_router},
    ingest::{Ingest, Work},
    nonces::Nonces,
    outbox::{Counts, JobId, JobPhase, Outbox},
    ports::{EntrySource, Registry},
    pump::Pump,
    secrets::EncryptionSecrets,
    store::Storer,
    track::Tracker,
};
use bspp_client::{At, ConsortiumClient, HospitalClient, Scheme, Signer};
use bspp_primitives::HospitalId;
use std::{
    collections::BTreeMap,
    future::Future,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

/// Longest pause after failures.
const MAX_BACKOFF: Duration = Duration::from_secs(30);
/// How long running work may take to end after the signal to stop.
const STOP_WITHIN: Duration = Duration::from_secs(15);

/// What tasks and HTTP handlers share.
pub struct Shared {
    pub(crate) ingest: Ingest<HospitalPort, ConsortiumPort>,
    batches: Arc<Batches<ConsortiumPort>>,
    outbox: Outbox,
    consortium: ConsortiumPort,
    hospital_chain: HospitalPort,
    hospital: HospitalId,
    failures: Mutex<BTreeMap<String, String>>,
    jobs: Mutex<JoinSet<()>>,
    this: std::sync::Weak<Shared>,
}

impl Shared {
    /// Runs a job in the background.
    pub(crate) fn start(&self, work: Work) {
        let Some(this) = self.this.upgrade() else {
            return;
        };
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        while jobs.try_join_next().is_some() {}
        jobs.spawn(async move { this.ingest.run(work).await });
    }

    /// How far a job has come. `None` if there is no such job.
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

    /// Heights, counts and failures.
    ///
    /// # Errors
    /// Those of chains and outbox.
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

    fn succeeded(&self, part: &str) {
        self.failures
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(part);
    }

    fn failed(&self, part: &str, error: &GatewayError) {
        tracing::warn!(part, %error, "will try again");
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.insert(part.to_owned(), error.to_string());
    }
}

/// A gateway that is connected and checked, ready to run.
pub struct Gateway {
    config: GatewayConfig,
    shared: Arc<Shared>,
    discloser: Arc<Discloser<ConsortiumPort, HospitalPort>>,
    public: TcpListener,
    local: TcpListener,
}

async fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .map_err(|e| GatewayError::Address(format!("{address}: {e}")))
}

impl Gateway {
    /// Opens the outbox, connects to both chains, checks that everything fits, and takes both addresses.
    ///
    /// # Errors
    /// `InvalidConfig`, `InvalidSecret`, `DataDirInUse`, `NotReachable`, `WrongChain`, `ConsortiumMismatch`,
    /// `HospitalMismatch`, `NotAuthorized`, `AddressNotUsable`.
    pub async fn start(config: GatewayConfig) -> Result<Self> {
        config.check()?;
        let secrets = EncryptionSecrets::from_files(&config.x25519_secret_files)?;
        let operator = Arc::new(Signer::from_file(
            &config.operator_key_file,
            Scheme::Sr25519,
        )?);
        let outbox = Outbox::open(&config.data_dir)?;
        let interrupted = outbox.interrupt_open_jobs()?;
        if interrupted > 0 {
            tracing::warn!(interrupted, "jobs were cut short by the last stop");
        }
        let consortium = ConsortiumClient::connect(&config.consortium_url).await?;
        let hospital_chain = HospitalClient::connect(&config.hospital_url).await?;
        hospital_chain.check_consortium(&consortium)?;
        let found = hospital_chain.hospital_id(At::Best).await?;
        if found != config.hospital {
            return Err(GatewayError::HospitalMismatch { found });
        }
        check_operator(&config, &operator, &consortium, &hospital_chain).await?;

        let chain = consortium.chain();
        let hospital = config.hospital;
        let consortium = ConsortiumPort::new(consortium, Arc::clone(&operator), hospital);
        let hospital_chain = HospitalPort::new(hospital_chain, Arc::clone(&operator));
        let batches = Arc::new(Batches::new(
            consortium.clone(),
            outbox.clone(),
            chain,
            hospital,
            &operator.account_bytes(),
            Duration::from_millis(config.tuning.exhaustion_wait_ms),
        )?);
        let ingest = Ingest::new(
            hospital_chain.clone(),
            Arc::clone(&batches),
            outbox.clone(),
            secrets,
            chain,
            hospital,
        );
        let nonces = Nonces::new(config.tuning.nonce_lifetime_ms, config.tuning.max_nonces);
        let discloser = Arc::new(Discloser::new(
            Arc::new(consortium.clone()),
            hospital_chain.clone(),
            outbox.clone(),
            nonces,
            (chain, hospital),
            config.tuning.max_staleness_ms,
        ));
        let public = listen(config.public_address).await?;
        let local = listen(config.local_address).await?;
        let shared = Arc::new_cyclic(|this| Shared {
            ingest,
            batches,
            outbox,
            consortium,
            hospital_chain,
            hospital,
            failures: Mutex::default(),
            jobs: Mutex::default(),
            this: this.clone(),
        });
        Ok(Self {
            config,
            shared,
            discloser,
            public,
            local,
        })
    }

    /// The public address in use: of interest when the configured port is 0.
    ///
    /// # Errors
    /// `AddressNotUsable`.
    pub fn public_address(&self) -> Result<SocketAddr> {
        self.public
            .local_addr()
            .map_err(|e| GatewayError::Address(e.to_string()))
    }

    /// The local address in use.
    ///
    /// # Errors
    /// `AddressNotUsable`.
    pub fn local_address(&self) -> Result<SocketAddr> {
        self.local
            .local_addr()
            .map_err(|e| GatewayError::Address(e.to_string()))
    }

    /// What tasks and handlers share: for a program that embeds the gateway and wants its status.
    pub fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// Runs until `stop` is ready, then ends all work. Chains that cannot be reached are waited for, not given up.
    ///
    /// # Errors
    /// `AddressNotUsable` if an HTTP server fails.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) -> Result<()> {
        let Self {
            config,
            shared,
            discloser,
            public,
            local,
        } = self;
        let (stopping, stopped) = watch::channel(false);
        let poll = config.tuning.poll();
        let mut tasks = JoinSet::new();

        let storer = Arc::new(Storer::new(
            shared.hospital_chain.clone(),
            shared.outbox.clone(),
            config.tuning.store_window,
            config.tuning.store_window_bytes,
        ));
        tasks.spawn(repeat(
            Arc::clone(&shared),
            "store",
            poll,
            stopped.clone(),
            move || {
                let storer = Arc::clone(&storer);
                async move { Ok(storer.step().await? > 0) }
            },
        ));

        let pump = Arc::new(Pump::new(
            shared.hospital_chain.clone(),
            shared.consortium.clone(),
            config.tuning.anchor_every,
        ));
        tasks.spawn(repeat(
            Arc::clone(&shared),
            "relay",
            poll,
            stopped.clone(),
            move || {
                let pump = Arc::clone(&pump);
                async move { pump.step().await }
            },
        ));

        let tracker = Arc::new(Tracker::new(
            shared.hospital_chain.clone(),
            shared.consortium.clone(),
            shared.outbox.clone(),
        ));
        let batches = Arc::clone(&shared.batches);
        tasks.spawn(repeat(
            Arc::clone(&shared),
            "track",
            poll,
            stopped.clone(),
            move || {
                let (tracker, batches) = (Arc::clone(&tracker), Arc::clone(&batches));
                async move {
                    let searchable = tracker.step().await?;
                    batches.note_finalized(&searchable).await;
                    Ok(false)
                }
            },
        ));

        let public_api = public_router(discloser, config.hospital);
        tasks.spawn(serve(
            Arc::clone(&shared),
            public,
            public_api,
            stopped.clone(),
        ));
        let local_api = local_router(Arc::clone(&shared), config.tuning.max_upload_bytes);
        tasks.spawn(serve(Arc::clone(&shared), local, local_api, stopped));

        tracing::info!(hospital = ?config.hospital, "gateway runs");
        stop.await;
        tracing::info!("gateway stops");
        let _ = stopping.send(true);
        let ending = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_WITHIN, ending).await.is_err() {
            tracing::warn!("some work did not end in time and is cut off; the outbox has it");
        }
        shared
            .jobs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .abort_all();
        shared.batches.close().await;
        Ok(())
    }
}

/// Checks that the operator's account may act on both chains.
async fn check_operator(
    config: &GatewayConfig,
    operator: &Signer,
    consortium: &ConsortiumClient,
    hospital_chain: &HospitalClient,
) -> Result<()> {
    let acts_for = consortium.hospital(At::Best, config.hospital).await?;
    let is_operator = acts_for
        .as_ref()
        .is_some_and(|hospital| hospital.active && hospital.operator == *operator.account());
    if !is_operator {
        return Err(GatewayError::NotAuthorized(
            "the account is not the operator of an active member of the consortium".into(),
        ));
    }
    if !hospital_chain
        .may_store(At::Best, operator.account())
        .await?
    {
        return Err(GatewayError::NotAuthorized(
            "the account may not store records on the hospital chain".into(),
        ));
    }
    Ok(())
}

/// Does a step again and again: at once while there is more, after a pause otherwise, after growing pauses on failures.
async fn repeat<F, Fut>(
    shared: Arc<Shared>,
    part: &'static str,
    poll: Duration,
    mut stopped: watch::Receiver<bool>,
    step: F,
) where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<bool>>,
{
    let mut pause = poll;
    loop {
        let outcome = tokio::select! {
            outcome = step() => outcome,
            _ = stopped.wait_for(|stop| *stop) => return,
        };
        let rest = match outcome {
            Ok(more) => {
                shared.succeeded(part);
                pause = poll;
                if more {
                    Duration::ZERO
                } else {
                    poll
                }
            }
            Err(error) => {
                shared.failed(part, &error);
                let rest = pause;
                pause = pause.saturating_mul(2).min(MAX_BACKOFF);
                rest
            }
        };
        tokio::select! {
            () = tokio::time::sleep(rest) => {},
            _ = stopped.wait_for(|stop| *stop) => return,
        }
    }
}

async fn serve(
    shared: Arc<Shared>,
    listener: TcpListener,
    router: axum::Router,
    mut stopped: watch::Receiver<bool>,
) {
    let served = axum::serve(listener, router)
        .with_graceful_shutdown(async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        })
        .await;
    if let Err(error) = served {
        shared.failed("http", &GatewayError::Address(error.to_string()));
    }
}
