// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "256"]
// `runtime` and `impl_runtime_apis` generate items at the root that cannot have documentation.
#![allow(missing_docs, clippy::expect_used)]
#![doc = include_str!("../README.md")]

extern crate alloc;

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

pub mod apis;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarks;
mod chain;
pub mod configs;
mod executive;
pub mod genesis_check;
pub mod genesis_config_presets;
mod release;
#[cfg(test)]
mod tests;

pub use chain::*;
use configs::Keys;
pub use executive::Executive;
pub use release::VERSION;
