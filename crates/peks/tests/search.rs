// SPDX-License-Identifier: Apache-2.0

//! Search end to end in memory: the records that it finds or misses, and its cost.
#![cfg(feature = "blst")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use bspp_peks::*;
use common::{label_of, month, patient, FixedRng, CHAIN, FILING_MONTH, HOSPITAL};
use std::{collections::HashMap, convert::Infallible, ops::ControlFlow};

#[derive(Default)]
struct Index(HashMap<(BatchId, Tag), Vec<Hit<usize>>>);

impl Index {
    fn add(&mut self, batch: &BatchId, tag: Tag, match_public: [u8; 32], entry: usize) {
        self.0.entry((*batch, tag)).or_default().push(Hit {
            match_public,
            entry,
        });
    }
}

impl TagIndex for Index {
    type Entry = usize;
    type Error = Infallible;

    fn lookup(&self, batch: &BatchId, tag: &Tag) -> Result<Vec<Hit<usize>>, Infallible> {
        Ok(self.0.get(&(*batch, *tag)).cloned().unwrap_or_default())
    }
}

fn open(number: u32, rng: &mut FixedRng) -> OpenBatch {
    OpenBatch::open(&CHAIN, &HOSPITAL, &[7; 32], number, FILING_MONTH, rng)
}

fn scope(batches: &[OpenBatch]) -> Vec<BatchPoint> {
    batches
        .iter()
        .map(|b| BatchPoint {
            id: *b.id(),
            point: b.header().verify(&CHAIN).unwrap().point,
        })
        .collect()
}

fn run<B: PairingBackend>(
    index: &Index,
    batches: &[OpenBatch],
    keys: &PatientKeys,
    kw: &KeywordLabel,
) -> (SearchSummary, Vec<usize>) {
    let trapdoor = keys.search_trapdoor::<B>(FILING_MONTH, kw);
    let mut found = Vec::new();
    let summary = search::<B, _>(
        index,
        scope(batches),
        &trapdoor,
        keys.search_public(),
        month(kw),
        |outcome| {
            found.extend(outcome.matches.into_iter().map(|m| m.entry));
            ControlFlow::Continue(())
        },
    );
    found.sort_unstable();
    (summary.unwrap(), found)
}

fn secret(batch: &OpenBatch, keys: &PatientKeys, label: &KeywordLabel) -> SearchSecret {
    let patient = batch.patient::<DefaultBackend>(keys.search_public(), keys.open_public());
    batch.label_secrets(&patient, label).0
}

/// `records` records of three patients in `batches` batches, with two keywords each.
fn world(records: usize, batches: u32) -> (Index, Vec<OpenBatch>) {
    let mut rng = FixedRng::new("world");
    let batches: Vec<_> = (0..batches).map(|n| open(n, &mut rng)).collect();
    let patients: Vec<_> = (0..3).map(patient).collect();
    let mut index = Index::default();
    let mut cache = HashMap::<_, (SearchSecret, MonthLabel, u32)>::new();
    for record in 0..records {
        let (b, p) = (record % batches.len(), record % 3);
        for (k, keyword) in [Keyword::identity(), keyword(record / 3 % 2)]
            .iter()
            .enumerate()
        {
            let (secret, label, n) = cache
                .entry((b, p, k * (1 + record / 3 % 2)))
                .or_insert_with(|| {
                    let label = label_of(&patients[p], keyword);
                    (secret(&batches[b], &patients[p], &label), month(&label), 0)
                });
            index.add(
                batches[b].id(),
                secret.tag(*n),
                secret.match_key(*n, label).public(),
                record,
            );
            *n += 1;
        }
    }
    (index, batches)
}

fn keyword(n: usize) -> Keyword {
    Keyword::new("http://snomed.info/sct", ["44054006", "38341003"][n])
}

