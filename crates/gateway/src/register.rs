// SPDX-License-Identifier: Apache-2.0
//! Registration: brings every entry block of the hospital chain to the consortium, in order.

use crate::{
    error::{GatewayError, Result},
    ports::{EntrySource, Registry},
};
use bspp_types::{entries_root, BlockNumber, Sequence};

/// The result of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    /// All finalized entry blocks are registered.
    UpToDate,
    /// The next entry block can be proved only against a head from this height on.
    NeedsAnchor(u32),
    /// An entry block was registered in this consortium block.
    Block(Sequence, BlockNumber),
}

/// Registers the entry blocks of one hospital.
pub struct Registrar<S, T> {
    source: S,
    target: T,
}

impl<S: EntrySource, T: Registry> Registrar<S, T> {
    /// Makes a registrar.
    pub fn new(source: S, target: T) -> Self {
        Self { source, target }
    }

    /// Registers the next entry block, if there is one.
    ///
    /// The consortium names the next entry block, so that no block is sent again, even if another
    /// gateway registered it.
    ///
    /// # Errors
    /// `AnchorNotFound`; `EntryMismatch` if the node's answers contradict its state; and those of
    /// the chains.
    pub async fn step(&self) -> Result<Registered> {
        let sequence = self.target.next_sequence().await?;
        let Some(block) = self.source.entry_commitment(sequence).await? else {
            return Ok(Registered::UpToDate);
        };
        let head = self
            .target
            .anchor()
            .await?
            .ok_or(GatewayError::AnchorNotFound)?;
        if head.number < block.number {
            return Ok(Registered::NeedsAnchor(block.number));
        }
        let entries = self.source.entries(block.number).await?;
        if u32::try_from(entries.len()).ok() != Some(block.count) {
            return Err(GatewayError::EntryMismatch(format!(
                "block {} has {} entries, its state says {}",
                block.number,
                entries.len(),
                block.count
            )));
        }
        if entries_root(&entries) != block.root {
            return Err(GatewayError::EntryMismatch(format!(
                "the entries of block {} do not have the root of its state",
                block.number
            )));
        }
        let proof = self.source.prove_entry_block(sequence, head.hash).await?;
        let count = entries.len();
        let at = self
            .target
            .register_entries(sequence, head.hash, proof, entries)
            .await?;
        tracing::info!(sequence, count, block = at, "entries registered");
        Ok(Registered::Block(sequence, at))
    }
}

#[cfg(test)]
mod tests;
