// SPDX-License-Identifier: Apache-2.0
//! Block authoring: Aura's slot worker with proof of conformance.

use super::block_size;
use crate::{
    anchor::Watch,
    client::{FullClient, FullPool, FullSelectChain, GrandpaImport},
    conformance::{
        AttestationSource, Attester, ClientGates, ConformingWorker, HonestSource, Metrics,
        PendingProof, Prover,
    },
};
use bspp_primitives::OpaqueBlock;
use polkadot_sdk::{
    sc_consensus_aura::{build_aura_worker, BuildAuraWorkerParams, SlotProportion},
    sc_consensus_slots::{start_slot_worker, SimpleSlotWorkerToSlotWorker},
    sc_network_sync::SyncingService,
    sc_service::{error::Error as ServiceError, TaskManager},
    sc_telemetry::TelemetryHandle,
    sp_consensus::SelectChain,
    sp_consensus_aura::sr25519::{AuthorityId as AuraId, AuthorityPair as AuraPair},
    sp_keystore::KeystorePtr,
    *,
};
use std::sync::Arc;

/// The dependencies of authoring.
pub struct Authoring {
    /// The client.
    pub client: Arc<FullClient>,
    /// The rule for the best chain.
    pub select_chain: FullSelectChain,
    /// The import of the node's own blocks.
    pub block_import: GrandpaImport,
    /// The transaction pool.
    pub pool: Arc<FullPool>,
    /// The author's keys.
    pub keystore: KeystorePtr,
    /// Whether the node is in sync.
    pub sync: Arc<SyncingService<OpaqueBlock>>,
    /// Whether the node authors without peers.
    pub force_authoring: bool,
    /// Metrics.
    pub registry: Option<substrate_prometheus_endpoint::Registry>,
    /// Telemetry.
    pub telemetry: Option<TelemetryHandle>,
    /// The gate's counters.
    pub metrics: Metrics,
    /// The answers to challenges.
    pub prover: Prover,
    /// The proof of storage of the block that the node is making.
    pub pending_proof: PendingProof,
    /// The watch over the hospital's anchor. Nodes of the consortium have none.
    pub anchor: Option<Arc<Watch>>,
}

impl Authoring {
    /// An attester with the node's keys and its client's view of the gate.
    pub fn attester(&self) -> Attester {
        let gates = Arc::new(ClientGates(self.client.clone()));
        Attester::new(gates, self.keystore.clone(), self.prover.clone())
            .with_anchor(self.anchor.clone())
    }
}

/// The way in which a node authors: the blocks on which it builds, and its attestations.
pub trait Authorship: Send + 'static {
    /// The rule that selects the block on which the node builds.
    type SelectChain: SelectChain<OpaqueBlock> + 'static;
    /// The source of attestations.
    type Source: AttestationSource;

    /// Makes the rule and the source for a node.
    fn prepare(self, params: &Authoring) -> (Self::SelectChain, Self::Source);
}

/// The honest way: on the best chain, with the attestation that the gate requires.
///
/// If the node cannot make this attestation, it makes no block.
#[derive(Clone, Copy, Debug)]
pub struct Conforming;

impl Authorship for Conforming {
    type SelectChain = FullSelectChain;
    type Source = HonestSource;

    fn prepare(self, params: &Authoring) -> (FullSelectChain, HonestSource) {
        let source = HonestSource::new(params.attester(), params.metrics.clone());
        (params.select_chain.clone(), source)
    }
}

/// Starts authoring as an essential task: if it fails, the node stops.
///
/// # Errors
///
/// Fails if the slot duration or the kind of chain cannot be read from the runtime.
pub fn start(
    params: Authoring,
    authorship: impl Authorship,
    task_manager: &TaskManager,
) -> Result<(), ServiceError> {
    let (select_chain, source) = authorship.prepare(&params);
    let mut proposer_factory = sc_basic_authorship::ProposerFactory::new(
        task_manager.spawn_handle(),
        params.client.clone(),
        params.pool,
        params.registry.as_ref(),
        params.telemetry.clone(),
    );
    proposer_factory.set_default_block_size_limit(block_size::maximum(&params.client)?);
    let slot_duration = sc_consensus_aura::slot_duration::<AuraId, _, _>(&*params.client)?;
    let backoff_authoring_blocks: Option<()> = None;
    let aura = build_aura_worker::<AuraPair, _, _, _, _, _, _, _, _>(BuildAuraWorkerParams {
        client: params.client,
        block_import: params.block_import,
        proposer_factory,
        keystore: params.keystore,
        sync_oracle: params.sync.clone(),
        justification_sync_link: params.sync.clone(),
        force_authoring: params.force_authoring,
        backoff_authoring_blocks,
        block_proposal_slot_portion: SlotProportion::new(2f32 / 3f32),
        max_block_proposal_slot_portion: None,
        telemetry: params.telemetry,
        compatibility_mode: Default::default(),
    });
    let authoring = start_slot_worker(
        slot_duration,
        select_chain,
        SimpleSlotWorkerToSlotWorker(ConformingWorker::new(aura, source)),
        params.sync,
        move |_, ()| {
            let proof = params.pending_proof.clone();
            async move {
                let timestamp = sp_timestamp::InherentDataProvider::from_system_time();
                let slot =
                sp_consensus_aura::inherents::InherentDataProvider::from_timestamp_and_slot_duration(
                    *timestamp,
                    slot_duration,
                );
                Ok((slot, timestamp, proof))
            }
        },
    );
    task_manager.spawn_essential_handle().spawn_blocking(
        "aura",
        Some("block-authoring"),
        authoring,
    );
    Ok(())
}
