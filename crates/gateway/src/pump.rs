// SPDX-License-Identifier: Apache-2.0
//! Anchors what must be anchored, then registers what can be registered.
//!
//! The order matters. While no hospital is anchored freshly enough, blocks of the consortium are restricted: they take anchors and
//! no registrations. Both are the operator's transactions, one nonce after the other. A registration sent first would hold the
//! anchor back that makes room for it.

use crate::{
    error::{GatewayError, Result},
    ports::{AnchorTarget, EntrySource, FinalitySource, Registry},
    register::{Registered, Registrar},
    relay::{Relay, Relayed},
};

/// Anchors and registers for one hospital.
pub struct Pump<S, T> {
    registrar: Registrar<S, T>,
    relay: Relay<S, T>,
}

impl<S, T> Pump<S, T>
where
    S: EntrySource + FinalitySource + Clone,
    T: Registry + AnchorTarget<Proof = S::Proof> + Clone,
{
    /// A pump from a hospital chain to the consortium. A head is anchored every `anchor_every` blocks at least.
    pub fn new(source: S, target: T, anchor_every: u32) -> Self {
        Self {
            registrar: Registrar::new(source.clone(), target.clone()),
            relay: Relay::new(source, target, anchor_every),
        }
    }

    /// Anchors and registers once. `true` if there may be more to do at once.
    ///
    /// # Errors
    /// Those of the relay and the registrar. An anchor that is refused does not keep entries from being registered against an
    /// earlier one; an anchor that only waits does.
    pub async fn step(&self) -> Result<bool> {
        let anchored = self.relay.advance(None).await;
        if let Err(GatewayError::Chain(error)) = &anchored {
            if error.is_transient() {
                return anchored.map(|_| false);
            }
        }
        let more = match self.registrar.step().await? {
            Registered::Block(..) => true,
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
