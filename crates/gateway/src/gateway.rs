// SPDX-License-Identifier: Apache-2.0
//! The daemon: connects all parts and runs them until it must stop.

use crate::{
    anchor_notice::AnchorNotice,
    at_rest::AtRest,
    batches::Batches,
    chains::{BatchPort, ConsortiumPort, HospitalPort},
    clock,
    config::GatewayConfig,
    disclose::{AskedWatch, Discloser, Holder, Times},
    error::{GatewayError, Result},
    http::{local_router, public_router, tls_acceptor, ClientLimit, LocalToken},
    ingest::Ingest,
    labels::LabelVersions,
    nonces::Nonces,
    patients::Wishes,
    relay::Relay,
    secrets::EncryptionSecrets,
    shared::Shared,
    store::Storer,
    sync::Synchronizer,
    tasks::Tasks,
    track::Tracker,
    vault::check_mode,
};
use bspp_client::{At, ConsortiumClient, HospitalClient, Scheme, Signer};
use bspp_phi_store::PhiStore;
use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// A gateway that is connected, checked and ready to run.
pub struct Gateway {
    config: GatewayConfig,
    shared: Arc<Shared>,
    discloser: Arc<Discloser<ConsortiumPort, HospitalPort>>,
    wishes: Arc<Wishes<ConsortiumPort, HospitalPort>>,
    token: LocalToken,
    tls: Option<TlsAcceptor>,
    public: TcpListener,
    local: TcpListener,
    payloads: PhiStore,
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
    /// `InvalidConfig`, `InvalidSecret`, `ShareMediumMismatch`, `DataDirInUse`, `NotReachable`,
    /// `WrongChain`, `ConsortiumMismatch`, `HospitalMismatch`, `NotAuthorized`, `ChainRebuilt`,
    /// `AnchorNotOnChain`, `AddressNotUsable`.
    pub async fn start(config: GatewayConfig) -> Result<Self> {
        config.check()?;
        let secrets = EncryptionSecrets::from_files(&config.x25519_secret_files)?;
        check_mode(&config.operator_key_file)?;
        let operator = Arc::new(Signer::from_file(
            &config.operator_key_file,
            Scheme::Sr25519,
        )?);
        let anchorer = config
            .anchor_key_file
            .as_ref()
            .map(|file| Signer::from_file(file, Scheme::Sr25519).map(Arc::new))
            .transpose()?;
        let AtRest {
            outbox,
            vault,
            shares,
        } = AtRest::open(
            &config.data_dir,
            &config.vault_key_file,
            &config.share_dirs,
            config.admit_share_media,
        )?;
        let payloads = PhiStore::open(&config.phi_store).await?;
        let token = LocalToken::open(&config.local_token_file)?;
        let tls = config.tls.as_ref().map(tls_acceptor).transpose()?;
        let waiting = outbox.jobs_with_work(clock::now())?.len();
        if waiting > 0 {
            tracing::info!(waiting, "jobs of the last run go on");
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
        let consortium = ConsortiumPort::new(consortium, Arc::clone(&operator), hospital)
            .with_anchorer(anchorer);
        let hospital_chain =
            HospitalPort::new(hospital_chain, Arc::clone(&operator), payloads.clone());
        // Before the check: a node that lost all its files must stop, whether or not the gateway runs.
        let notice = AnchorNotice::new(hospital_chain.clone(), consortium.clone(), hospital);
        if let Err(error) = notice.step().await {
            tracing::warn!(%error, "the hospital's node was not told its anchor");
        }
        check_anchor(&hospital_chain, &consortium).await?;
        let batches = Arc::new(Batches::new(
            BatchPort::new(consortium.clone(), hospital_chain.clone()),
            (outbox.clone(), shares.clone(), Arc::new(payloads.clone())),
            (chain, hospital),
            &operator.account_bytes(),
            Duration::from_millis(config.tuning.exhaustion_wait_ms),
            Duration::from_millis(config.tuning.batch_lifetime_ms),
        )?);
        let archive = Arc::new(hospital_chain.clone());
        let view = Arc::new(consortium.clone());
        let secrets = Arc::new(secrets);
        let versions = LabelVersions::new(Arc::clone(&archive), outbox.clone());
        let ingest = Ingest::new(
            (Arc::clone(&archive), versions.clone()),
            Arc::clone(&batches),
            (outbox.clone(), vault),
            Arc::clone(&secrets),
            (chain, hospital),
            config.tuning.max_skew_ms,
        );
        let nonces = Arc::new(Nonces::new(
            config.tuning.nonce_lifetime_ms,
            config.tuning.max_nonces,
        ));
        let discloser = Arc::new(Discloser::new(
            Arc::clone(&view),
            Holder {
                archive: Arc::clone(&archive),
                shares: shares.clone(),
                versions: versions.clone(),
                secrets,
                operator: Arc::clone(&operator),
            },
            outbox.clone(),
            Arc::clone(&nonces),
            (chain, hospital),
            Times {
                max_staleness: config.tuning.max_staleness_ms,
                max_skew: config.tuning.max_skew_ms,
            },
        ));
        let wishes = Arc::new(Wishes::new(
            (view, archive),
            versions,
            (outbox.clone(), shares.clone()),
            nonces,
            (chain, hospital),
        ));
        let public = listen(config.public_address).await?;
        let local = listen(config.local_address).await?;
        let shared = Shared::new(
            ingest,
            batches,
            (outbox, shares),
            consortium,
            hospital_chain,
            hospital,
        );
        Ok(Self {
            config,
            shared,
            discloser,
            wishes,
            token,
            tls,
            public,
            local,
            payloads,
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
            wishes,
            token,
            tls,
            public,
            local,
            payloads,
        } = self;
        let mut tasks = Tasks::new(Arc::clone(&shared), config.tuning.poll());

        let storer = Arc::new(Storer::new(
            shared.hospital_chain.clone(),
            (shared.outbox.clone(), shared.shares.clone()),
            config.tuning.store_window,
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

        let notice = Arc::new(AnchorNotice::new(
            shared.hospital_chain.clone(),
            shared.consortium.clone(),
            config.hospital,
        ));
        tasks.repeat("anchor", move || {
            let notice = Arc::clone(&notice);
            async move { notice.step().await.map(|()| false) }
        });

        let tracker = Arc::new(Tracker::new(
            shared.hospital_chain.clone(),
            shared.consortium.clone(),
            (shared.outbox.clone(), shared.shares.clone()),
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

        tasks.repeat("payloads", move || {
            let payloads = payloads.clone();
            async move {
                // Stores that were away get what they lack, and lose what is erased.
                payloads.replay().await?;
                Ok(false)
            }
        });

        let jobs = Arc::clone(&shared);
        tasks.repeat("jobs", move || {
            let jobs = Arc::clone(&jobs);
            async move { jobs.resume().map(|()| false) }
        });

        let batches = Arc::clone(&shared.batches);
        tasks.repeat("batches", move || {
            let batches = Arc::clone(&batches);
            async move {
                batches.erase_ended(clock::filing_month()?).await;
                Ok(false)
            }
        });

        let waiting = Arc::clone(&wishes);
        tasks.repeat("wishes", move || {
            let waiting = Arc::clone(&waiting);
            async move { waiting.forward().await.map(|()| false) }
        });

        let asked = Arc::new(AskedWatch::new(
            Arc::new(shared.consortium.clone()),
            shared.outbox.clone(),
        ));
        tasks.repeat("questions", move || {
            let asked = Arc::clone(&asked);
            async move { asked.poll().await.map(|()| false) }
        });

        let limit = Arc::new(ClientLimit::new(config.tuning.max_client_requests));
        let router = public_router(discloser, wishes, config.hospital, limit);
        tasks.serve(public, tls, router);
        let max_upload = config.tuning.max_upload_bytes;
        let router = local_router(Arc::clone(&shared), token, max_upload);
        tasks.serve(local, None, router);

        tracing::info!(hospital = ?config.hospital, "gateway runs");
        stop.await;
        tracing::info!("gateway stops");
        tasks.stop().await;
        shared.close().await;
        Ok(())
    }
}

/// Checks that the hospital's chain contains its anchor, if it has one.
async fn check_anchor(hospital_chain: &HospitalPort, consortium: &ConsortiumPort) -> Result<()> {
    let relay = Relay::new(hospital_chain.clone(), consortium.clone(), 1);
    match relay.check().await {
        Err(GatewayError::AnchorNotFound) => Ok(()),
        checked => checked,
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
