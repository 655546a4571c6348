// SPDX-License-Identifier: Apache-2.0
//! The service of a running node.

use super::{
    authoring::{self, Authorship},
    finality, new_partial, storage,
};
use crate::{
    anchor::{ClientChain, Watch},
    cli::{HospitalParams, TagIndexParams},
    client::FullClient,
    conformance::ClientGates,
    rpc,
    search::{worker, ChainView, ClientView},
    votes::Guard,
};
use bspp_primitives::{Hash, OpaqueBlock};
use bspp_tag_index::TagIndexDb;
use futures::{FutureExt, StreamExt};
use polkadot_sdk::{
    sc_client_api::{Backend, BlockBackend, BlockchainEvents},
    sc_consensus_grandpa::{FinalityProofProvider, SharedVoterState},
    sc_network::{config::SyncMode, NetworkBackend},
    sc_service::{config::BlocksPruning, error::Error as ServiceError, Configuration, TaskManager},
    sc_transaction_pool_api::OffchainTransactionPoolFactory,
    *,
};
use std::{path::PathBuf, sync::Arc};

/// Builds and starts a node.
///
/// `authorship` says how the node authors if it is a validator.
///
/// # Errors
///
/// Fails if the configuration is not allowed or a part of the node does not start.
pub fn new_full<N: NetworkBackend<OpaqueBlock, Hash>, A: Authorship>(
    config: Configuration,
    params: TagIndexParams,
    hospital: HospitalParams,
    authorship: A,
) -> Result<TaskManager, ServiceError> {
    check_config(&config)?;
    let sc_service::PartialComponents {
        client,
        backend,
        mut task_manager,
        import_queue,
        keystore_container,
        select_chain,
        transaction_pool,
        other: (block_import, grandpa_link, mut telemetry, metrics),
    } = new_partial(&config)?;

    let registry = config.prometheus_registry().cloned();
    let mut net_config = sc_network::config::FullNetworkConfiguration::<OpaqueBlock, Hash, N>::new(
        &config.network,
        registry.clone(),
    );
    let notification_metrics = N::register_notification_metrics(config.prometheus_registry());
    let genesis = client
        .block_hash(0)?
        .ok_or_else(|| other("NotFound: the genesis block"))?;
    let protocol_name = sc_consensus_grandpa::protocol_standard_name(&genesis, &config.chain_spec);
    let (grandpa_protocol, grandpa_notifications) =
        sc_consensus_grandpa::grandpa_peers_set_config::<_, N>(
            protocol_name.clone(),
            notification_metrics.clone(),
            net_config.peer_store_handle(),
        );
    net_config.add_notification_protocol(grandpa_protocol);

    let (network, system_rpc_tx, tx_handler_controller, sync_service, _) =
        sc_service::build_network(sc_service::BuildNetworkParams {
            config: &config,
            net_config,
            client: client.clone(),
            transaction_pool: transaction_pool.clone(),
            spawn_handle: task_manager.spawn_handle(),
            spawn_essential_handle: task_manager.spawn_essential_handle(),
            import_queue,
            block_announce_validator_builder: None,
            // The node executes every block: see `check_config`.
            warp_sync_config: None,
            block_relay: None,
            metrics: notification_metrics,
            gap_sync_body_policy: None,
        })?;

    if config.offchain_worker.enabled {
        let workers = sc_offchain::OffchainWorkers::new(sc_offchain::OffchainWorkerOptions {
            runtime_api_provider: client.clone(),
            is_validator: config.role.is_authority(),
            keystore: Some(keystore_container.keystore()),
            offchain_db: backend.offchain_storage(),
            transaction_pool: Some(OffchainTransactionPoolFactory::new(
                transaction_pool.clone(),
            )),
            network_provider: Arc::new(network.clone()),
            enable_http_requests: false,
            custom_extensions: |_| Vec::new(),
        })?;
        task_manager.spawn_handle().spawn(
            "offchain-workers-runner",
            "offchain-worker",
            workers
                .run(client.clone(), task_manager.spawn_handle())
                .boxed(),
        );
    }

    let view = Arc::new(ClientView(client.clone()));
    let index = start_index(&config, params, view.clone(), &client, &task_manager)?;

    // Only the consortium's chain registers entries; the others are hospitals' own.
    let anchor = match index {
        Some(_) => None,
        None => Some(
            Watch::open(
                config.keystore.path(),
                hospital.incarnation,
                Arc::new(ClientChain(client.clone())),
                registry.as_ref(),
            )
            .map_err(|error| other(&error))?,
        ),
    };

    let voter_state = SharedVoterState::empty();
    let authority_set = grandpa_link.shared_authority_set().clone();
    let deps = rpc::FullDeps {
        client: client.clone(),
        pool: transaction_pool.clone(),
        grandpa: rpc::GrandpaDeps {
            voter_state: voter_state.clone(),
            authority_set: authority_set.clone(),
            justifications: grandpa_link.justification_stream(),
            backend: backend.clone(),
            proofs: FinalityProofProvider::new_for_service(backend.clone(), Some(authority_set)),
        },
        view,
        gates: Arc::new(ClientGates(client.clone())),
        index,
        anchor: anchor.clone(),
    };

    let role = config.role;
    let force_authoring = config.force_authoring;
    let enable_grandpa = !config.disable_grandpa;
    let guard = match config.keystore.path() {
        Some(path) if role.is_authority() => {
            Some(Guard::open(path, genesis, client.clone()).map_err(|error| other(&error))?)
        }
        _ => None,
    };
    let name = config.network.node_name.clone();
    sc_service::spawn_tasks(sc_service::SpawnTasksParams {
        network: network.clone(),
        client: client.clone(),
        keystore: keystore_container.keystore(),
        task_manager: &mut task_manager,
        transaction_pool: transaction_pool.clone(),
        rpc_builder: Box::new(move |executor| {
            rpc::create(deps.clone(), executor).map_err(|error| other(&error.to_string()))
        }),
        backend,
        system_rpc_tx,
        tx_handler_controller,
        sync_service: sync_service.clone(),
        config,
        telemetry: telemetry.as_mut(),
        tracing_execute_block: None,
    })?;

    if role.is_authority() {
        let (prover, pending_proof) = storage::prover(hospital.phi_stores.as_deref(), &client)?;
        let params = authoring::Authoring {
            client,
            select_chain,
            block_import,
            pool: transaction_pool.clone(),
            keystore: keystore_container.keystore(),
            sync: sync_service.clone(),
            force_authoring,
            registry: registry.clone(),
            telemetry: telemetry.as_ref().map(|telemetry| telemetry.handle()),
            metrics,
            prover,
            pending_proof,
            anchor: anchor.clone(),
        };
        authoring::start(params, authorship, &task_manager)?;
    }
    if enable_grandpa {
        let params = finality::Finality {
            link: grandpa_link,
            voter_state,
            pool: transaction_pool,
            keystore: keystore_container.keystore(),
            guard,
            anchor,
            role,
            name,
            network,
            sync: sync_service,
            notifications: grandpa_notifications,
            protocol_name,
            registry,
            telemetry: telemetry.as_ref().map(|telemetry| telemetry.handle()),
        };
        finality::start(params, &task_manager)?;
    }
    Ok(task_manager)
}

