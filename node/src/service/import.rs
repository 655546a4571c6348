// SPDX-License-Identifier: Apache-2.0
//! The import queue: the check of conformance, Aura's verifier, GRANDPA's block import.

use crate::{
    client::{FullClient, GrandpaImport},
    conformance::{ClientGates, ConformanceVerifier, Metrics},
};
use bspp_primitives::OpaqueBlock;
use polkadot_sdk::{
    sc_consensus::{import_queue::BasicQueue, DefaultImportQueue, Verifier},
    sc_consensus_aura::{build_verifier, BuildVerifierParams},
    sc_telemetry::TelemetryHandle,
    sp_consensus_aura::sr25519::{AuthorityId as AuraId, AuthorityPair as AuraPair},
    sp_core::traits::SpawnEssentialNamed,
    *,
};
use std::sync::Arc;

/// Makes Aura's verifier, which checks seal, slot and inherents.
pub fn aura_verifier(
    client: Arc<FullClient>,
    telemetry: Option<TelemetryHandle>,
) -> impl Verifier<OpaqueBlock> {
    let inherents_client = client.clone();
    build_verifier::<AuraPair, _, _, OpaqueBlock>(BuildVerifierParams {
        client,
        create_inherent_data_providers: move |parent, ()| {
            let client = inherents_client.clone();
            async move {
                let slot_duration = sc_consensus_aura::standalone::slot_duration_at::<AuraId, _, _>(
                    &*client, parent,
                )?;
                let timestamp = sp_timestamp::InherentDataProvider::from_system_time();
                let slot =
                    sp_consensus_aura::inherents::InherentDataProvider::from_timestamp_and_slot_duration(
                        *timestamp,
                        slot_duration,
                    );
                Ok((slot, timestamp))
            }
        },
        check_for_equivocation: Default::default(),
        telemetry,
        compatibility_mode: Default::default(),
    })
}

/// Builds the import queue.
///
/// The check of conformance is in a verifier around Aura's verifier, because only an error of a
/// verifier costs the sending peer its reputation.
pub fn import_queue(
    client: Arc<FullClient>,
    block_import: GrandpaImport,
    metrics: Metrics,
    spawner: &impl SpawnEssentialNamed,
    registry: Option<&substrate_prometheus_endpoint::Registry>,
    telemetry: Option<TelemetryHandle>,
) -> DefaultImportQueue<OpaqueBlock> {
    let gates = Arc::new(ClientGates(client.clone()));
    let aura = aura_verifier(client, telemetry);
    let verifier = ConformanceVerifier::new(aura, gates, metrics);
    let justification_import = Some(Box::new(block_import.clone()) as Box<_>);
    BasicQueue::new(
        verifier,
        Box::new(block_import),
        justification_import,
        spawner,
        registry,
    )
}
