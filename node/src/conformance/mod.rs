// SPDX-License-Identifier: Apache-2.0
//! The node's part of proof of conformance (protocol section 9).
//!
//! The author attests, and the importer checks the attestation.
//!
//! Both read the gate of the slot from the parent's state, so they agree with each other and with
//! the runtime. Neither reads a clock or caches a gate.

pub mod attest;
pub mod doubles;
pub mod gate;
pub mod metrics;
pub mod notice;
pub mod storage;
pub mod verifier;
pub mod worker;

#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;

pub use attest::{Attested, Attester, Skip};
pub use gate::{ClientGates, GateError, GateView};
pub use metrics::Metrics;
pub use storage::{PayloadStore, PendingProof, Prover, StoreError};
pub use verifier::ConformanceVerifier;
pub use worker::{AttestationSource, ConformingWorker, HonestSource};

/// Target of all log lines about conformance.
pub const LOG_TARGET: &str = "conformance";
