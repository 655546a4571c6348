// SPDX-License-Identifier: Apache-2.0
//! The configurations of the pallets, one file for each concern.

mod admission;
mod conformance;
mod consensus;
mod hospital_admin;
mod migrations;
mod patients;
mod phi_records;
mod quota;
mod system;

pub use admission::{exempt, HospitalCalls, OperationalCalls};
pub use conformance::NodeConformance;
pub use consensus::{Keys, ReportableSessions};
pub use system::MAX_BLOCK_BYTES;
