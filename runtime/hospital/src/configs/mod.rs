// SPDX-License-Identifier: Apache-2.0
//! How the pallets are configured: one file per concern.

mod conformance;
mod consensus;
mod enrolment;
mod phi_records;
mod system;

pub use conformance::NodeConformance;
pub use enrolment::OperationalCalls;
