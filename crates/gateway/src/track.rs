// SPDX-License-Identifier: Apache-2.0
//! Tracking: follows stored records until searches find them.

use crate::{
    clock,
    error::Result,
    outbox::{Mark, Outbox, OutboxId, Progress},
    ports::{RecordSink, Registry},
    shares::ShareStore,
};
use bspp_types::{RecordId, RegisteredBlock, Sequence};
use std::collections::HashMap;

/// The number of blocks after which a stored record counts as lost and is sent again.
///
/// A lost record is one that finalized state does not have.
const LOST_AFTER: u32 = 2;

/// The failure of a record whose entry the consortium refused.
const REFUSED: &str =
    "EntryRefused: the consortium refused the entry; see the event EntriesRefused";

/// Follows the progress of records.
pub struct Tracker<K, T> {
    sink: K,
    registry: T,
    outbox: Outbox,
    shares: ShareStore,
}

impl<K: RecordSink, T: Registry> Tracker<K, T> {
    /// Makes a tracker.
    pub fn new(sink: K, registry: T, (outbox, shares): (Outbox, ShareStore)) -> Self {
        Self {
            sink,
            registry,
            outbox,
            shares,
        }
    }

    /// Updates the progress of all active records once. Returns those that became searchable.
    ///
    /// # Errors
    /// `OutboxFailed`, and those of the chains.
    pub async fn step(&self) -> Result<Vec<RecordId>> {
        let active: Vec<_> = self
            .outbox
            .active()?
            .into_iter()
            .filter(|(_, item)| item.progress.stored.is_some())
            .collect();
        if active.is_empty() {
            return Ok(Vec::new());
        }
        let height = self.sink.final_height().await?;
        let anchor = self.registry.anchor().await?;
        let mut blocks = Blocks {
            registry: &self.registry,
            seen: HashMap::new(),
        };
        let mut changed: HashMap<OutboxId, Progress> = HashMap::new();
        let mut searchable = Vec::new();
        for (id, item) in active {
            let mut progress = item.progress.clone();
            self.finality(item.rid, height, &mut progress).await?;
            if let (Some(final_mark), None, Some(head)) =
                (progress.finalized, progress.anchored, anchor)
            {
                if head.number >= final_mark.block {
                    progress.anchored = Some(at(head.anchored_at));
                }
            }
            if let (Some(_), Some(sequence)) = (progress.finalized, progress.sequence) {
                if progress.registered.is_none() {
                    if let Some(block) = blocks.get(sequence, false).await? {
                        progress.registered = Some(at(block.registered_at));
                        // A registered block was proved against an anchor, even if this gateway did
                        // not see it.
                        progress.anchored.get_or_insert(at(block.registered_at));
                    }
                }
                if progress.registered.is_some() {
                    if let Some(block) = blocks.get(sequence, true).await? {
                        match self
                            .registry
                            .is_indexed(item.rid, block.registered_at)
                            .await?
                        {
                            Some(true) => {
                                progress.searchable = Some(at(block.registered_at));
                                searchable.push(item.rid);
                            }
                            // Another encryption files the record in a batch that takes it.
                            Some(false)
                                if self.shares.redo(
                                    &self.outbox,
                                    (item.job, item.plain),
                                    REFUSED,
                                )? =>
                            {
                                tracing::warn!(record = id, "the consortium refused an entry");
                                continue;
                            }
                            Some(false) => progress.failure = Some(REFUSED.into()),
                            None => {}
                        }
                    }
                }
            }
            if progress != item.progress {
                changed.insert(id, progress);
            }
        }
        let ids: Vec<OutboxId> = changed.keys().copied().collect();
        self.outbox.update(&ids, |id, progress| {
            if let Some(new) = changed.get(&id) {
                *progress = new.clone();
            }
        })?;
        Ok(searchable)
    }

    async fn finality(&self, rid: RecordId, height: u32, progress: &mut Progress) -> Result<()> {
        let Some(stored) = progress.stored else {
            return Ok(());
        };
        if progress.finalized.is_some() || height < stored.block {
            return Ok(());
        }
        match self.sink.locate(rid, true).await? {
            Some(location) => {
                progress.finalized = Some(at(location.block));
                progress.sequence = Some(location.sequence);
            }
            // The block that included it was abandoned.
            None if height >= stored.block.saturating_add(LOST_AFTER)
                && self.sink.locate(rid, false).await?.is_none() =>
            {
                progress.stored = None;
            }
            None => {}
        }
        Ok(())
    }
}

fn at(block: u32) -> Mark {
    Mark {
        block,
        at: clock::now(),
    }
}

/// Registered blocks. A step queries each of them once.
struct Blocks<'a, T> {
    registry: &'a T,
    seen: HashMap<(Sequence, bool), Option<RegisteredBlock>>,
}

impl<T: Registry> Blocks<'_, T> {
    async fn get(
        &mut self,
        sequence: Sequence,
        finalized: bool,
    ) -> Result<Option<RegisteredBlock>> {
        if let Some(known) = self.seen.get(&(sequence, finalized)) {
            return Ok(*known);
        }
        let found = self.registry.registered(sequence, finalized).await?;
        self.seen.insert((sequence, finalized), found);
        Ok(found)
    }
}

#[cfg(test)]
mod tests;
