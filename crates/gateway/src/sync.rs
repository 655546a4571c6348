// SPDX-License-Identifier: Apache-2.0
//! Synchronization: anchors every due head, then registers all possible entry blocks.
//!
//! The order matters. While the anchors of all hospitals are too old, blocks of the consortium are
//! restricted: they include anchors, but no registrations. If both are transactions of the operator
//! they have consecutive nonces, and a registration that is sent first would block the anchor that
//! it needs. With an anchorer's key (`anchor_key_file`) anchors have nonces of their own.

use crate::{
    error::{GatewayError, Result},
    ports::{AnchorTarget, EntrySource, FinalitySource, Registry},
    register::{Registered, Registrar},
    relay::{Relay, Relayed},
};

/// Anchors and registers for one hospital.
pub struct Synchronizer<S, T> {
    registrar: Registrar<S, T>,
    relay: Relay<S, T>,
}

impl<S, T> Synchronizer<S, T>
where
    S: EntrySource + FinalitySource + Clone,
    T: Registry + AnchorTarget<Proof = S::Proof> + Clone,
{
    /// Makes a synchronizer from a hospital chain to the consortium.
    ///
    /// It anchors a head at least every `anchor_every` blocks.
    pub fn new(source: S, target: T, anchor_every: u32) -> Self {
        Self {
            registrar: Registrar::new(source.clone(), target.clone()),
            relay: Relay::new(source, target, anchor_every),
        }
    }

    /// Anchors and registers once. `true` if there may be more work immediately.
    ///
    /// # Errors
    /// Those of the relay and the registrar. After a refused anchor, the method still registers
    /// entries against an earlier anchor. After an anchor of the operator that only waits, it does
    /// not. If the hospital's chain does not contain its anchor, it does neither.
    pub async fn step(&self) -> Result<bool> {
        let anchored = self.relay.advance(None).await;
        if matches!(
            anchored,
            Err(GatewayError::ChainRebuilt { .. } | GatewayError::AnchorNotOnChain(_))
        ) {
            return anchored.map(|_| false);
        }
        if let Err(GatewayError::Chain(error)) = &anchored {
            if error.is_transient() && !self.relay.has_own_account() {
                return anchored.map(|_| false);
            }
        }
        let more = match self.registrar.step().await? {
            Registered::Until(..) => true,
            Registered::NeedsAnchor(number) => {
                let relayed = self.relay.advance(Some(number)).await?;
                relayed.head().number >= number
            }
            Registered::UpToDate => false,
        };
        if let Relayed::Waiting(head) = anchored? {
            tracing::debug!(number = head.number, "a head is due and not provable yet");
        }
        Ok(more)
    }
}

#[cfg(test)]
mod tests;
