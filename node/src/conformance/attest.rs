// SPDX-License-Identifier: Apache-2.0
//! The attestation of an author, or the reason why the author cannot attest.

use super::{
    gate::{GateError, GateView},
    storage::{Prover, StoreError},
};
use crate::anchor::{Refusal, Watch};
use bspp_primitives::{
    conformance::{
        attestation_message, Attestation, AttestationKind, ConformanceId, ConformanceSignature,
        Gate, StandingFault, Verdict, CONFORMANCE_KEY_TYPE,
    },
    AccountId, Hash,
};
use polkadot_sdk::sp_keystore::KeystorePtr;
use std::sync::Arc;

/// The reason why there is no attestation, and so no block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Skip {
    /// The chain does not contain the hospital's anchor.
    Anchor(Refusal),
    /// The author has no standing.
    NoStanding(StandingFault),
    /// The keystore lacks the `conf` key in force.
    KeyMissing(ConformanceId),
    /// The chain names no author for the slot.
    NotOurSlot,
    /// The gate cannot be read.
    Api(GateError),
    /// The keystore cannot sign, with its error.
    Keystore(String),
}

impl Skip {
    /// A label for metrics and log lines.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Anchor(refusal) => refusal.as_str(),
            Self::NoStanding(fault) => fault.as_str(),
            Self::KeyMissing(_) => "key_missing",
            Self::NotOurSlot => "not_our_slot",
            Self::Api(_) => "api_error",
            Self::Keystore(_) => "keystore_error",
        }
    }
}

/// An attestation and the gate for which it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attested {
    /// The attestation.
    pub attestation: Attestation<AccountId>,
    /// The gate.
    pub gate: Gate<AccountId>,
    /// The reason why the challenge of the slot has no answer, if it has none.
    pub unproved: Option<StoreError>,
}

/// Attests with the keys of this node.
#[derive(Clone)]
pub struct Attester {
    gates: Arc<dyn GateView>,
    keystore: KeystorePtr,
    prover: Prover,
    genesis: Hash,
    anchor: Option<Arc<Watch>>,
}

impl Attester {
    /// Makes an attester with these keys for these gates, which answers challenges.
    pub fn new(gates: Arc<dyn GateView>, keystore: KeystorePtr, prover: Prover) -> Self {
        let genesis = gates.genesis();
        Self {
            gates,
            keystore,
            prover,
            genesis,
            anchor: None,
        }
    }

    /// Makes the attester subject to the watch over the hospital's anchor.
    pub fn with_anchor(mut self, anchor: Option<Arc<Watch>>) -> Self {
        self.anchor = anchor;
        self
    }

    /// The gates.
    pub fn gates(&self) -> &Arc<dyn GateView> {
        &self.gates
    }

    /// The keys.
    pub fn keystore(&self) -> &KeystorePtr {
        &self.keystore
    }

    /// The genesis hash to which attestations are bound.
    pub fn genesis(&self) -> Hash {
        self.genesis
    }

    /// Makes the attestation for a block on `parent` in `slot`.
    ///
    /// The attestation has the only kind that the gate admits. If the slot has a challenge, the
    /// proof of storage waits for the block, or the attestation says that there is none.
    ///
    /// # Errors
    ///
    /// The reason why this node cannot attest.
    pub async fn attest(&self, parent: Hash, slot: u64) -> Result<Attested, Skip> {
        self.prover.clear();
        if let Some(anchor) = &self.anchor {
            anchor.check().map_err(Skip::Anchor)?;
        }
        let gate = self
            .gates
            .gate(parent, slot)
            .map_err(Skip::Api)?
            .ok_or(Skip::NotOurSlot)?;
        let mut unproved = None;
        let kind = match gate.verdict {
            Verdict::Full { evidence } => match &gate.challenge {
                None => AttestationKind::Full { evidence },
                Some(challenge) => match self.prover.answer(challenge).await {
                    Ok(response) => AttestationKind::Proved { evidence, response },
                    Err(error) => {
                        unproved = Some(error);
                        AttestationKind::Unproved
                    }
                },
            },
            Verdict::Restricted { shortfall } => AttestationKind::Restricted { shortfall },
            Verdict::Refused { fault } => return Err(Skip::NoStanding(fault)),
        };
        let message = attestation_message(&self.genesis, &parent, slot, &gate.author, &kind);
        let signature = self.sign(&gate.key, &message)?;
        Ok(Attested {
            attestation: Attestation {
                author: gate.author.clone(),
                kind,
                signature,
            },
            gate,
            unproved,
        })
    }

    /// Signs a message with a `conf` key.
    ///
    /// # Errors
    ///
    /// [`Skip::KeyMissing`] or [`Skip::Keystore`].
    pub fn sign(&self, key: &ConformanceId, message: &[u8]) -> Result<ConformanceSignature, Skip> {
        let public = key.clone().into_inner();
        match self
            .keystore
            .sr25519_sign(CONFORMANCE_KEY_TYPE, &public, message)
        {
            Ok(Some(signature)) => Ok(signature.into()),
            Ok(None) => Err(Skip::KeyMissing(key.clone())),
            Err(error) => Err(Skip::Keystore(error.to_string())),
        }
    }
}
