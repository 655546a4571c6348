// SPDX-License-Identifier: Apache-2.0
//! The importer's check: a verifier around Aura's verifier.

use super::{
    doubles::Doubles,
    gate::{GateError, GateView},
    metrics::Metrics,
    LOG_TARGET,
};
use bspp_primitives::{
    conformance::{attestation_of, check_digest, slot_of, Refusal},
    AccountId, Hash, Header, OpaqueBlock,
};
use polkadot_sdk::sc_consensus::{BlockImportParams, Verifier};
use std::sync::Arc;

/// Refuses a block without a proof of conformance before the inner verifier sees it.
///
/// It refuses with an error of the verifier, because only such an error costs the peer that sent
/// the block its reputation.
pub struct ConformanceVerifier<V> {
    inner: V,
    gates: Arc<dyn GateView>,
    genesis: Hash,
    metrics: Metrics,
    doubles: Doubles,
}

impl<V> ConformanceVerifier<V> {
    /// Makes a verifier that checks blocks at these gates and then calls `inner`.
    pub fn new(inner: V, gates: Arc<dyn GateView>, metrics: Metrics) -> Self {
        let genesis = gates.genesis();
        Self {
            inner,
            gates,
            genesis,
            metrics,
            doubles: Doubles::default(),
        }
    }

    /// Tells the operator of two blocks that one author made in one slot.
    ///
    /// Both are valid, so the node imports both. A member can report the author.
    fn note(&self, block: &BlockImportParams<OpaqueBlock>) {
        let digest = &block.header.digest;
        let (Ok(slot), Ok(attestation)) = (slot_of(digest), attestation_of::<AccountId>(digest))
        else {
            return;
        };
        let hash = block.post_hash();
        if let Some(other) = self.doubles.note(slot, &attestation.author, hash) {
            log::warn!(
                target: LOG_TARGET,
                "two blocks of one author in slot {slot}: {other:?} and {hash:?}; report them: bspp validator \
                 report-blocks --first {other:?} --second {hash:?}"
            );
        }
    }

    /// Checks a header against the state of its parent.
    fn check(&self, header: &Header) -> Result<(), NotProved> {
        let mut unread = None;
        let outcome =
            check_digest::<AccountId>(&header.digest, &self.genesis, &header.parent_hash, |slot| {
                self.gates
                    .gate(header.parent_hash, slot)
                    .unwrap_or_else(|error| {
                        unread = Some(error);
                        None
                    })
            });
        match (unread, outcome) {
            (Some(error), _) => Err(NotProved::Unread(error)),
            (None, Err(refusal)) => Err(NotProved::Refused(refusal)),
            (None, Ok(_)) => Ok(()),
        }
    }
}

/// The reason why a block does not pass.
#[derive(Debug, thiserror::Error)]
enum NotProved {
    #[error("{0}")]
    Refused(Refusal),
    #[error("{0}")]
    Unread(GateError),
}

impl NotProved {
    const fn as_str(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.as_str(),
            Self::Unread(_) => "api_error",
        }
    }
}

#[async_trait::async_trait]
impl<V: Verifier<OpaqueBlock>> Verifier<OpaqueBlock> for ConformanceVerifier<V> {
    async fn verify(
        &self,
        block: BlockImportParams<OpaqueBlock>,
    ) -> Result<BlockImportParams<OpaqueBlock>, String> {
        // The node does not check Aura's seal of these blocks either, because their state comes
        // with them or their execution is skipped.
        if !block.with_state() && !block.state_action.skip_execution_checks() {
            if let Err(reason) = self.check(&block.header) {
                self.metrics.refused(reason.as_str());
                log::warn!(
                    target: LOG_TARGET,
                    "block #{} {:?} refused: proof of conformance: {reason}",
                    block.header.number,
                    block.post_hash(),
                );
                return Err(format!("proof of conformance refused: {reason}"));
            }
        }
        let verified = self.inner.verify(block).await?;
        self.note(&verified);
        Ok(verified)
    }
}
