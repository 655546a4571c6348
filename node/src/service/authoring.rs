// SPDX-License-Identifier: Apache-2.0
//! Making blocks: Aura's slot worker.

use super::{FullClient, FullPool, FullSelectChain, GrandpaImport};
use bspp_primitives::OpaqueBlock;
use polkadot_sdk::{
    sc_consensus_aura::{SlotProportion, StartAuraParams},
    sc_network_sync::SyncingService,
    sc_service::{error::Error as ServiceError, TaskManager},
    sc_telemetry::TelemetryHandle,
    sp_consensus_aura::sr25519::{AuthorityId as AuraId, AuthorityPair as AuraPair},
    sp_keystore::KeystorePtr,
    *,
};
use std::sync::Arc;

/// What authoring needs.
pub struct Authoring {
    /// The client.
    pub client: Arc<FullClient>,
    /// The rule for the best chain.
    pub select_chain: FullSelectChain,
    /// Where own blocks go.
    pub block_import: GrandpaImport,
    /// Where extrinsics come from.
    pub pool: Arc<FullPool>,
    /// The author's keys.
    pub keystore: KeystorePtr,
    /// Whether the node is in sync.
    pub sync: Arc<SyncingService<OpaqueBlock>>,
    /// Author even without peers.
    pub force_authoring: bool,
    /// Metrics.
    pub registry: Option<substrate_prometheus_endpoint::Registry>,
    /// Telemetry.
    pub telemetry: Option<TelemetryHandle>,
}

/// Starts authoring as an essential task: if it fails, the node stops.
///
/// # Errors
///
/// When the slot duration cannot be read from the runtime.
pub fn start(params: Authoring, task_manager: &TaskManager) -> Result<(), ServiceError> {
    let proposer_factory = sc_basic_authorship::ProposerFactory::new(
        task_manager.spawn_handle(),
        params.client.clone(),
        params.pool,
        params.registry.as_ref(),
        params.telemetry.clone(),
    );
    let slot_duration = sc_consensus_aura::slot_duration::<AuraId, _, _>(&*params.client)?;
    let backoff_authoring_blocks: Option<()> = None;
    let aura = sc_consensus_aura::start_aura::<AuraPair, _, _, _, _, _, _, _, _, _, _>(
        StartAuraParams {
            slot_duration,
            client: params.client,
            select_chain: params.select_chain,
            block_import: params.block_import,
            proposer_factory,
            create_inherent_data_providers: move |_, ()| async move {
                let timestamp = sp_timestamp::InherentDataProvider::from_system_time();
                let slot =
                    sp_consensus_aura::inherents::InherentDataProvider::from_timestamp_and_slot_duration(
                        *timestamp,
                        slot_duration,
                    );
                Ok((slot, timestamp))
            },
            force_authoring: params.force_authoring,
            backoff_authoring_blocks,
            keystore: params.keystore,
            sync_oracle: params.sync.clone(),
            justification_sync_link: params.sync,
            block_proposal_slot_portion: SlotProportion::new(2f32 / 3f32),
            max_block_proposal_slot_portion: None,
            telemetry: params.telemetry,
            compatibility_mode: Default::default(),
        },
    )?;
    task_manager
        .spawn_essential_handle()
        .spawn_blocking("aura", Some("block-authoring"), aura);
    Ok(())
}
