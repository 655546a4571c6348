// SPDX-License-Identifier: Apache-2.0

//! Search: one pairing per batch, then look-ups (protocol section 5).

use crate::{
    backend::PairingBackend,
    points::G1Point,
    tag::{SearchSecret, GAP},
    trapdoor::SearchTrapdoor,
    BatchId, Tag,
};
use alloc::vec::Vec;
use core::ops::ControlFlow;

/// A slot found under a tag.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hit<E> {
    /// `M` of the slot.
    pub match_public: [u8; 32],
    /// Whatever the index knows of the slot's entry.
    pub entry: E,
}

/// An index `(batch, tag) → all slots with that tag`.
pub trait TagIndex {
    /// What the index knows of an entry.
    type Entry;
    /// Why a look-up failed.
    type Error;

    /// All slots of `batch` with `tag`. None is no error.
    fn lookup(&self, batch: &BatchId, tag: &Tag) -> Result<Vec<Hit<Self::Entry>>, Self::Error>;
}

/// A batch in the scope of a search.
#[derive(Clone, Debug)]
pub struct BatchPoint {
    /// The batch's id.
    pub id: BatchId,
    /// `R`.
    pub point: G1Point,
}

/// A record found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Match<E> {
    /// The batch.
    pub batch: BatchId,
    /// The counter of the tag.
    pub counter: u32,
    /// The tag.
    pub tag: Tag,
    /// `M`, which the searcher's secret derives.
    pub match_public: [u8; 32],
    /// What the index knows of the entry.
    pub entry: E,
}

/// What the search of one batch gave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BatchOutcome<E> {
    /// The batch.
    pub batch: BatchId,
    /// Records found, by counter.
    pub matches: Vec<Match<E>>,
    /// Look-ups made.
    pub lookups: u64,
}

/// What a whole search did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SearchSummary {
    /// Batches searched, which is also the number of pairings.
    pub batches: u64,
    /// Look-ups made.
    pub lookups: u64,
    /// Records found.
    pub matches: u64,
    /// Whether every batch in scope was searched.
    pub completed: bool,
}

/// Looks up tag 0, 1, … in one batch until [`GAP`] in a row are absent. No pairing.
///
/// A slot with the right tag whose `M` does not follow from `secret` is someone else's, or forged, and counts as absent.
pub fn search_batch<I: TagIndex + ?Sized>(
    index: &I,
    batch: &BatchId,
    secret: &SearchSecret,
) -> Result<BatchOutcome<I::Entry>, I::Error> {
    let mut outcome = BatchOutcome {
        batch: *batch,
        matches: Vec::new(),
        lookups: 0,
    };
    let mut absent = 0;
    for counter in 0..=u32::MAX {
        let tag = secret.tag(counter);
        let hits = index.lookup(batch, &tag)?;
        outcome.lookups = outcome.lookups.saturating_add(1);
        let before = outcome.matches.len();
        if !hits.is_empty() {
            let expected = secret.match_key(counter).public();
            let genuine = hits.into_iter().filter(|hit| hit.match_public == expected);
            outcome.matches.extend(genuine.map(|hit| Match {
                batch: *batch,
                counter,
                tag,
                match_public: hit.match_public,
                entry: hit.entry,
            }));
        }
        absent = if outcome.matches.len() == before {
            absent + 1
        } else {
            0
        };
        if absent == GAP {
            break;
        }
    }
    Ok(outcome)
}

/// Searches all batches with one trapdoor: exactly one pairing each, and none besides.
///
/// `a_s` is the search key that the trapdoor belongs to. `on_batch` gets each batch's outcome as soon as it is there, and may
/// end the search.
pub fn search<B: PairingBackend, I: TagIndex + ?Sized>(
    index: &I,
    batches: impl IntoIterator<Item = BatchPoint>,
    trapdoor: &SearchTrapdoor,
    a_s: &G1Point,
    mut on_batch: impl FnMut(BatchOutcome<I::Entry>) -> ControlFlow<()>,
) -> Result<SearchSummary, I::Error> {
    let prepared = trapdoor.prepare::<B>();
    let mut summary = SearchSummary::default();
    for batch in batches {
        let secret = SearchSecret::from_trapdoor_prepared::<B>(&batch.point, &prepared, a_s);
        let outcome = search_batch(index, &batch.id, &secret)?;
        summary.batches = summary.batches.saturating_add(1);
        summary.lookups = summary.lookups.saturating_add(outcome.lookups);
        summary.matches = summary.matches.saturating_add(outcome.matches.len() as u64);
        if on_batch(outcome).is_break() {
            return Ok(summary);
        }
    }
    summary.completed = true;
    Ok(summary)
}
