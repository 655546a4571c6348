// SPDX-License-Identifier: Apache-2.0
//! `conformance_status`: who may author, and why not.

use super::internal;
use crate::conformance::{metrics::label, notice::fault_text, GateView};
use bspp_primitives::{
    conformance::{AttestationKind, AuthorStanding, BlockAttestation, Evidence, Verdict},
    AccountId, BlockNumber, Hash,
};
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How the authors of the chain stand after its best block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConformanceStatus {
    /// Height of the best block.
    pub number: BlockNumber,
    /// Its hash.
    pub hash: Hash,
    /// What its author attested; null for the genesis block.
    pub attestation: Option<AttestationStatus>,
    /// The authors of the session.
    pub authors: Vec<AuthorStatus>,
}

/// An attestation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttestationStatus {
    /// Slot of the block.
    pub slot: u64,
    /// Its author.
    pub author: AccountId,
    /// `full` or `restricted`.
    pub kind: String,
    /// Commitment to the evidence, if full.
    pub evidence: Option<Hash>,
}

/// An author.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorStatus {
    /// The validator.
    pub author: AccountId,
    /// Its `conf` key in force: 32 bytes, hex.
    pub key: String,
    /// What it would have to attest in the next slot: `full`, `restricted` or `refused`.
    pub verdict: String,
    /// Why not `full`.
    pub reason: Option<String>,
    /// What the state holds for it, good or not.
    pub evidence: Option<EvidenceStatus>,
}

/// Evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceStatus {
    /// Commitment to the facts.
    pub commitment: Hash,
    /// Last slot in which it is good.
    pub valid_until: u64,
    /// What the author lacks after that.
    pub then: String,
}

/// The gate before authoring.
#[rpc(client, server)]
pub trait ConformanceApi {
    /// What the best block's author attested, and how the authors of its session stand.
    #[method(name = "conformance_status")]
    fn status(&self) -> RpcResult<ConformanceStatus>;
}

/// [`ConformanceApiServer`] over the gate.
pub struct Conformance(Arc<dyn GateView>);

impl Conformance {
    /// Answers from this chain.
    pub fn new(gates: Arc<dyn GateView>) -> Self {
        Self(gates)
    }
}

impl ConformanceApiServer for Conformance {
    fn status(&self) -> RpcResult<ConformanceStatus> {
        let (number, hash) = self.0.best();
        let attestation = self.0.attestation(hash).map_err(internal)?;
        // The genesis block has no slot, and whatever is good at all is good in the first one.
        let next = attestation
            .as_ref()
            .map_or(0, |attestation| attestation.slot.saturating_add(1));
        let authors = self.0.authors(hash).map_err(internal)?;
        Ok(ConformanceStatus {
            number,
            hash,
            attestation: attestation.map(Into::into),
            authors: authors
                .into_iter()
                .map(|author| AuthorStatus::at(next, author))
                .collect(),
        })
    }
}

impl From<BlockAttestation<AccountId>> for AttestationStatus {
    fn from(attestation: BlockAttestation<AccountId>) -> Self {
        let BlockAttestation { slot, author, kind } = attestation;
        Self {
            slot,
            author,
            kind: label(&kind).into(),
            evidence: match kind {
                AttestationKind::Full { evidence } => Some(evidence),
                AttestationKind::Restricted => None,
            },
        }
    }
}

impl AuthorStatus {
    fn at(slot: u64, author: AuthorStanding<AccountId>) -> Self {
        let (verdict, reason) = match Verdict::at(slot, author.standing, author.evidence) {
            Verdict::Full { .. } => ("full", None),
            Verdict::Restricted { shortfall } => ("restricted", Some(shortfall.as_str().into())),
            Verdict::Refused { fault } => ("refused", Some(fault_text(fault))),
        };
        Self {
            author: author.author,
            key: format!("0x{}", hex::encode(author.key)),
            verdict: verdict.into(),
            reason,
            evidence: author.evidence.ok().map(Into::into),
        }
    }
}

impl From<Evidence> for EvidenceStatus {
    fn from(evidence: Evidence) -> Self {
        Self {
            commitment: evidence.commitment,
            valid_until: evidence.valid_until,
            then: evidence.then.as_str().into(),
        }
    }
}
