// SPDX-License-Identifier: Apache-2.0

//! Search: one pairing for each batch, then look-ups (protocol section 5).

use crate::{
    backend::PairingBackend,
    label::MonthLabel,
    points::G1Point,
    tag::{SearchSecret, GAP},
    trapdoor::SearchTrapdoor,
    BatchId, Tag,
};
use alloc::vec::Vec;
use core::ops::ControlFlow;

/// A slot that was found under a tag.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hit<E> {
    /// `M` of the slot.
    pub match_public: [u8; 32],
    /// The data that the index has about the entry of the slot.
    pub entry: E,
}

/// An index from (batch, tag) to all slots with that tag.
pub trait TagIndex {
    /// The data that the index has about an entry.
    type Entry;
    /// The reason for which a look-up failed.
    type Error;

    /// All slots of `batch` with `tag`. An empty result is not an error.
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

/// A record that was found.
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
    /// The data that the index has about the entry.
    pub entry: E,
}

/// The result of the search of one batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BatchOutcome<E> {
    /// The batch.
    pub batch: BatchId,
    /// The records that were found, ordered by counter.
    pub matches: Vec<Match<E>>,
    /// The number of look-ups.
    pub lookups: u64,
}

/// The totals of a search.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SearchSummary {
    /// The number of searched batches, which is also the number of pairings.
    pub batches: u64,
    /// The number of look-ups.
    pub lookups: u64,
    /// The number of records that were found.
    pub matches: u64,
    /// Whether every batch in scope was searched.
    pub completed: bool,
}

/// Looks up tag 0, 1, … in one batch until [`GAP`] in a row are absent. Uses no pairing.
///
/// `label` is the label of `secret`. If a slot has the right tag but its `M` does not follow from
/// both, the slot belongs to another patient or is forged, and the tag counts as absent.
pub fn search_batch<I: TagIndex + ?Sized>(
    index: &I,
    batch: &BatchId,
    secret: &SearchSecret,
    label: &MonthLabel,
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
            let expected = secret.match_key(counter, label).public();
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

/// A search with one trapdoor: exactly one pairing for each batch, and no other.
///
/// The search is an iterator over the outcomes of the batches. A batch is searched when its outcome
/// is requested, so the caller may report progress between two batches, or stop. An error ends the
/// search.
pub struct Search<'a, B: PairingBackend, I: ?Sized, S> {
    index: &'a I,
    batches: S,
    prepared: B::Prepared,
    a_s: &'a G1Point,
    label: MonthLabel,
    summary: SearchSummary,
    ended: bool,
}

impl<'a, B, I, S> Search<'a, B, I, S>
where
    B: PairingBackend,
    I: TagIndex + ?Sized,
    S: Iterator<Item = BatchPoint>,
{
    /// Starts a search of these batches. `a_s` and `label` are those of the trapdoor.
    pub fn new(
        index: &'a I,
        batches: impl IntoIterator<IntoIter = S, Item = BatchPoint>,
        trapdoor: &SearchTrapdoor,
        a_s: &'a G1Point,
        label: MonthLabel,
    ) -> Self {
        Self {
            index,
            batches: batches.into_iter(),
            prepared: trapdoor.prepare::<B>(),
            a_s,
            label,
            summary: SearchSummary::default(),
            ended: false,
        }
    }

    /// The totals of the search up to now.
    pub fn summary(&self) -> SearchSummary {
        self.summary
    }
}

impl<B, I, S> Iterator for Search<'_, B, I, S>
where
    B: PairingBackend,
    I: TagIndex + ?Sized,
    S: Iterator<Item = BatchPoint>,
{
    type Item = Result<BatchOutcome<I::Entry>, I::Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let Some(batch) = self.batches.next() else {
            self.ended = true;
            self.summary.completed = true;
            return None;
        };
        let secret =
            SearchSecret::from_trapdoor_prepared::<B>(&batch.point, &self.prepared, self.a_s);
        let outcome = search_batch(self.index, &batch.id, &secret, &self.label);
        match &outcome {
            Ok(outcome) => {
                let summary = &mut self.summary;
                summary.batches = summary.batches.saturating_add(1);
                summary.lookups = summary.lookups.saturating_add(outcome.lookups);
                summary.matches = summary.matches.saturating_add(outcome.matches.len() as u64);
            }
            Err(_) => self.ended = true,
        }
        Some(outcome)
    }
}

/// Runs a [`Search`] to its end.
///
/// `on_batch` receives the outcome of each batch as soon as it exists, and may end the search.
pub fn search<B: PairingBackend, I: TagIndex + ?Sized>(
    index: &I,
    batches: impl IntoIterator<Item = BatchPoint>,
    trapdoor: &SearchTrapdoor,
    a_s: &G1Point,
    label: MonthLabel,
    mut on_batch: impl FnMut(BatchOutcome<I::Entry>) -> ControlFlow<()>,
) -> Result<SearchSummary, I::Error> {
    let mut search = Search::<B, _, _>::new(index, batches, trapdoor, a_s, label);
    for outcome in search.by_ref() {
        if on_batch(outcome?).is_break() {
            break;
        }
    }
    Ok(search.summary())
}
