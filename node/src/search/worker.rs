// SPDX-License-Identifier: Apache-2.0
//! The worker that fills the tag index from finalized blocks.
//!
//! It indexes first the blocks that it has missed, and then each block when it is finalized.
//!
//! The worker is a separate task, and block import never waits for it. The state of the finalized
//! head says which registrations of each block succeeded, and where their entries are in the body.
//! So the worker needs all bodies, but no state of an old block.

use super::view::{ChainView, ViewError};
use bspp_tag_index::{IndexError, TagIndexDb};
use futures::{Stream, StreamExt};
use std::{path::Path, sync::Arc, time::Instant};

/// Log target of index and worker.
const LOG: &str = "tag-index";
/// Number of blocks between two lines about progress in the log.
const REPORT_EVERY: u32 = 1_000;

/// The reason why a block was not indexed.
///
/// The worker tries again after the next finalized block.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The index returned an error.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The chain cannot be read.
    #[error(transparent)]
    Chain(#[from] ViewError),
}

/// Opens the index.
///
/// If the last block of the index is not in this chain's history, the worker drops the index and
/// fills it again.
///
/// # Errors
///
/// The errors of [`TagIndexDb::open`].
pub fn open(path: &Path, rebuild: bool, view: &dyn ChainView) -> Result<TagIndexDb, WorkerError> {
    let genesis = view.hash(0)?;
    let index = TagIndexDb::open(path, genesis, rebuild)?;
    let (finalized, _) = view.finalized();
    let status = index.status();
    // After a purge of the chain's database, the index may be ahead of the chain. The chain will
    // catch up.
    if status.number <= finalized && view.hash(status.number)? != status.hash {
        log::warn!(target: LOG, "block {} of the tag index is not this chain's; it is filled again", status.number);
        drop(index);
        return Ok(TagIndexDb::open(path, genesis, true)?);
    }
    Ok(index)
}

/// Follows the chain until the stream of finality notifications ends.
pub async fn run(
    index: Arc<TagIndexDb>,
    view: Arc<dyn ChainView>,
    mut finalized: impl Stream<Item = ()> + Unpin,
) {
    let mut last_error = None;
    loop {
        match catch_up(&index, &*view).await {
            Ok(()) => last_error = None,
            Err(error) => {
                // A repeated error is logged only once.
                let error = error.to_string();
                if last_error.as_ref() != Some(&error) {
                    log::error!(target: LOG, "{error}");
                    last_error = Some(error);
                }
            }
        }
        if finalized.next().await.is_none() {
            return;
        }
    }
}

/// Indexes every finalized block that is not in the index yet.
///
/// # Errors
///
/// The first error. The earlier blocks stay indexed.
pub async fn catch_up(index: &TagIndexDb, view: &dyn ChainView) -> Result<(), WorkerError> {
    let started = Instant::now();
    let first = index.status().number;
    loop {
        let (target, _) = view.finalized();
        let number = index.status().number;
        if number >= target {
            break;
        }
        let next = number.saturating_add(1);
        index.insert_block(&view.block(next)?)?;
        if next.saturating_sub(first).is_multiple_of(REPORT_EVERY) {
            log::info!(target: LOG, "indexed {next} of {target} blocks");
        }
        // Lets the task end when the node stops.
        tokio::task::yield_now().await;
    }
    let status = index.status();
    if status.number.saturating_sub(first) > REPORT_EVERY {
        log::info!(
            target: LOG,
            "caught up with block {}: {} entries, {:?}",
            status.number,
            status.entries,
            started.elapsed()
        );
    }
    Ok(())
}
