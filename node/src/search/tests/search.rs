// SPDX-License-Identifier: Apache-2.0

use crate::search::{
    run::{run, EventSink, Plan, Query},
    testing::{entry, hospital, open_batch, registration, Chain, Patient},
    worker,
};
use bspp_rpc_types::{SearchEvent, SearchProgress, SearchSummary};
use bspp_tag_index::TagIndexDb;
use bspp_types::{entries_root, verify_entry_proof, BatchId};
use tempfile::{tempdir, TempDir};

const MONTH: u16 = 680;

/// Collects messages and leaves after it has received `patience` messages.
struct Collector {
    events: Vec<SearchEvent>,
    patience: usize,
}

impl EventSink for Collector {
    async fn send(&mut self, event: SearchEvent) -> bool {
        self.events.push(event);
        self.events.len() < self.patience
    }
}

async fn indexed(chain: &Chain) -> (TempDir, TagIndexDb) {
    let dir = tempdir().unwrap();
    let index = worker::open(dir.path(), false, chain).unwrap();
    worker::catch_up(&index, chain).await.unwrap();
    (dir, index)
}

async fn search(
    chain: &Chain,
    index: &TagIndexDb,
    patient: &Patient,
    months: &[u16],
) -> Vec<SearchEvent> {
    search_with_patience(chain, index, patient, months, usize::MAX).await
}

async fn search_with_patience(
    chain: &Chain,
    index: &TagIndexDb,
    patient: &Patient,
    months: &[u16],
    patience: usize,
) -> Vec<SearchEvent> {
    let plan = Plan {
        hospital: hospital(),
        search_point: patient.keys.search_public().clone(),
        queries: months
            .iter()
            .map(|filing_month| Query {
                label: patient.label(*filing_month),
                trapdoor: patient.trapdoor(*filing_month),
            })
            .collect(),
    };
    let mut sink = Collector {
        events: Vec::new(),
        patience,
    };
    run(plan, chain, index, &mut sink).await;
    sink.events
}

#[tokio::test]
async fn search_should_find_exactly_the_patients_records_with_one_pairing_for_each_batch() {
    let chain = Chain::new();
    let (alice, bob) = (Patient::new(&chain, 1), Patient::new(&chain, 2));
    let batches = [
        open_batch(&chain, 0, MONTH),
        open_batch(&chain, 1, MONTH),
        open_batch(&chain, 2, MONTH),
    ];
    let id = |n: usize| BatchId::from(*batches[n].id());
    let first = registration(
        0,
        vec![
            entry(id(0), 0, &[bob.slot(&batches[0], 0)]),
            entry(
                id(0),
                1,
                &[alice.slot(&batches[0], 0), bob.slot(&batches[0], 1)],
            ),
        ],
    );
    let second = registration(1, vec![entry(id(2), 0, &[alice.slot(&batches[2], 0)])]);
    chain.push(vec![first.clone()]);
    chain.push(vec![second.clone()]);
    let (_dir, index) = indexed(&chain).await;

    let events = search(&chain, &index, &alice, &[MONTH]).await;
    let matches: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            SearchEvent::Match(found) => Some(found),
            _ => None,
        })
        .collect();
    assert_eq!(matches.len(), 2);
    for (found, (registered, leaf)) in matches.iter().zip([(&first, 1), (&second, 0)]) {
        let expected = &registered.entries[leaf];
        assert_eq!(
            (found.query, found.batch, found.counter),
            (0, expected.batch, 0)
        );
        assert_eq!(
            (found.rid, found.sequence, found.slot),
            (expected.rid(), registered.sequence, 0)
        );
        assert_eq!(&found.entry, expected);
        assert!(verify_entry_proof(
            &entries_root(&registered.entries),
            &found.entry,
            &found.path
        ));
    }
    let (number, hash) = crate::search::ChainView::finalized(&chain);
    assert_eq!(
        events.last(),
        Some(&SearchEvent::Done(SearchSummary {
            batches: 3,
            pairings: 3,
            matches: 2,
            at_block: number,
            at_hash: hash
        }))
    );
    let progress = events.iter().filter(|event| {
        matches!(
            event,
            SearchEvent::Progress(SearchProgress {
                batches_total: 3,
                ..
            })
        )
    });
    assert_eq!(progress.count(), 3);
}

#[tokio::test]
async fn pairings_should_not_grow_with_the_number_of_records() {
    for records in [10u32, 200] {
        let chain = Chain::new();
        let alice = Patient::new(&chain, 1);
        let batch = open_batch(&chain, 0, MONTH);
        let entries = (0..records)
            .map(|n| entry(BatchId::from(*batch.id()), n, &[alice.slot(&batch, n)]))
            .collect();
        chain.push(vec![registration(0, entries)]);
        let (_dir, index) = indexed(&chain).await;
        let events = search(&chain, &index, &alice, &[MONTH]).await;
        assert!(matches!(
            events.last(),
            Some(SearchEvent::Done(SearchSummary { pairings: 1, matches, .. })) if *matches == u64::from(records)
        ));
    }
}

#[tokio::test]
async fn search_should_find_nothing_when_the_month_is_another() {
    let chain = Chain::new();
    let alice = Patient::new(&chain, 1);
    let batch = open_batch(&chain, 0, MONTH);
    chain.push(vec![registration(
        0,
        vec![entry(
            BatchId::from(*batch.id()),
            0,
            &[alice.slot(&batch, 0)],
        )],
    )]);
    let (_dir, index) = indexed(&chain).await;
    let events = search(&chain, &index, &alice, &[MONTH + 1]).await;
    assert!(matches!(
        events[..],
        [SearchEvent::Done(SearchSummary {
            batches: 0,
            pairings: 0,
            matches: 0,
            ..
        })]
    ));
}

#[tokio::test]
async fn forged_match_key_should_not_be_found() {
    let chain = Chain::new();
    let alice = Patient::new(&chain, 1);
    let batch = open_batch(&chain, 0, MONTH);
    let (tag, _) = alice.slot(&batch, 0);
    chain.push(vec![registration(
        0,
        vec![entry(BatchId::from(*batch.id()), 0, &[(tag, [3; 32])])],
    )]);
    let (_dir, index) = indexed(&chain).await;
    let events = search(&chain, &index, &alice, &[MONTH]).await;
    assert!(matches!(
        events.last(),
        Some(SearchEvent::Done(SearchSummary {
            matches: 0,
            pairings: 1,
            ..
        }))
    ));
}

#[tokio::test]
async fn search_should_stop_when_the_subscriber_leaves() {
    let chain = Chain::new();
    let alice = Patient::new(&chain, 1);
    for number in 0..5 {
        open_batch(&chain, number, MONTH);
    }
    let (_dir, index) = indexed(&chain).await;
    let events = search_with_patience(&chain, &index, &alice, &[MONTH], 2).await;
    assert_eq!(events.len(), 2);
    assert!(matches!(
        events[1],
        SearchEvent::Progress(SearchProgress {
            batches_done: 2,
            batches_total: 5
        })
    ));
}

#[tokio::test]
async fn search_should_fail_when_the_index_stays_behind() {
    let chain = Chain::new();
    let alice = Patient::new(&chain, 1);
    let (_dir, index) = indexed(&chain).await;
    chain.push(Vec::new());
    let events = search(&chain, &index, &alice, &[MONTH]).await;
    assert!(matches!(&events[..], [SearchEvent::Failed { reason }] if reason.contains("block 0")));
}
