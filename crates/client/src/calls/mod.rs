// SPDX-License-Identifier: Apache-2.0
//! Calls of both runtimes: one module for each pallet, one constructor for each call.
//!
//! The pallets document origin, effect, errors and events.

mod both_chains;
mod consortium_chain;
mod hospital_chain;

pub use both_chains::*;
pub use consortium_chain::*;
pub use hospital_chain::*;
