// SPDX-License-Identifier: Apache-2.0
//! The configurations of the pallets, one file for each concern.

mod conformance;
mod consensus;
mod hospital_admin;
mod patients;
mod phi_records;
mod system;

pub use conformance::NodeConformance;
pub use hospital_admin::OperationalCalls;
pub use system::MAX_BLOCK_BYTES;
