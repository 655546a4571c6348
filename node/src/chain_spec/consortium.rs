// SPDX-License-Identifier: Apache-2.0
//! The specs of the consortium chain.

use super::{properties, ChainSpec};
use polkadot_sdk::sc_service::ChainType;
use serde_json::Value;

/// A consortium on one machine, with development keys.
pub const LOCAL: &str = "consortium-local";

/// The spec of [`LOCAL`], with a patch to its genesis.
///
/// # Errors
///
/// `NotFound` if the node was built without the runtime's wasm.
pub fn local(patch: Value) -> Result<ChainSpec, String> {
    let code = bspp_consortium_runtime::WASM_BINARY
        .ok_or("NotFound: this node was built without the consortium runtime's wasm; build it without SKIP_WASM_BUILD")?;
    Ok(ChainSpec::builder(code, None)
        .with_name("BSPP consortium, local")
        .with_id(LOCAL)
        .with_protocol_id("bspp-consortium")
        .with_chain_type(ChainType::Local)
        .with_properties(properties())
        .with_genesis_config_preset_name(LOCAL)
        .with_genesis_config_patch(patch)
        .build())
}
