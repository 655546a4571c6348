// SPDX-License-Identifier: Apache-2.0
//! A search: one pairing for each batch in scope and query, then look-ups in the index (protocol section 5).

use super::{
    event::entry_hex,
    index::{IndexError, PhiIndex},
    place::Location,
    view::{ChainView, ViewError},
    SearchEvent,
};
use bspp_peks::{
    search_batch, BatchPoint, DefaultBackend, G1Point, PairingBackend, SearchSecret, SearchTrapdoor,
};
use bspp_primitives::{BatchId, BlockNumber, Epoch, Hash, HospitalId};
use std::{
    collections::{hash_map::Entry as MapEntry, HashMap},
    future::Future,
    sync::Arc,
    time::Duration,
};

/// Batches that are read from the runtime in one call.
const PAGE: u32 = 256;
/// How long a search waits for the index to reach the finalized head.
const INDEX_PATIENCE: Duration = if cfg!(test) {
    Duration::from_millis(50)
} else {
    Duration::from_secs(30)
};

/// One trapdoor and the month it is good for.
pub struct Query {
    /// Month of filing.
    pub epoch: Epoch,
    /// The trapdoor. Erased when the query has been run.
    pub trapdoor: SearchTrapdoor,
}

/// What to search for. All points are validated.
pub struct Plan {
    /// The hospital whose batches are searched.
    pub hospital: HospitalId,
    /// The patient's search key `A_s`.
    pub search_point: G1Point,
    /// What to look for.
    pub queries: Vec<Query>,
}

/// Where messages go.
pub trait EventSink: Send {
    /// Sends one message. False when nobody listens any more.
    fn send(&mut self, event: SearchEvent) -> impl Future<Output = bool> + Send;
}

/// Why a search ends without its last message.
enum End {
    /// Nobody listens.
    Abandoned,
    /// It cannot go on.
    Failed(String),
}

impl From<IndexError> for End {
    fn from(error: IndexError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<ViewError> for End {
    fn from(error: ViewError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Runs a search to its end and tells the sink. Computes for long stretches: run it on a thread that may block.
pub async fn run(plan: Plan, view: &dyn ChainView, index: &PhiIndex, sink: &mut impl EventSink) {
    match run_with::<DefaultBackend>(plan, view, index, sink).await {
        Ok(()) | Err(End::Abandoned) => {}
        Err(End::Failed(reason)) => {
            sink.send(SearchEvent::Failed { reason }).await;
        }
    }
}

async fn run_with<B: PairingBackend>(
    plan: Plan,
    view: &dyn ChainView,
    index: &PhiIndex,
    sink: &mut impl EventSink,
) -> Result<(), End> {
    let (at_block, at_hash) = view.finalized();
    wait_for_index(index, at_block).await?;

    let mut scopes: HashMap<Epoch, Arc<[BatchPoint]>> = HashMap::new();
    for query in &plan.queries {
        if let MapEntry::Vacant(vacant) = scopes.entry(query.epoch) {
            vacant.insert(scope(view, at_hash, plan.hospital, query.epoch)?.into());
        }
    }
    let scope_of = |epoch| scopes.get(&epoch).cloned().unwrap_or_default();
    let total = plan
        .queries
        .iter()
        .map(|query| scope_of(query.epoch).len() as u64)
        .sum();

    let (mut done, mut pairings, mut matches) = (0u64, 0u64, 0u64);
    for (number, query) in (0u32..).zip(plan.queries) {
        let prepared = query.trapdoor.prepare::<B>();
        for batch in scope_of(query.epoch).iter() {
            let secret = SearchSecret::from_trapdoor_prepared::<B>(
                &batch.point,
                &prepared,
                &plan.search_point,
            );
            pairings = pairings.saturating_add(1);
            for found in search_batch(index, &batch.id, &secret)?.matches {
                let location = Location {
                    hospital: plan.hospital,
                    sequence: found.entry.sequence,
                    leaf: found.entry.leaf,
                };
                let (entry, path) = index.entry(&location)?.ok_or(IndexError::InvalidValue)?;
                let rid = entry.rid();
                let (entry, path) = entry_hex(&entry, &path);
                matches = matches.saturating_add(1);
                tell(
                    sink,
                    SearchEvent::Match {
                        query: number,
                        batch: BatchId::from(found.batch),
                        counter: found.counter,
                        rid,
                        hospital: plan.hospital,
                        sequence: location.sequence,
                        slot: found.entry.slot,
                        entry,
                        path,
                    },
                )
                .await?;
            }
            done = done.saturating_add(1);
            tell(
                sink,
                SearchEvent::Progress {
                    batches_done: done,
                    batches_total: total,
                },
            )
            .await?;
        }
    }
    tell(
        sink,
        SearchEvent::Done {
            batches: done,
            pairings,
            matches,
            at_block,
            at_hash,
        },
    )
    .await
}

async fn tell(sink: &mut impl EventSink, event: SearchEvent) -> Result<(), End> {
    if sink.send(event).await {
        Ok(())
    } else {
        Err(End::Abandoned)
    }
}

/// A search over an index that is behind would miss records, so it waits, and fails rather than miss any.
async fn wait_for_index(index: &PhiIndex, number: BlockNumber) -> Result<(), End> {
    let mut status = index.watch();
    let reached = status.wait_for(|status| status.number >= number);
    let in_time = tokio::time::timeout(INDEX_PATIENCE, reached)
        .await
        .is_ok_and(|found| found.is_ok());
    if in_time {
        return Ok(());
    }
    Err(End::Failed(format!(
        "the tag index is at block {} and the chain is finalized to {number}; try again when phi_indexStatus says ready",
        index.status().number
    )))
}

/// All batches of a hospital and month.
fn scope(
    view: &dyn ChainView,
    at: Hash,
    hospital: HospitalId,
    epoch: Epoch,
) -> Result<Vec<BatchPoint>, End> {
    let mut batches = Vec::new();
    loop {
        let from = u32::try_from(batches.len()).unwrap_or(u32::MAX);
        let page = view.batches(at, hospital, epoch, from, PAGE)?;
        if page.is_empty() {
            return Ok(batches);
        }
        for item in page {
            let point =
                item.batch.header.point.validate().map_err(|error| {
                    End::Failed(format!("InvalidBatch: {:?}: {error}", item.id))
                })?;
            batches.push(BatchPoint {
                id: item.id.0,
                point,
            });
        }
    }
}
