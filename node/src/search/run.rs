// SPDX-License-Identifier: Apache-2.0
//! A run of a search (protocol section 5).
//!
//! It computes one pairing for each query and batch in its scope, and then looks up tags in the
//! index.

use super::{
    scope::{scope, ScopeError},
    view::ChainView,
};
use bspp_peks::{
    BatchPoint, DefaultBackend, G1Point, Match, MonthLabel, PairingBackend, Search, SearchTrapdoor,
};
use bspp_rpc_types::{FoundRecord, SearchEvent, SearchProgress, SearchSummary};
use bspp_tag_index::{IndexError, Location, Place, TagIndexDb};
use bspp_types::{BatchId, BlockNumber, FilingMonth, HospitalId};
use std::{
    collections::{hash_map::Entry as MapEntry, HashMap},
    future::Future,
    sync::Arc,
    time::Duration,
};

/// Maximum time for which a search waits until the index reaches the finalized head.
const INDEX_PATIENCE: Duration = if cfg!(test) {
    Duration::from_millis(50)
} else {
    Duration::from_secs(30)
};

/// A trapdoor with its label and month. Both secrets are erased after the query has run.
pub struct Query {
    /// The label, and the filing month for which the trapdoor works.
    pub label: MonthLabel,
    /// The trapdoor.
    pub trapdoor: SearchTrapdoor,
}

/// The content of a search. All points are validated.
pub struct Plan {
    /// The hospital whose batches the search reads.
    pub hospital: HospitalId,
    /// The patient's search key `A_s`.
    pub search_point: G1Point,
    /// The queries.
    pub queries: Vec<Query>,
}

/// The receiver of the messages of a search.
pub trait EventSink: Send {
    /// Sends one message. Returns false if the receiver has left.
    fn send(&mut self, event: SearchEvent) -> impl Future<Output = bool> + Send;
}

/// The reason why a search ends before its summary.
enum End {
    /// The receiver has left.
    Abandoned,
    /// The search cannot continue.
    Failed(String),
}

impl From<IndexError> for End {
    fn from(error: IndexError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<ScopeError> for End {
    fn from(error: ScopeError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Runs a search to its end and sends its messages to the sink.
///
/// The search computes for a long time without a pause: run it on a thread that may block.
pub async fn run(plan: Plan, view: &dyn ChainView, index: &TagIndexDb, sink: &mut impl EventSink) {
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
    index: &TagIndexDb,
    sink: &mut impl EventSink,
) -> Result<(), End> {
    let (at_block, at_hash) = view.finalized();
    wait_for_index(index, at_block).await?;

    let mut scopes: HashMap<FilingMonth, Arc<[BatchPoint]>> = HashMap::new();
    for query in &plan.queries {
        if let MapEntry::Vacant(vacant) = scopes.entry(query.label.filing_month) {
            vacant.insert(scope(view, at_hash, plan.hospital, query.label.filing_month)?.into());
        }
    }
    let scope_of = |filing_month| scopes.get(&filing_month).cloned().unwrap_or_default();
    let total: u64 = plan
        .queries
        .iter()
        .map(|query| scope_of(query.label.filing_month).len() as u64)
        .sum();

    let mut summary = SearchSummary {
        batches: 0,
        pairings: 0,
        matches: 0,
        at_block,
        at_hash,
    };
    for (number, query) in plan.queries.into_iter().enumerate() {
        let batches = scope_of(query.label.filing_month);
        let search = Search::<B, _, _>::new(
            index,
            batches.iter().cloned(),
            &query.trapdoor,
            &plan.search_point,
            query.label,
        );
        for outcome in search {
            for found in outcome?.matches {
                let found = located(index, plan.hospital, number, found)?;
                summary.matches = summary.matches.saturating_add(1);
                tell(sink, SearchEvent::Match(Box::new(found))).await?;
            }
            summary.batches = summary.batches.saturating_add(1);
            summary.pairings = summary.pairings.saturating_add(1);
            let progress = SearchProgress {
                batches_done: summary.batches,
                batches_total: total,
            };
            tell(sink, SearchEvent::Progress(progress)).await?;
        }
    }
    tell(sink, SearchEvent::Done(summary)).await
}

/// The message about a match, with its entry and path.
fn located(
    index: &TagIndexDb,
    hospital: HospitalId,
    query: usize,
    found: Match<Place>,
) -> Result<FoundRecord, IndexError> {
    let Place {
        sequence,
        leaf,
        slot,
        ..
    } = found.entry;
    let location = Location {
        hospital,
        sequence,
        leaf,
    };
    let (entry, path) = index.entry(&location)?.ok_or(IndexError::InvalidValue)?;
    Ok(FoundRecord {
        query,
        batch: BatchId::from(found.batch),
        counter: found.counter,
        rid: entry.rid(),
        hospital,
        sequence,
        slot,
        entry,
        path,
    })
}

async fn tell(sink: &mut impl EventSink, event: SearchEvent) -> Result<(), End> {
    if sink.send(event).await {
        Ok(())
    } else {
        Err(End::Abandoned)
    }
}

/// Waits until the index has reached a block.
///
/// A search over an index that is behind would miss records. Therefore the search fails if the
/// index does not reach the block in time.
async fn wait_for_index(index: &TagIndexDb, number: BlockNumber) -> Result<(), End> {
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
