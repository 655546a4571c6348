// SPDX-License-Identifier: Apache-2.0
//! The service: the same for both chains. What differs is in their runtimes and, on the consortium chain, the tag index.

mod authoring;
mod finality;
mod full;
mod import;
mod partial;
mod runtime_api;

pub use authoring::{Authoring, Authorship, Conforming};
pub use full::{default_index_path, new_full};
pub use import::aura_verifier;
pub use partial::{new_partial, Partial};

use bspp_primitives::OpaqueBlock;
use polkadot_sdk::{sc_executor::WasmExecutor, *};

/// What a runtime may call: Substrate's host functions and the arithmetic of BLS12-381.
pub type HostFunctions = (
    sp_io::SubstrateHostFunctions,
    sp_crypto_ec_utils::bls12_381::host_calls::HostFunctions,
);
/// Runs the chain's wasm.
pub type Executor = WasmExecutor<HostFunctions>;
/// The client.
pub type FullClient = sc_service::TFullClient<OpaqueBlock, runtime_api::RuntimeApi, Executor>;
/// The database.
pub type FullBackend = sc_service::TFullBackend<OpaqueBlock>;
/// The transaction pool.
pub type FullPool = sc_transaction_pool::TransactionPoolHandle<OpaqueBlock, FullClient>;
/// The rule for the best chain.
pub type FullSelectChain = sc_consensus::LongestChain<FullBackend, OpaqueBlock>;
/// GRANDPA's block import.
pub type GrandpaImport =
    sc_consensus_grandpa::GrandpaBlockImport<FullBackend, OpaqueBlock, FullClient, FullSelectChain>;
/// What connects import and voter.
pub type GrandpaLink = sc_consensus_grandpa::LinkHalf<OpaqueBlock, FullClient, FullSelectChain>;

/// A finality proof is stored with every block that ends a round: consortium members need one for every head they anchor,
/// and the node knows no other way to give one until the authorities change for the first time.
pub const JUSTIFICATION_PERIOD: u32 = 1;

/// An executor with default settings, for reading a runtime's version outside a node.
pub fn new_plain_executor() -> Executor {
    WasmExecutor::builder().build()
}
