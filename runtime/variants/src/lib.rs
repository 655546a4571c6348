// SPDX-License-Identifier: Apache-2.0
// The crate is for wasm only. Natively it is empty, so it adds nothing to a build of the workspace.
#![cfg(not(feature = "std"))]
#![no_std]
#![recursion_limit = "256"]
// As in the consortium's runtime, macros generate items that cannot have documentation.
#![allow(missing_docs, clippy::expect_used)]
#![doc = include_str!("../README.md")]

extern crate alloc;

#[path = "../../consortium/src/apis.rs"]
pub mod apis;
#[cfg(feature = "runtime-benchmarks")]
#[path = "../../consortium/src/benchmarks.rs"]
mod benchmarks;
#[path = "../../consortium/src/chain.rs"]
mod chain;
#[path = "../../consortium/src/configs/mod.rs"]
pub mod configs;
#[path = "../../consortium/src/executive.rs"]
mod executive;
#[path = "../../consortium/src/genesis_check.rs"]
pub mod genesis_check;
#[path = "../../consortium/src/genesis_config_presets.rs"]
pub mod genesis_config_presets;

// The variants differ in this module only.
#[cfg(feature = "baseline-without-gate")]
#[path = "baseline_without_gate.rs"]
mod release;
#[cfg(feature = "next-gate-parameters")]
#[path = "next_gate_parameters.rs"]
mod release;

pub use chain::*;
use configs::Keys;
pub use executive::Executive;
pub use release::VERSION;
