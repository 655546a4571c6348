// SPDX-License-Identifier: Apache-2.0
//! Registration: brings every entry block of the hospital chain to the consortium, in order.
//!
//! A call registers many blocks with one proof, and several calls are in flight at a time. The
//! consortium skips blocks that are registered already, so calls may overlap those of an earlier
//! attempt or of another gateway.

use crate::{
    error::{GatewayError, Result},
    ports::{EntrySource, Registering, Registry},
};
use bspp_types::{
    entries_root,
    limits::{MAX_BLOCKS_PER_CALL, MAX_ENTRIES_PER_CALL, MAX_REGISTRATION_BYTES},
    AnchoredHead, BlockEntries, BlockNumber, EntryBlock, EntryCommitment, Sequence,
};
use codec::Encode;

/// Maximum number of registrations in flight.
pub const MAX_IN_FLIGHT: usize = 8;
/// Maximum number of entries in a call, unless one block has more.
///
/// It is a quarter of what a call may have, so that the call fits into the blocks of short slots.
const CALL_ENTRIES: u32 = MAX_ENTRIES_PER_CALL / 4;

/// The result of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    /// All finalized entry blocks are registered.
    UpToDate,
    /// The next entry block can be proved only against a head from this height on.
    NeedsAnchor(u32),
    /// The entry blocks before this one are registered, the last in this consortium block.
    Until(Sequence, BlockNumber),
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

    /// Registers the next entry blocks, if there are any.
    ///
    /// The consortium names the next entry block, so that no block is sent again, even if another
    /// gateway registered it.
    ///
    /// # Errors
    /// `AnchorNotFound`; `EntryMismatch` if the node's answers contradict its state; and those of
    /// the chains.
    pub async fn step(&self) -> Result<Registered> {
        let first = self.target.next_sequence().await?;
        let Some(block) = self.source.entry_commitment(first).await? else {
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
        let (mut calls, mut next) = (Vec::new(), first);
        while calls.len() < MAX_IN_FLIGHT {
            let blocks = self.next_blocks(next, &head).await?;
            let Some(newest) = blocks.last().map(|block| block.sequence) else {
                break;
            };
            next = newest.saturating_add(1);
            let proof = self.source.prove_entry_block(newest, head.hash).await?;
            calls.push(Registering {
                head: head.hash,
                proof,
                blocks,
            });
        }
        let count = calls.len();
        let at = self.target.register_blocks(calls).await?;
        tracing::info!(
            first,
            next,
            calls = count,
            block = at,
            "entry blocks registered"
        );
        Ok(Registered::Until(next, at))
    }

    /// The entry blocks of the next call, which the head shows. Empty if there is none.
    async fn next_blocks(&self, first: Sequence, head: &AnchoredHead) -> Result<Vec<EntryBlock>> {
        let mut blocks: Vec<EntryBlock> = Vec::new();
        let (mut entries, mut bytes) = (0u32, 0usize);
        let max_bytes = usize::try_from(MAX_REGISTRATION_BYTES).unwrap_or(usize::MAX);
        let last = first.saturating_add(MAX_BLOCKS_PER_CALL);
        for sequence in first..last {
            let commitment = self.source.entry_commitment(sequence).await?;
            let Some(commitment) = commitment.filter(|block| block.number <= head.number) else {
                break;
            };
            entries = entries.saturating_add(commitment.count);
            if entries > CALL_ENTRIES && !blocks.is_empty() {
                break;
            }
            let block = self.entry_block(sequence, &commitment).await?;
            bytes = bytes.saturating_add(block.entries.encoded_size());
            if bytes > max_bytes && !blocks.is_empty() {
                break;
            }
            blocks.push(block);
        }
        Ok(blocks)
    }

    /// An entry block with its entries, which are those of its commitment.
    async fn entry_block(&self, sequence: Sequence, block: &EntryCommitment) -> Result<EntryBlock> {
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
        let entries = BlockEntries::try_from(entries).map_err(|_| {
            GatewayError::EntryMismatch(format!("block {} has too many entries", block.number))
        })?;
        Ok(EntryBlock {
            sequence,
            number: block.number,
            entries,
        })
    }
}

#[cfg(test)]
mod tests;
