// SPDX-License-Identifier: Apache-2.0
//! Types of the parts of every node: client, database, pool and consensus.

mod runtime_api;

use bspp_primitives::OpaqueBlock;
use polkadot_sdk::{sc_executor::WasmExecutor, *};

pub use runtime_api::RuntimeApi;

/// The host functions that a runtime may call.
///
/// They are Substrate's host functions and the arithmetic of BLS12-381.
pub type HostFunctions = (
    sp_io::SubstrateHostFunctions,
    sp_crypto_ec_utils::bls12_381::host_calls::HostFunctions,
);
/// The executor of the chain's wasm.
pub type Executor = WasmExecutor<HostFunctions>;
/// The client.
pub type FullClient = sc_service::TFullClient<OpaqueBlock, RuntimeApi, Executor>;
/// The database.
pub type FullBackend = sc_service::TFullBackend<OpaqueBlock>;
/// The transaction pool.
pub type FullPool = sc_transaction_pool::TransactionPoolHandle<OpaqueBlock, FullClient>;
/// The rule for the best chain.
pub type FullSelectChain = sc_consensus::LongestChain<FullBackend, OpaqueBlock>;
/// GRANDPA's block import.
pub type GrandpaImport =
    sc_consensus_grandpa::GrandpaBlockImport<FullBackend, OpaqueBlock, FullClient, FullSelectChain>;
/// The connection between import and voter.
pub type GrandpaLink = sc_consensus_grandpa::LinkHalf<OpaqueBlock, FullClient, FullSelectChain>;

/// Makes an executor with default settings, to read a runtime's version outside a node.
pub fn new_plain_executor() -> Executor {
    WasmExecutor::builder().build()
}
