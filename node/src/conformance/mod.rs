// SPDX-License-Identifier: Apache-2.0
//! The node's side of proof of conformance (protocol section 9): the author attests, the importer checks.
//!
//! Both ask the parent's state for the gate of the slot, so they agree with each other and with the runtime. Neither looks at a
//! clock, and nothing is cached.

pub mod attest;
pub mod gate;
pub mod metrics;
pub mod notice;
pub mod verifier;
pub mod worker;

#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;

pub use attest::{Attested, Attester, Skip};
pub use gate::{ClientGates, GateError, GateView};
pub use metrics::Metrics;
pub use verifier::ConformanceVerifier;
pub use worker::{AttestationSource, ConformingWorker, HonestSource};

/// Target of all log lines about conformance.
pub const LOG_TARGET: &str = "conformance";
