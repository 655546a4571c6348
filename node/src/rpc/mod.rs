// SPDX-License-Identifier: Apache-2.0
//! The RPC methods of the node.
//!
//! They are the usual methods of a Substrate node, GRANDPA's proofs, and this project's `anchor_*`,
//! `conformance_*`, `peks_*` and `phi_*`.

pub mod anchor;
pub mod conformance;
pub mod finality;
pub mod peks;
pub mod phi;

#[cfg(test)]
mod tests;

use crate::{
    anchor::Watch,
    client::{FullBackend, FullClient, FullPool},
    conformance::GateView,
    search::ChainView,
};
use bspp_primitives::{AccountId, Hash, Nonce, OpaqueBlock};
use bspp_tag_index::TagIndexDb;
use bspp_types::BlockNumber;
use jsonrpsee::{types::ErrorObjectOwned, RpcModule};
use polkadot_sdk::{
    sc_consensus_grandpa::{
        FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState,
    },
    sc_rpc::SubscriptionTaskExecutor,
    *,
};
use std::sync::Arc;

/// The dependencies of GRANDPA's RPC methods.
#[derive(Clone)]
pub struct GrandpaDeps {
    /// The state of the voter.
    pub voter_state: SharedVoterState,
    /// The authority set.
    pub authority_set: SharedAuthoritySet<Hash, BlockNumber>,
    /// The stream of new justifications.
    pub justifications: GrandpaJustificationStream<OpaqueBlock>,
    /// The database.
    pub backend: Arc<FullBackend>,
    /// The finality proofs from the database.
    pub proofs: Arc<FinalityProofProvider<FullBackend, OpaqueBlock>>,
}

/// The dependencies of the RPC modules.
#[derive(Clone)]
pub struct FullDeps {
    /// The client.
    pub client: Arc<FullClient>,
    /// The transaction pool.
    pub pool: Arc<FullPool>,
    /// The dependencies of GRANDPA's methods.
    pub grandpa: GrandpaDeps,
    /// The view of the chain for search.
    pub view: Arc<dyn ChainView>,
    /// The view of the gate.
    pub gates: Arc<dyn GateView>,
    /// The tag index, if this is the consortium chain.
    pub index: Option<Arc<TagIndexDb>>,
    /// The watch over the hospital's anchor, if this is a hospital's own chain.
    pub anchor: Option<Arc<Watch>>,
}

/// Makes all modules that the SDK does not add itself.
///
/// # Errors
///
/// Fails if two modules have a method with the same name.
pub fn create(
    deps: FullDeps,
    executor: SubscriptionTaskExecutor,
) -> Result<RpcModule<()>, jsonrpsee::core::RegisterMethodError> {
    use anchor::AnchorApiServer;
    use conformance::ConformanceApiServer;
    use finality::FinalityApiServer;
    use peks::PeksApiServer;
    use phi::PhiIndexApiServer;
    use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
    use substrate_frame_rpc_system::{System, SystemApiServer};

    let FullDeps {
        client,
        pool,
        grandpa,
        view,
        gates,
        index,
        anchor: watch,
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
    if let Some(watch) = watch {
        module.merge(anchor::Anchor::new(watch).into_rpc())?;
    }
    if let Some(index) = index {
        module.merge(phi::Entries::new(view.clone(), index.clone()).into_rpc())?;
        module.merge(peks::Peks::new(view, index, executor).into_rpc())?;
    }
    Ok(module)
}

/// Makes an error about the parameters of a call.
fn invalid_params(message: impl Into<String>) -> ErrorObjectOwned {
    ErrorObjectOwned::owned(
        jsonrpsee::types::error::INVALID_PARAMS_CODE,
        message.into(),
        None::<()>,
    )
}

/// Makes an error of the node.
fn internal(error: impl std::fmt::Display) -> ErrorObjectOwned {
    ErrorObjectOwned::owned(
        jsonrpsee::types::error::INTERNAL_ERROR_CODE,
        error.to_string(),
        None::<()>,
    )
}
