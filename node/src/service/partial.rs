// SPDX-License-Identifier: Apache-2.0
//! The parts of a node that commands without a network also need.

use super::{import::import_queue, JUSTIFICATION_PERIOD};
use crate::{
    client::{
        Executor, FullBackend, FullClient, FullPool, FullSelectChain, GrandpaImport, GrandpaLink,
        RuntimeApi,
    },
    conformance::Metrics,
    votes,
};
use bspp_primitives::OpaqueBlock;
use polkadot_sdk::{
    sc_consensus::DefaultImportQueue,
    sc_service::{error::Error as ServiceError, Configuration, PartialComponents},
    sc_telemetry::{Telemetry, TelemetryWorker},
    sp_blockchain::HeaderBackend,
    *,
};
use std::sync::Arc;

/// The parts of a node.
///
/// In addition to the usual parts, they are GRANDPA's import and link, telemetry, and the counters
/// of the gate.
pub type Partial = PartialComponents<
    FullClient,
    FullBackend,
    FullSelectChain,
    DefaultImportQueue<OpaqueBlock>,
    FullPool,
    (GrandpaImport, GrandpaLink, Option<Telemetry>, Metrics),
>;

/// Builds the parts.
///
/// # Errors
///
/// Fails if the database, the keystore or the runtime cannot be used, or if metrics with the same
/// names are already registered.
pub fn new_partial(config: &Configuration) -> Result<Partial, ServiceError> {
    let telemetry = config
        .telemetry_endpoints
        .clone()
        .filter(|endpoints| !endpoints.is_empty())
        .map(|endpoints| -> Result<_, sc_telemetry::Error> {
            let worker = TelemetryWorker::new(16)?;
            let telemetry = worker.handle().new_telemetry(endpoints);
            Ok((worker, telemetry))
        })
        .transpose()?;

    let executor: Executor = sc_service::new_wasm_executor(&config.executor);
    let (client, backend, keystore_container, task_manager) =
        sc_service::new_full_parts::<OpaqueBlock, RuntimeApi, _>(
            config,
            telemetry.as_ref().map(|(_, telemetry)| telemetry.handle()),
            executor,
            Vec::new(),
        )?;
    let client = Arc::new(client);

    let telemetry = telemetry.map(|(worker, telemetry)| {
        task_manager
            .spawn_handle()
            .spawn("telemetry", None, worker.run());
        telemetry
    });

    let select_chain = sc_consensus::LongestChain::new(backend.clone());
    let transaction_pool = Arc::from(
        sc_transaction_pool::Builder::new(
            task_manager.spawn_essential_handle(),
            client.clone(),
            config.role.is_authority().into(),
        )
        .with_options(config.transaction_pool.clone())
        .with_prometheus(config.prometheus_registry())
        .build(),
    );

    // GRANDPA reads the voter's state when its import is made.
    if let Some(keystore) = config
        .keystore
        .path()
        .filter(|_| config.role.is_authority())
    {
        votes::restore(keystore, client.info().genesis_hash, &*client)
            .map_err(ServiceError::Other)?;
    }
    let (grandpa_import, grandpa_link) = sc_consensus_grandpa::block_import(
        client.clone(),
        JUSTIFICATION_PERIOD,
        &client,
        select_chain.clone(),
        telemetry.as_ref().map(|telemetry| telemetry.handle()),
    )?;
    let metrics = Metrics::new(config.prometheus_registry())?;
    let import_queue = import_queue(
        client.clone(),
        grandpa_import.clone(),
        metrics.clone(),
        &task_manager.spawn_essential_handle(),
        config.prometheus_registry(),
        telemetry.as_ref().map(|telemetry| telemetry.handle()),
    );

    Ok(PartialComponents {
        client,
        backend,
        task_manager,
        import_queue,
        keystore_container,
        select_chain,
        transaction_pool,
        other: (grandpa_import, grandpa_link, telemetry, metrics),
    })
}
