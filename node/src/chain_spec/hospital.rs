// SPDX-License-Identifier: Apache-2.0
//! The specs of the hospital chains.
//!
//! The genesis of a hospital chain contains the genesis hash of the consortium, so the consortium
//! chain must exist first.

use super::{properties, ChainSpec};
use polkadot_sdk::{sc_service::ChainType, sp_core::H256};
use serde_json::{json, Value};

/// Hospital A on one machine, with development keys.
pub const LOCAL_A: &str = "hospital-a-local";
/// Hospital B on one machine, with development keys.
pub const LOCAL_B: &str = "hospital-b-local";

/// The spec of [`LOCAL_A`] or [`LOCAL_B`], with a patch to its genesis.
///
/// `consortium` is the genesis hash of the consortium chain to which the hospital chain is bound.
///
/// # Errors
///
/// `NotFound` if the node was built without the runtime's wasm.
pub fn local(id: &str, consortium: H256, patch: Value) -> Result<ChainSpec, String> {
    let code = bspp_hospital_runtime::WASM_BINARY
        .ok_or("NotFound: this node was built without the hospital runtime's wasm; build it without SKIP_WASM_BUILD")?;
    Ok(ChainSpec::builder(code, None)
        .with_name(if id == LOCAL_A {
            "BSPP hospital A, local"
        } else {
            "BSPP hospital B, local"
        })
        .with_id(id)
        .with_protocol_id(id)
        .with_chain_type(ChainType::Local)
        .with_properties(properties())
        .with_genesis_config_preset_name(id)
        .with_genesis_config_patch(json!({ "hospitalAdmin": { "chain": consortium } }))
        .with_genesis_config_patch(patch)
        .build())
}
