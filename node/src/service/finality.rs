// SPDX-License-Identifier: Apache-2.0
//! Finality: GRANDPA's voter.

use super::JUSTIFICATION_PERIOD;
use crate::{
    anchor::Watch,
    client::{FullPool, GrandpaLink},
    votes::{Guard, VotingKeystore},
};
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

/// The dependencies of the voter.
pub struct Finality {
    /// The connection between import and voter.
    pub link: GrandpaLink,
    /// The state of the voter, for RPC.
    pub voter_state: SharedVoterState,
    /// The transaction pool, for reports of equivocations.
    pub pool: Arc<FullPool>,
    /// The voter's keys.
    pub keystore: KeystorePtr,
    /// The guard over the voter's votes. A node whose keystore is not on a medium has none.
    pub guard: Option<Arc<Guard>>,
    /// The watch over the hospital's anchor. Nodes of the consortium have none.
    pub anchor: Option<Arc<Watch>>,
    /// The role of the node: validator or full node.
    pub role: Role,
    /// The node's name.
    pub name: String,
    /// The network service.
    pub network: Arc<dyn sc_network::service::traits::NetworkService>,
    /// The sync service.
    pub sync: Arc<SyncingService<OpaqueBlock>>,
    /// The notification service for GRANDPA's messages.
    pub notifications: Box<dyn NotificationService>,
    /// Name of GRANDPA's network protocol.
    pub protocol_name: ProtocolName,
    /// Metrics.
    pub registry: Option<substrate_prometheus_endpoint::Registry>,
    /// Telemetry.
    pub telemetry: Option<TelemetryHandle>,
}

/// Starts the voter as an essential task: if it fails, the node stops.
///
/// On a node that is not a validator the task follows the votes.
///
/// # Errors
///
/// Fails if the voter's state cannot be read.
pub fn start(params: Finality, task_manager: &TaskManager) -> Result<(), ServiceError> {
    let keystore: KeystorePtr = match params.guard {
        Some(guard) => {
            let watch = guard.clone().watch();
            task_manager
                .spawn_essential_handle()
                .spawn("votes", None, watch);
            VotingKeystore::new(params.keystore, guard, params.anchor)
        }
        None => params.keystore,
    };
    let config = Config {
        gossip_duration: Duration::from_millis(333),
        justification_generation_period: JUSTIFICATION_PERIOD,
        name: Some(params.name),
        observer_enabled: false,
        keystore: params.role.is_authority().then_some(keystore),
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