#[test]
fn search_should_cost_one_pairing_per_batch() {
    type Counted = Counting<BlstBackend, 1>;
    const BATCHES: u32 = 4;
    for records in [10, 1000] {
        let (index, batches) = world(records, BATCHES);
        let keys = patient(1);
        let label = label_of(&keys, &Keyword::identity());
        let trapdoor = keys.search_trapdoor::<BlstBackend>(FILING_MONTH, &label);
        let scope = scope(&batches);
        Counted::reset();
        let mut matches = 0;
        let summary = search::<Counted, _>(
            &index,
            scope,
            &trapdoor,
            keys.search_public(),
            month(&label),
            |outcome| {
                matches += outcome.matches.len() as u64;
                ControlFlow::Continue(())
            },
        )
        .unwrap();
        assert_eq!(Counted::pairings(), u64::from(BATCHES), "{records} records");
        assert_eq!(
            matches,
            (0..records as u64).filter(|r| r % 3 == 1).count() as u64
        );
        assert_eq!(
            summary,
            SearchSummary {
                batches: u64::from(BATCHES),
                lookups: matches + u64::from(GAP) * u64::from(BATCHES),
                matches,
                completed: true,
            }
        );
    }
}

#[test]
fn search_should_find_exactly_what_was_filed() {
    let (index, batches) = world(60, 3);
    for p in 0..3 {
        let keys = patient(p);
        for k in 0..2 {
            let label = label_of(&keys, &keyword(k));
            let expected: Vec<_> = (0..60)
                .filter(|r| r % 3 == usize::from(p) && r / 3 % 2 == k)
                .collect();
            assert_eq!(
                run::<BlstBackend>(&index, &batches, &keys, &label).1,
                expected
            );
            assert_eq!(
                run::<ArkBackend>(&index, &batches, &keys, &label).1,
                expected
            );
        }
        let label = label_of(&keys, &Keyword::new("http://snomed.info/sct", "0"));
        assert!(run::<BlstBackend>(&index, &batches, &keys, &label)
            .1
            .is_empty());
    }
    let stranger = patient(8);
    let label = label_of(&stranger, &Keyword::identity());
    assert!(run::<BlstBackend>(&index, &batches, &stranger, &label)
        .1
        .is_empty());
}

#[test]
fn search_should_find_nothing_when_month_hospital_chain_or_generation_differs() {
    let (index, batches) = world(30, 1);
    let label = label_of(&patient(0), &Keyword::identity());
    let seed = Seed::from_bytes([0; 32]);
    for (keys, filing_month, expected) in [
        (patient(0), FILING_MONTH, 10),
        (patient(0), FILING_MONTH + 1, 0),
        (
            PatientKeys::derive(&seed, &CHAIN, &[0; 32], 0),
            FILING_MONTH,
            0,
        ),
        (
            PatientKeys::derive(&seed, &[0; 32], &HOSPITAL, 0),
            FILING_MONTH,
            0,
        ),
        (
            PatientKeys::derive(&seed, &CHAIN, &HOSPITAL, 1),
            FILING_MONTH,
            0,
        ),
    ] {
        let trapdoor = keys.search_trapdoor::<BlstBackend>(filing_month, &label);
        let summary = search::<BlstBackend, _>(
            &index,
            scope(&batches),
            &trapdoor,
            keys.search_public(),
            month(&label),
            |_| ControlFlow::Continue(()),
        )
        .unwrap();
        assert_eq!(summary.matches, expected);
    }
}

#[test]
fn search_should_find_nothing_under_the_label_of_another_keyword_or_month() {
    let (index, batches) = world(30, 1);
    let keys = patient(0);
    let label = label_of(&keys, &Keyword::identity());
    let trapdoor = keys.search_trapdoor::<BlstBackend>(FILING_MONTH, &label);
    let later = MonthLabel {
        filing_month: FILING_MONTH + 1,
        kw: label.clone(),
    };
    for (label, expected) in [
        (month(&label), 10),
        (month(&label_of(&keys, &keyword(0))), 0),
        (later, 0),
    ] {
        let summary = search::<BlstBackend, _>(
            &index,
            scope(&batches),
            &trapdoor,
            keys.search_public(),
            label,
            |_| ControlFlow::Continue(()),
        )
        .unwrap();
        assert_eq!(summary.matches, expected);
    }
}

#[test]
fn search_should_stop_when_asked() {
    let (index, batches) = world(30, 3);
    let keys = patient(0);
    let label = label_of(&keys, &Keyword::identity());
    let trapdoor = keys.search_trapdoor::<BlstBackend>(FILING_MONTH, &label);
    let summary = search::<BlstBackend, _>(
        &index,
        scope(&batches),
        &trapdoor,
        keys.search_public(),
        month(&label),
        |_| ControlFlow::Break(()),
    )
    .unwrap();
    assert_eq!((summary.batches, summary.completed), (1, false));
}

