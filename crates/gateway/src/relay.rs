// SPDX-License-Identifier: Apache-2.0
//! The relay: anchors heads of the hospital chain on the consortium.
//!
//! It anchors the heads that pending entries need, every header with a change of voters, in order,
//! and one more from time to time, so that the anchor stays recent. Proofs come from
//! `grandpa_proveFinality`, which never reaches beyond the end of a set of voters: repeated queries
//! for the height after the anchor give the changes of the set one after another, also after a
//! restart.

use crate::{
    error::{GatewayError, Result},
    ports::{AnchorTarget, FinalitySource},
};
use bspp_types::AnchoredHead;

/// The result of a step of the relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relayed {
    /// Nothing is due. The value is the anchored head.
    UpToDate(AnchoredHead),
    /// A head is due, but the chain has no proof for it yet. The value is the anchored head.
    Waiting(AnchoredHead),
}

impl Relayed {
    /// The anchored head.
    pub fn head(&self) -> AnchoredHead {
        match self {
            Self::UpToDate(head) | Self::Waiting(head) => *head,
        }
    }
}

/// Relays heads from one hospital chain to the consortium.
pub struct Relay<S, T> {
    source: S,
    target: T,
    /// The number of blocks after which a head is anchored although nothing needs it.
    anchor_every: u32,
}

impl<S, T> Relay<S, T>
where
    S: FinalitySource,
    T: AnchorTarget<Proof = S::Proof>,
{
    /// Makes a relay.
    pub fn new(source: S, target: T, anchor_every: u32) -> Self {
        Self {
            source,
            target,
            anchor_every: anchor_every.max(1),
        }
    }

    /// Whether anchors come from an account of their own.
    pub fn has_own_account(&self) -> bool {
        self.target.has_own_account()
    }

    async fn anchored(&self) -> Result<(AnchoredHead, u64)> {
        self.target
            .anchored_head()
            .await?
            .ok_or(GatewayError::AnchorNotFound)
    }

    /// Checks that the anchored block is in the hospital's chain.
    ///
    /// # Errors
    /// `AnchorNotFound`, `ChainRebuilt`, `AnchorNotOnChain`, and those of the chains.
    pub async fn check(&self) -> Result<()> {
        let (head, _) = self.anchored().await?;
        let finalized = self.source.finalized_number().await?;
        self.check_head(&head, finalized).await
    }

    async fn check_head(&self, head: &AnchoredHead, finalized: u32) -> Result<()> {
        if finalized < head.number {
            return Err(GatewayError::ChainRebuilt {
                anchored: head.number,
                finalized,
            });
        }
        if !self.source.contains(head.number, head.hash).await? {
            return Err(GatewayError::AnchorNotOnChain(head.number));
        }
        Ok(())
    }

    /// Anchors heads until nothing is due, or until the chain has no further proof.
    ///
    /// Nothing is due if the anchor is at `needed` or above, no change of voters is pending and the
    /// anchor is recent.
    ///
    /// # Errors
    /// `AnchorNotFound`, `ChainRebuilt`, `AnchorNotOnChain`, `AuthoritySetMismatch`, and those of
    /// the chains.
    pub async fn advance(&self, needed: Option<u32>) -> Result<Relayed> {
        let (head, _) = self.anchored().await?;
        // After the anchor: the chain only grows, so it must have reached it.
        let finalized = self.source.finalized_number().await?;
        self.check_head(&head, finalized).await?;
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
                // Another relayer was faster, or the block was abandoned: look again at the next
                // wake-up.
                return Ok(Relayed::Waiting(now));
            }
        }
    }
}

#[cfg(test)]
mod tests;
