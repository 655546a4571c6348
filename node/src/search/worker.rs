// SPDX-License-Identifier: Apache-2.0
//! Fills the tag index from finalized blocks: first those it has not seen, then each as it is finalized.
//!
//! It is a task of its own and block import never waits for it. It asks each block's own state which registrations succeeded, so
//! a node of the consortium chain keeps all states.

use super::{
    index::{IndexError, PhiIndex},
    view::{ChainView, ViewError},
};
use futures::{Stream, StreamExt};
use std::{path::Path, sync::Arc, time::Instant};

/// Log target of index and worker.
const LOG: &str = "tag-index";
/// Blocks between two lines of progress while catching up.
const REPORT_EVERY: u32 = 1_000;

/// Why a block was not indexed. It is tried again after the next finalized block.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The index fails.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The chain cannot be read.
    #[error(transparent)]
    Chain(#[from] ViewError),
}

/// Opens the index, and drops and fills it again if its last block is not of this chain's history.
///
/// # Errors
///
/// What [`PhiIndex::open`] says.
pub fn open(path: &Path, rebuild: bool, view: &dyn ChainView) -> Result<PhiIndex, WorkerError> {
    let genesis = view.hash(0)?;
    let index = PhiIndex::open(path, genesis, rebuild)?;
    let (finalized, _) = view.finalized();
    let status = index.status();
    // An index ahead of the chain is normal after the chain's database was purged: the chain comes after.
    if status.number <= finalized && view.hash(status.number)? != status.hash {
        log::warn!(target: LOG, "block {} of the tag index is not this chain's; it is filled again", status.number);
        drop(index);
        return Ok(PhiIndex::open(path, genesis, true)?);
    }
    Ok(index)
}

/// Follows the chain until the stream of finality notifications ends.
pub async fn run(
    index: Arc<PhiIndex>,
    view: Arc<dyn ChainView>,
    mut finalized: impl Stream<Item = ()> + Unpin,
) {
    let mut last_error = None;
    loop {
        match catch_up(&index, &*view).await {
            Ok(()) => last_error = None,
            Err(error) => {
                // The same error at every block is said once.
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

/// Indexes every finalized block that is not in.
///
/// # Errors
///
/// The first failure; what came before it stays indexed.
pub async fn catch_up(index: &PhiIndex, view: &dyn ChainView) -> Result<(), WorkerError> {
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
