// SPDX-License-Identifier: Apache-2.0
//! The configurations of the pallets, one file for each concern.

mod conformance;
mod consensus;
mod governance;
mod phi;
mod quota;
mod system;

pub use conformance::{GateParameters, HospitalConformance};
pub use governance::{CouncilTwoThirds, OperationalCalls};
pub use system::{ChainId, MAX_BLOCK_BYTES};
