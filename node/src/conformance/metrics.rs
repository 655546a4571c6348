// SPDX-License-Identifier: Apache-2.0
//! Counters of the gate.

use bspp_primitives::conformance::AttestationKind;
use polkadot_sdk::substrate_prometheus_endpoint::{
    register, CounterVec, Opts, PrometheusError, Registry, U64,
};

/// Counts what was attested, skipped and refused. Without a registry it counts nothing.
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
    /// When the registry has some of the same name.
    pub fn new(registry: Option<&Registry>) -> Result<Self, PrometheusError> {
        registry.map(Counters::register).transpose().map(Self)
    }

    /// An attestation for an own block.
    pub fn attested(&self, kind: &AttestationKind) {
        if let Some(counters) = &self.0 {
            counters.attested.with_label_values(&[label(kind)]).inc();
        }
    }

    /// An own slot without a block.
    pub fn skipped(&self, reason: &str) {
        if let Some(counters) = &self.0 {
            counters.skipped.with_label_values(&[reason]).inc();
        }
    }

    /// A block of somebody else that was refused.
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
        // Both stand at zero from the start: an alarm on a counter that is not there never rings.
        for kind in ["full", "restricted"] {
            counters.attested.with_label_values(&[kind]).reset();
        }
        Ok(counters)
    }
}

/// The name of a kind, in metrics and RPC.
pub const fn label(kind: &AttestationKind) -> &'static str {
    match kind {
        AttestationKind::Full { .. } => "full",
        AttestationKind::Restricted => "restricted",
    }
}