#[test]
fn search_should_compute_a_batch_only_when_it_is_asked_for() {
    type Counted = Counting<BlstBackend, 2>;
    let (index, batches) = world(30, 3);
    let keys = patient(0);
    let label = label_of(&keys, &Keyword::identity());
    let trapdoor = keys.search_trapdoor::<BlstBackend>(FILING_MONTH, &label);
    Counted::reset();
    let mut search = Search::<Counted, _, _>::new(
        &index,
        scope(&batches),
        &trapdoor,
        keys.search_public(),
        month(&label),
    );
    assert_eq!(Counted::pairings(), 0);
    for (n, batch) in (1..).zip(&batches) {
        assert_eq!(search.next().unwrap().unwrap().batch, *batch.id());
        assert_eq!(Counted::pairings(), n);
        assert_eq!(
            (search.summary().batches, search.summary().completed),
            (n, false)
        );
    }
    assert!(search.next().is_none());
    assert!(search.summary().completed);
}

#[test]
fn search_should_bridge_gaps_shorter_than_the_limit() {
    let mut rng = FixedRng::new("gaps");
    let batch = open(0, &mut rng);
    let keys = patient(0);
    let kw = label_of(&keys, &Keyword::identity());
    let (secret, label) = (secret(&batch, &keys, &kw), month(&kw));
    let mut index = Index::default();
    let mut put = |n: u32| {
        index.add(
            batch.id(),
            secret.tag(n),
            secret.match_key(n, &label).public(),
            n as usize,
        )
    };
    // 63 is the farthest counter allowed at first, 127 after it, and 192 is one too far.
    [63, 127, 192].into_iter().for_each(&mut put);
    assert!(counter_allowed(63, None) && !counter_allowed(64, None));
    assert!(counter_allowed(127, Some(63)) && !counter_allowed(192, Some(127)));
    assert!(counter_allowed(u32::MAX, Some(u32::MAX)));
    let outcome = search_batch(&index, batch.id(), &secret, &label).unwrap();
    let counters: Vec<_> = outcome.matches.iter().map(|m| m.counter).collect();
    assert_eq!(counters, [63, 127]);
    assert_eq!(outcome.lookups, 128 + u64::from(GAP));
}

#[test]
fn forged_slots_should_not_be_found_nor_prolong_a_search() {
    let mut rng = FixedRng::new("forged");
    let batch = open(0, &mut rng);
    let keys = patient(0);
    let kw = label_of(&keys, &Keyword::identity());
    let (secret, label) = (secret(&batch, &keys, &kw), month(&kw));
    let mut index = Index::default();
    index.add(
        batch.id(),
        secret.tag(0),
        secret.match_key(0, &label).public(),
        1,
    );
    // The right tag with the forger's own key, beside the genuine slot and alone.
    for n in 0..200 {
        index.add(
            batch.id(),
            secret.tag(n),
            Ed25519Secret::generate(&mut rng).public(),
            666,
        );
    }
    let outcome = search_batch(&index, batch.id(), &secret, &label).unwrap();
    assert_eq!(
        outcome.matches.iter().map(|m| m.entry).collect::<Vec<_>>(),
        [1]
    );
    assert_eq!(outcome.lookups, 1 + u64::from(GAP));
    // All entries with a tag are given, so an earlier forgery cannot hide a later record.
    index.add(
        batch.id(),
        secret.tag(0),
        secret.match_key(0, &label).public(),
        2,
    );
    assert_eq!(
        search_batch(&index, batch.id(), &secret, &label)
            .unwrap()
            .matches
            .len(),
        2
    );
}

#[test]
fn search_should_pass_on_an_index_error() {
    struct Broken;
    impl TagIndex for Broken {
        type Entry = ();
        type Error = &'static str;
        fn lookup(&self, _: &BatchId, _: &Tag) -> Result<Vec<Hit<()>>, &'static str> {
            Err("broken")
        }
    }
    let mut rng = FixedRng::new("broken");
    let batches = [open(0, &mut rng)];
    let keys = patient(0);
    let label = label_of(&keys, &Keyword::identity());
    let trapdoor = keys.search_trapdoor::<BlstBackend>(FILING_MONTH, &label);
    let result = search::<BlstBackend, _>(
        &Broken,
        scope(&batches),
        &trapdoor,
        keys.search_public(),
        month(&label),
        |_| ControlFlow::Continue(()),
    );
    assert_eq!(result, Err("broken"));
}
