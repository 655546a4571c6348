// SPDX-License-Identifier: Apache-2.0
//! Imports blocks into a new database, like a node that receives them.

use crate::chain::{Sent, Side, SETUP};
use bspp_node::conformance::ClientGates;
use bspp_node::{
    conformance::ConformanceVerifier,
    service::{aura_verifier, new_partial, Partial},
};
use bspp_primitives::OpaqueBlock;
use polkadot_sdk::{
    sc_consensus::{BlockImport, BlockImportParams, ImportResult, StateAction, Verifier},
    sp_consensus::BlockOrigin,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// Imports the blocks and returns the time for those after the setup.
pub async fn import(side: &Side, blocks: &[Sent], handle: &tokio::runtime::Handle) -> Duration {
    let base = tempfile::tempdir().unwrap();
    let config = side.configuration(&base, handle);
    let Partial {
        client,
        task_manager: _tasks,
        other: (block_import, _, _, metrics),
        ..
    } = new_partial(&config).unwrap();
    let aura = aura_verifier(client.clone(), None);
    let verifier: Box<dyn Verifier<OpaqueBlock>> = if side.gated {
        let gates = Arc::new(ClientGates(client));
        Box::new(ConformanceVerifier::new(aura, gates, metrics))
    } else {
        Box::new(aura)
    };
    let mut time = Duration::ZERO;
    for (number, (header, body)) in (0..).zip(blocks) {
        let mut params =
            BlockImportParams::<OpaqueBlock>::new(BlockOrigin::NetworkBroadcast, header.clone());
        params.body = Some(body.clone());
        params.state_action = StateAction::Execute;
        let started = Instant::now();
        let params = verifier.verify(params).await.unwrap();
        let result = block_import.import_block(params).await.unwrap();
        if number >= SETUP {
            time += started.elapsed();
        }
        assert!(matches!(result, ImportResult::Imported(_)), "{result:?}");
    }
    time
}
