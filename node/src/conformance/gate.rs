// SPDX-License-Identifier: Apache-2.0
//! The view of the gate that author, importer and RPC have.

use crate::client::FullClient;
use bspp_primitives::{
    apis::ConformanceApi,
    conformance::{AuthorStanding, BlockAttestation, Gate},
    AccountId, Hash,
};
use bspp_types::BlockNumber;
use polkadot_sdk::{
    sp_api::{ApiExt, ProvideRuntimeApi},
    sp_blockchain::HeaderBackend,
    sp_core::traits::CallContext,
};
use std::sync::Arc;

/// The gate cannot be read, with the error of the runtime call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the gate cannot be read: {0}")]
pub struct GateError(pub String);

/// The view of the chain that author, importer and RPC have.
pub trait GateView: Send + Sync + 'static {
    /// The genesis hash.
    fn genesis(&self) -> Hash;

    /// The best block.
    fn best(&self) -> (BlockNumber, Hash);

    /// The gate of a child of `parent` in `slot`, or none if there are no authors.
    fn gate(&self, parent: Hash, slot: u64) -> Result<Option<Gate<AccountId>>, GateError>;

    /// The attestation of the author of block `at`, or none for the genesis block.
    fn attestation(&self, at: Hash) -> Result<Option<BlockAttestation<AccountId>>, GateError>;

    /// The authors of the session of block `at`, with their standing and evidence.
    fn authors(&self, at: Hash) -> Result<Vec<AuthorStanding<AccountId>>, GateError>;
}

/// The view of a running node.
pub struct ClientGates(pub Arc<FullClient>);

impl GateView for ClientGates {
    fn genesis(&self) -> Hash {
        self.0.info().genesis_hash
    }

    fn best(&self) -> (BlockNumber, Hash) {
        let info = self.0.info();
        (info.best_number, info.best_hash)
    }

    fn gate(&self, parent: Hash, slot: u64) -> Result<Option<Gate<AccountId>>, GateError> {
        let mut api = self.0.runtime_api();
        // As in Aura's call for its authorities: the heap is the same as in the execution of the
        // block.
        api.set_call_context(CallContext::Onchain { import: false });
        api.gate(parent, slot).map_err(failed)
    }

    fn attestation(&self, at: Hash) -> Result<Option<BlockAttestation<AccountId>>, GateError> {
        self.0.runtime_api().attestation(at).map_err(failed)
    }

    fn authors(&self, at: Hash) -> Result<Vec<AuthorStanding<AccountId>>, GateError> {
        self.0.runtime_api().authors(at).map_err(failed)
    }
}

fn failed(error: impl std::fmt::Display) -> GateError {
    GateError(error.to_string())
}
