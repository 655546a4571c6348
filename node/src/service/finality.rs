// SPDX-License-Identifier: Apache-2.0
//! Finality: GRANDPA's voter.

use super::{FullPool, GrandpaLink, JUSTIFICATION_PERIOD};
use bspp_primitives::OpaqueBlock;
use polkadot_sdk::{
    sc_consensus_grandpa::{
        run_grandpa_voter, Config, GrandpaParams, SharedVoterState, VotingRulesBuilder,
    },
    sc_network::{config::Role, types::ProtocolName, NotificationService},
    sc_network_sync::SyncingService,
    sc_service::{error::Error as ServiceError, TaskManager},
    sc_telemetry::TelemetryHandle,
    sc_transaction_pool_api::OffchainTransactionPoolFactory,
    sp_keystore::KeystorePtr,
    *,
};
use std::{sync::Arc, time::Duration};

/// What the voter needs.
pub struct Finality {
    /// What connects import and voter.
    pub link: GrandpaLink,
    /// State of the voter, for RPC.
    pub voter_state: SharedVoterState,
    /// Where equivocation reports go.
    pub pool: Arc<FullPool>,
    /// The voter's keys.
    pub keystore: KeystorePtr,
    /// Whether the node is a validator.
    pub role: Role,
    /// The node's name.
    pub name: String,
    /// The network.
    pub network: Arc<dyn sc_network::service::traits::NetworkService>,
    /// Block sync.
    pub sync: Arc<SyncingService<OpaqueBlock>>,
    /// GRANDPA's messages.
    pub notifications: Box<dyn NotificationService>,
    /// Name of its network protocol.
    pub protocol_name: ProtocolName,
    /// Metrics.
    pub registry: Option<substrate_prometheus_endpoint::Registry>,
    /// Telemetry.
    pub telemetry: Option<TelemetryHandle>,
}

/// Starts the voter as an essential task: if it fails, the node stops. Nodes that are no validators follow the votes.
///
/// # Errors
///
/// When the voter's state cannot be read.
pub fn start(params: Finality, task_manager: &TaskManager) -> Result<(), ServiceError> {
    let config = Config {
        gossip_duration: Duration::from_millis(333),
        justification_generation_period: JUSTIFICATION_PERIOD,
        name: Some(params.name),
        observer_enabled: false,
        keystore: params.role.is_authority().then_some(params.keystore),
        local_role: params.role,
        telemetry: params.telemetry.clone(),
        protocol_name: params.protocol_name,
    };
    let voter = run_grandpa_voter(GrandpaParams {
        config,
        link: params.link,
        network: params.network,
        sync: params.sync,
        notification_service: params.notifications,
        voting_rule: VotingRulesBuilder::default().build(),
        prometheus_registry: params.registry,
        shared_voter_state: params.voter_state,
        telemetry: params.telemetry,
        offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(params.pool),
    })?;
    task_manager
        .spawn_essential_handle()
        .spawn_blocking("grandpa-voter", None, voter);
    Ok(())
}
