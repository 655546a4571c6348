// SPDX-License-Identifier: Apache-2.0
//! `conformance_status`: the authors of the session, with their verdicts and the reasons.

use super::internal;
use crate::conformance::{metrics::label, notice::fault_text, GateView};
use bspp_primitives::{
    conformance::{AttestationKind, AuthorStanding, BlockAttestation, Evidence, Verdict},
    AccountId,
};
use bspp_rpc_types::{AttestationStatus, AuthorStatus, ConformanceStatus, EvidenceStatus};
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use std::sync::Arc;

/// RPC methods about the gate.
#[rpc(client, server)]
pub trait ConformanceApi {
    /// The attestation in the best block, and the verdicts of the authors of its session.
    #[method(name = "conformance_status")]
    fn status(&self) -> RpcResult<ConformanceStatus<AccountId>>;
}

/// The implementation of [`ConformanceApiServer`] over the gate.
pub struct Conformance(Arc<dyn GateView>);

impl Conformance {
    /// Makes a module that reads the gate of this chain.
    pub fn new(gates: Arc<dyn GateView>) -> Self {
        Self(gates)
    }
}

impl ConformanceApiServer for Conformance {
    fn status(&self) -> RpcResult<ConformanceStatus<AccountId>> {
        let (number, hash) = self.0.best();
        let attestation = self.0.attestation(hash).map_err(internal)?;
        // The genesis block has no slot, and evidence that is valid at all is valid in the first
        // slot.
        let next = attestation
            .as_ref()
            .map_or(0, |attestation| attestation.slot.saturating_add(1));
        let authors = self.0.authors(hash).map_err(internal)?;
        Ok(ConformanceStatus {
            number,
            hash,
            attestation: attestation.map(attestation_status),
            authors: authors
                .into_iter()
                .map(|author| author_status(next, author))
                .collect(),
        })
    }
}

fn attestation_status(attestation: BlockAttestation<AccountId>) -> AttestationStatus<AccountId> {
    let BlockAttestation { slot, author, kind } = attestation;
    AttestationStatus {
        slot,
        author,
        kind: label(&kind).into(),
        evidence: match kind {
            AttestationKind::Full { evidence } | AttestationKind::Proved { evidence, .. } => {
                Some(evidence)
            }
            AttestationKind::Restricted { .. } | AttestationKind::Unproved => None,
        },
    }
}

/// The status of an author in a slot.
fn author_status(slot: u64, author: AuthorStanding<AccountId>) -> AuthorStatus<AccountId> {
    let (verdict, reason) = match Verdict::at(slot, author.standing, author.evidence) {
        Verdict::Full { .. } => ("full", None),
        Verdict::Restricted { shortfall } => ("restricted", Some(shortfall.as_str().into())),
        Verdict::Refused { fault } => ("refused", Some(fault_text(fault))),
    };
    AuthorStatus {
        author: author.author,
        key: format!("0x{}", hex::encode(author.key)),
        verdict: verdict.into(),
        reason,
        evidence: author.evidence.ok().map(evidence_status),
    }
}

fn evidence_status(evidence: Evidence) -> EvidenceStatus {
    EvidenceStatus {
        commitment: evidence.commitment,
        valid_until: evidence.valid_until,
        then: evidence.then.as_str().into(),
    }
}
