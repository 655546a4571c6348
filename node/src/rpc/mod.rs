// SPDX-License-Identifier: Apache-2.0
//! RPC: what every Substrate node has, GRANDPA's proofs, and this project's `conformance_*`,
//! `peks_*` and `phi_*`.

pub mod conformance;
pub mod finality;
pub mod peks;
pub mod phi;

#[cfg(test)]
mod tests;

use crate::{
    conformance::GateView,
    search::{ChainView, PhiIndex},
    service::{FullBackend, FullClient, FullPool},
};
use bspp_primitives::{AccountId, BlockNumber, Hash, Nonce, OpaqueBlock};
use jsonrpsee::{types::ErrorObjectOwned, RpcModule};
use polkadot_sdk::{
    sc_consensus_grandpa::{
        FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState,
    },
    sc_rpc::SubscriptionTaskExecutor,
    *,
};
use std::sync::Arc;

/// What GRANDPA's RPC reads.
#[derive(Clone)]
pub struct GrandpaDeps {
    /// State of the voter.
    pub voter_state: SharedVoterState,
    /// The authority set.
    pub authority_set: SharedAuthoritySet<Hash, BlockNumber>,
    /// Justifications as they are made.
    pub justifications: GrandpaJustificationStream<OpaqueBlock>,
    /// The database.
    pub backend: Arc<FullBackend>,
    /// Proofs from the database.
    pub proofs: Arc<FinalityProofProvider<FullBackend, OpaqueBlock>>,
}

/// What RPC modules need.
#[derive(Clone)]
pub struct FullDeps {
    /// The client.
    pub client: Arc<FullClient>,
    /// The transaction pool.
    pub pool: Arc<FullPool>,
    /// GRANDPA.
    pub grandpa: GrandpaDeps,
    /// The chain as search sees it.
    pub view: Arc<dyn ChainView>,
    /// The gate before authoring.
    pub gates: Arc<dyn GateView>,
    /// The tag index, on the consortium chain.
    pub index: Option<Arc<PhiIndex>>,
}

/// All modules beside those that the SDK adds itself.
///
/// # Errors
///
/// When two modules have a method of the same name.
pub fn create(
    deps: FullDeps,
    executor: SubscriptionTaskExecutor,
) -> Result<RpcModule<()>, jsonrpsee::core::RegisterMethodError> {
    use conformance::ConformanceApiServer;
    use finality::FinalityApiServer;
    use peks::PeksApiServer;
    use phi::{PhiChunkApiServer, PhiIndexApiServer};
    use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
    use substrate_frame_rpc_system::{System, SystemApiServer};

    let FullDeps {
        client,
        pool,
        grandpa,
        view,
        gates,
        index,
    } = deps;
    let mut module = RpcModule::new(());
    let system = System::<FullPool, FullClient, OpaqueBlock>::new(client, pool);
    module.merge(SystemApiServer::<Hash, AccountId, Nonce>::into_rpc(system))?;
    let mut standard = Grandpa::new(
        executor.clone(),
        grandpa.authority_set.clone(),
        grandpa.voter_state,
        grandpa.justifications,
        grandpa.proofs.clone(),
    )
    .into_rpc();
    standard.remove_method(finality::METHOD);
    module.merge(standard)?;
    let GrandpaDeps {
        backend,
        authority_set,
        proofs,
        ..
    } = grandpa;
    module.merge(
        finality::Finality {
            backend,
            authority_set,
            proofs,
        }
        .into_rpc(),
    )?;
    module.merge(conformance::Conformance::new(gates).into_rpc())?;
    module.merge(phi::Chunks::new(view.clone()).into_rpc())?;
    if let Some(index) = index {
        module.merge(phi::Entries::new(view.clone(), index.clone()).into_rpc())?;
        module.merge(peks::Peks::new(view, index, executor).into_rpc())?;
    }
    Ok(module)
}

/// An error about the parameters of a call.
fn invalid_params(message: impl Into<String>) -> ErrorObjectOwned {
    ErrorObjectOwned::owned(
        jsonrpsee::types::error::INVALID_PARAMS_CODE,
        message.into(),
        None::<()>,
    )
}

/// An error of the node.
fn internal(error: impl std::fmt::Display) -> ErrorObjectOwned {
    ErrorObjectOwned::owned(
        jsonrpsee::types::error::INTERNAL_ERROR_CODE,
        error.to_string(),
        None::<()>,
    )
}
