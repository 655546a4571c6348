// SPDX-License-Identifier: Apache-2.0
//! How the pallets are configured: one file per concern.

mod conformance;
mod consensus;
mod governance;
mod health;
mod system;

pub use conformance::{GateParameters, HospitalConformance};
pub use governance::{CouncilTwoThirds, OperationalCalls};
pub use system::ChainId;
