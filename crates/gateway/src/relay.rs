// SPDX-License-Identifier: Apache-2.0
//! The relay: anchors heads of the hospital chain on the consortium.
//!
//! Not every head: those from which on pending entries can be proved, every header with a change of authorities, in order, and
//! now and then one, so that the anchor does not grow old. Proofs come from `grandpa_proveFinality`, which never leads beyond
//! the end of an authority set: asking for the height after the anchor gives the set changes one after another, after a restart
//! as well as live.

use crate::{
    error::{GatewayError, Result},
    ports::{AnchorTarget, FinalitySource},
};
use bspp_primitives::AnchoredHead;

/// What a step of the relay came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relayed {
    /// Nothing is due. The anchor stands here.
    UpToDate(AnchoredHead),
    /// A head is due and the chain has no proof for it yet.
    Waiting(AnchoredHead),
}

impl Relayed {
    /// Where the anchor stands.
    pub fn head(&self) -> AnchoredHead {
        match self {
            Self::UpToDate(head) | Self::Waiting(head) => *head,
        }
    }
}

/// Relays from one hospital chain to the consortium.
pub struct Relay<S, T> {
    source: S,
    target: T,
    /// After how many blocks a head is anchored although nothing needs it.
    anchor_every: u32,
}

impl<S, T> Relay<S, T>
where
    S: FinalitySource,
    T: AnchorTarget<Proof = S::Proof>,
{
    /// A relay.
    pub fn new(source: S, target: T, anchor_every: u32) -> Self {
        Self {
            source,
            target,
            anchor_every: anchor_every.max(1),
        }
    }

    async fn anchored(&self) -> Result<(AnchoredHead, u64)> {
        self.target
            .anchored_head()
            .await?
            .ok_or(GatewayError::AnchorNotFound)
    }

    /// Anchors heads until the anchor is at `needed` or above, no change of authorities is pending and the anchor is fresh, or
    /// until the chain has nothing more to prove.
    ///
    /// # Errors
    /// `AnchorNotFound`, `AuthoritySetMismatch`, and those of the chains.
    pub async fn advance(&self, needed: Option<u32>) -> Result<Relayed> {
        let finalized = self.source.finalized_number().await?;
        let latest_set = self.source.latest_set_id().await?;
        loop {
            let (head, set_id) = self.anchored().await?;
            let behind = finalized.saturating_sub(head.number);
            let due = needed.is_some_and(|needed| needed > head.number)
                || (latest_set != set_id && behind > 0)
                || behind >= self.anchor_every;
            if !due {
                return Ok(Relayed::UpToDate(head));
            }
            let next = head.number.saturating_add(1);
            let Some(proof) = self.source.prove_finality(next).await? else {
                return Ok(Relayed::Waiting(head));
            };
            if proof.number <= head.number {
                return Ok(Relayed::Waiting(head));
            }
            let (found, proof) = self.source.optimize(head.hash, proof).await?;
            if found != set_id {
                return Err(GatewayError::AuthoritySetMismatch {
                    expected: set_id,
                    found,
                });
            }
            self.target.submit_proof(&proof).await?;
            let (now, _) = self.anchored().await?;
            tracing::info!(number = now.number, "hospital head anchored");
            if now.number <= head.number {
                // Another relayer was faster, or the block was abandoned: look again at the next wake-up.
                return Ok(Relayed::Waiting(now));
            }
        }
    }
}

#[cfg(test)]
mod tests;
