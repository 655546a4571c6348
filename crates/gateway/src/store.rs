// SPDX-License-Identifier: Apache-2.0
//! Storage: sends the outbox's records to the hospital chain, in order, each exactly once.
//!
//! Before the gateway sends a record, it looks for the record's identifier on the chain. It sends
//! the same bytes again after a failure. The chain refuses a second record with the same
//! identifier.

use crate::{
    clock,
    error::Result,
    outbox::{Mark, Outbox, OutboxId, OutboxRecord},
    ports::{Outgoing, RecordSink, StoreOutcome},
    shares::ShareStore,
};

/// Refusals that another encryption heals: of another batch, month or consent.
///
/// A block that is not final may refuse for a consent: the job judges it by finalized state.
const AGAIN: [&str; 5] = [
    "PhiRecords::ConsentNotFound",
    "PhiRecords::InvalidIndex",
    "PhiRecords::BatchNotFound",
    "PhiRecords::NotAuthorized",
    "PhiRecords::FilingMonthClosed",
];

/// Sends records to the hospital chain.
pub struct Storer<K> {
    sink: K,
    outbox: Outbox,
    shares: ShareStore,
    window: usize,
}

impl<K: RecordSink> Storer<K> {
    /// Makes a storer that sends a maximum of `window` records at a time.
    pub fn new(sink: K, (outbox, shares): (Outbox, ShareStore), window: usize) -> Self {
        Self {
            sink,
            outbox,
            shares,
            window: window.max(1),
        }
    }

    fn mark(&self, id: OutboxId, block: u32) -> Result<()> {
        let mark = Mark {
            block,
            at: clock::now(),
        };
        self.outbox
            .update(&[id], |_, progress| progress.stored = Some(mark))
    }

    /// Queues the plain record of an entry for another encryption.
    fn redo(&self, id: OutboxId, reason: &str) -> Result<bool> {
        match self.outbox.record(id)? {
            Some(item) => self
                .shares
                .redo(&self.outbox, (item.job, item.plain), reason),
            // It was given up with another entry of the same record.
            None => Ok(true),
        }
    }

    /// Sends the next records, if there are any. Returns how many were stored.
    ///
    /// # Errors
    /// `OutboxFailed`, and those of the chain.
    pub async fn step(&self) -> Result<usize> {
        let waiting = |(_, item): &(OutboxId, OutboxRecord)| {
            item.progress.stored.is_none() && item.progress.failure.is_none()
        };
        let mut ids = Vec::new();
        let mut outgoing = Vec::new();
        let mut stored = 0usize;
        for (id, item) in self.outbox.active()?.into_iter().filter(waiting) {
            if outgoing.len() >= self.window {
                break;
            }
            if let Some(location) = self.sink.locate(item.rid, false).await? {
                self.mark(id, location.block)?;
                stored = stored.saturating_add(1);
                continue;
            }
            ids.push(id);
            outgoing.push(Outgoing {
                rid: item.rid,
                record: item.record,
            });
        }
        if outgoing.is_empty() {
            return Ok(stored);
        }
        for (id, outcome) in ids.into_iter().zip(self.sink.store(outgoing).await) {
            match outcome {
                StoreOutcome::Stored(block) => {
                    self.mark(id, block)?;
                    stored = stored.saturating_add(1);
                }
                StoreOutcome::Refused(reason) => {
                    tracing::warn!(record = id, reason, "the hospital chain refuses a record");
                    if AGAIN.contains(&reason.as_str()) && self.redo(id, &reason)? {
                        continue;
                    }
                    self.outbox
                        .update(&[id], |_, progress| progress.failure = Some(reason.clone()))?;
                }
                StoreOutcome::Unknown(reason) => {
                    tracing::debug!(
                        record = id,
                        reason,
                        "it is unknown whether a record is stored"
                    );
                }
            }
        }
        Ok(stored)
    }
}

#[cfg(test)]
mod tests;
