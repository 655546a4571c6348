// SPDX-License-Identifier: Apache-2.0
//! The parts of a node that commands without a network need too.

use super::{
    import::import_queue, Executor, FullBackend, FullClient, FullPool, FullSelectChain,
    GrandpaImport, GrandpaLink, JUSTIFICATION_PERIOD,
};
use crate::conformance::Metrics;
use bspp_primitives::OpaqueBlock;
use polkadot_sdk::{
    sc_consensus::DefaultImportQueue,
    sc_service::{error::Error as ServiceError, Configuration, PartialComponents},
    sc_telemetry::{Telemetry, TelemetryWorker},
    *,
};
use std::sync::Arc;

/// The parts: besides the usual ones, GRANDPA's import and link, telemetry, and the gate's counters.
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
/// When the database, the keystore or the runtime cannot be used, or metrics of the same names are registered already.
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
        sc_service::new_full_parts::<OpaqueBlock, super::runtime_api::RuntimeApi, _>(
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
