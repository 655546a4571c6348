// SPDX-License-Identifier: Apache-2.0
//! The configurations of the pallets, one file for each concern.

mod admission;
mod conformance;
mod consensus;
mod governance;
mod migrations;
mod pausable;
mod phi;
mod quota;
mod system;

pub use admission::{exempt, is_councils, ConsortiumCalls, OperationalCalls};
pub use conformance::{GateParameters, HospitalConformance};
pub use consensus::{Keys, ReportableSessions};
pub use governance::{CouncilTwoThirds, RootCalls};
pub use pausable::PausableCalls;
pub use system::{ChainId, MAX_BLOCK_BYTES};
