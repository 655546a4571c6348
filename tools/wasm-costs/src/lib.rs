// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(target_arch = "wasm32", no_std)]
#![deny(missing_docs)]
//! The steps of the protocol whose costs a browser and a server have, for measurement.
//!
//! The code is the same for both. In WebAssembly the module exports `start`, `operations`, `rounds_of` and
//! `run`, imports nothing, and draws its random numbers from a fixed seed.

extern crate alloc;

mod rng;
mod sealing;
#[cfg(target_arch = "wasm32")]
mod wasm;
mod world;

pub use world::{World, OPERATIONS};

/// The number of rounds of an operation if the short ones have `most`.
///
/// A grant takes some hundred times as long as a search.
pub fn rounds(operation: usize, most: usize) -> usize {
    match OPERATIONS.get(operation) {
        Some(name) if name.starts_with("grant") => most.div_ceil(8),
        _ => most,
    }
}
