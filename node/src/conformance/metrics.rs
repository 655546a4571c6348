// SPDX-License-Identifier: Apache-2.0
//! Counters of the gate.

use bspp_primitives::conformance::AttestationKind;
use polkadot_sdk::substrate_prometheus_endpoint::{
    register, CounterVec, Opts, PrometheusError, Registry, U64,
};

/// Counts attestations, skipped slots and refused blocks.
///
/// Without a registry it counts nothing.
#[derive(Clone, Default)]
pub struct Metrics(Option<Counters>);

#[derive(Clone)]
struct Counters {
    attested: CounterVec<U64>,
    skipped: CounterVec<U64>,
    refused: CounterVec<U64>,
}

impl Metrics {
    /// Registers the counters.
    ///
    /// # Errors
    ///
    /// Fails if the registry has counters with the same names.
    pub fn new(registry: Option<&Registry>) -> Result<Self, PrometheusError> {
        registry.map(Counters::register).transpose().map(Self)
    }

    /// Counts an attestation for a block of this node.
    pub fn attested(&self, kind: &AttestationKind) {
        if let Some(counters) = &self.0 {
            counters.attested.with_label_values(&[label(kind)]).inc();
        }
    }

    /// Counts a slot of this node without a block.
    pub fn skipped(&self, reason: &str) {
        if let Some(counters) = &self.0 {
            counters.skipped.with_label_values(&[reason]).inc();
        }
    }

    /// Counts a refused block of another node.
    pub fn refused(&self, reason: &str) {
        if let Some(counters) = &self.0 {
            counters.refused.with_label_values(&[reason]).inc();
        }
    }
}

impl Counters {
    fn register(registry: &Registry) -> Result<Self, PrometheusError> {
        let counter = |name: &str, help: &str, label: &str| {
            register(CounterVec::new(Opts::new(name, help), &[label])?, registry)
        };
        let counters = Self {
            attested: counter(
                "bspp_conformance_attested_total",
                "Attestations made for own blocks",
                "kind",
            )?,
            skipped: counter(
                "bspp_conformance_skipped_total",
                "Own slots without a block, because the author cannot attest",
                "reason",
            )?,
            refused: counter(
                "bspp_conformance_refused_total",
                "Blocks refused for want of a proof of conformance",
                "reason",
            )?,
        };
        // Both counters exist from the start with the value zero, because an alarm on a missing
        // counter never fires.
        for kind in ["full", "proved", "unproved", "restricted"] {
            counters.attested.with_label_values(&[kind]).reset();
        }
        Ok(counters)
    }
}

/// The name of a kind, in metrics and RPC.
pub const fn label(kind: &AttestationKind) -> &'static str {
    match kind {
        AttestationKind::Full { .. } => "full",
        AttestationKind::Proved { .. } => "proved",
        AttestationKind::Unproved => "unproved",
        AttestationKind::Restricted { .. } => "restricted",
    }
}
