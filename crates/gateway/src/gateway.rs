// SPDX-License-Identifier: Apache-2.0
//! The daemon: connects all parts and runs them until it must stop.

use crate::{
    batches::Batches,
    chains::{ConsortiumPort, HospitalPort},
    config::GatewayConfig,
    disclose::Discloser,
    error::{GatewayError, Result},
    http::{local_router, public_router},
    ingest::Ingest,
    nonces::Nonces,
    outbox::Outbox,
    secrets::EncryptionSecrets,
    shared::Shared,
    store::Storer,
    sync::Synchronizer,
    tasks::Tasks,
    track::Tracker,
};
use bspp_client::{At, ConsortiumClient, HospitalClient, Scheme, Signer};
use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};
use tokio::net::TcpListener;

/// A gateway that is connected, checked and ready to run.
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
    /// Starts a gateway: it opens the outbox, connects to both chains and binds both addresses.
    ///
    /// It also checks the configuration.
    ///
    /// # Errors
    /// `InvalidConfig`, `InvalidSecret`, `DataDirInUse`, `NotReachable`, `WrongChain`,
    /// `ConsortiumMismatch`, `HospitalMismatch`, `NotAuthorized`, `AddressNotUsable`.
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
            tracing::warn!(interrupted, "the last stop interrupted jobs");
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
        let shared = Shared::new(
            ingest,
            batches,
            outbox,
            consortium,
            hospital_chain,
            hospital,
        );
        Ok(Self {
            config,
            shared,
            discloser,
            public,
            local,
        })
    }

    /// The public address in use. It is of interest if the configured port is 0.
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

    /// The shared state, for a program that embeds the gateway and reads its status.
    pub fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// Runs until `stop` is ready, then ends all work.
    ///
    /// It waits for chains that cannot be reached.
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
        let mut tasks = Tasks::new(Arc::clone(&shared), config.tuning.poll());

        let storer = Arc::new(Storer::new(
            shared.hospital_chain.clone(),
            shared.outbox.clone(),
            config.tuning.store_window,
            config.tuning.store_window_bytes,
        ));
        tasks.repeat("store", move || {
            let storer = Arc::clone(&storer);
            async move { Ok(storer.step().await? > 0) }
        });

        let synchronizer = Arc::new(Synchronizer::new(
            shared.hospital_chain.clone(),
            shared.consortium.clone(),
            config
                .tuning
                .anchor_every(shared.hospital_chain.client().slot_millis()),
        ));
        tasks.repeat("sync", move || {
            let synchronizer = Arc::clone(&synchronizer);
            async move { synchronizer.step().await }
        });

        let tracker = Arc::new(Tracker::new(
            shared.hospital_chain.clone(),
            shared.consortium.clone(),
            shared.outbox.clone(),
        ));
        let batches = Arc::clone(&shared.batches);
        tasks.repeat("track", move || {
            let (tracker, batches) = (Arc::clone(&tracker), Arc::clone(&batches));
            async move {
                let searchable = tracker.step().await?;
                batches.note_finalized(&searchable).await;
                Ok(false)
            }
        });

        tasks.serve(public, public_router(discloser, config.hospital));
        let max_upload = config.tuning.max_upload_bytes;
        tasks.serve(local, local_router(Arc::clone(&shared), max_upload));

        tracing::info!(hospital = ?config.hospital, "gateway runs");
        stop.await;
        tracing::info!("gateway stops");
        tasks.stop().await;
        shared.close().await;
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