/// The default folder of the tag index, which is beside the chain's database.
pub fn default_index_path(config: &Configuration) -> PathBuf {
    config
        .base_path
        .config_dir(config.chain_spec.id())
        .join("tag-index")
}

/// Opens the tag index and starts its worker, if the chain registers entries.
fn start_index(
    config: &Configuration,
    params: TagIndexParams,
    view: Arc<ClientView>,
    client: &FullClient,
    task_manager: &TaskManager,
) -> Result<Option<Arc<TagIndexDb>>, ServiceError> {
    if !view.has_index().map_err(boxed)? {
        return Ok(None);
    }
    let path = params
        .tag_index_path
        .unwrap_or_else(|| default_index_path(config));
    let index = worker::open(&path, params.rebuild_tag_index, &*view).map_err(boxed)?;
    let index = Arc::new(index);
    // The subscription exists before the worker first reads the finalized head, so that it misses
    // no block.
    let finalized = client.finality_notification_stream().map(|_| ()).boxed();
    let view: Arc<dyn ChainView> = view;
    task_manager.spawn_handle().spawn_blocking(
        "tag-index",
        Some("search"),
        worker::run(index.clone(), view, finalized),
    );
    Ok(Some(index))
}

/// Refuses settings with which records could not be found or could leave the hospital.
fn check_config(config: &Configuration) -> Result<(), ServiceError> {
    if config.network.sync_mode != SyncMode::Full {
        return Err(other(
            "InvalidSyncMode: nodes execute every block; give --sync full",
        ));
    }
    if matches!(config.blocks_pruning, BlocksPruning::Some(_)) {
        return Err(other(
            "InvalidBlocksPruning: records and entries are in block bodies; give --blocks-pruning archive-canonical or archive",
        ));
    }
    if config.network.ipfs_server {
        return Err(other("InvalidIpfsServer: stored records must not leave the hospital; leave --ipfs-server out"));
    }
    Ok(())
}

fn other(message: &str) -> ServiceError {
    ServiceError::Other(message.into())
}

fn boxed(error: impl std::error::Error + Send + Sync + 'static) -> ServiceError {
    ServiceError::Application(Box::new(error))
}
