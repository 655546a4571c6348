// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::unwrap_used)]

use super::*;
use crate::{outbox::ArrivedQuestion, ports::Standing};
use async_trait::async_trait;
use bspp_client::{ClientError, Result as ChainResult};
use bspp_primitives::AccountId;
use bspp_types::{Authority, Day, Ed25519Signature, Match, RecordId, Request, RequestId};
use sp_core::H256;

const REQUEST: RequestId = H256([1; 32]);
const ASKED_ON: Moment = 1_700_000_000_000;

/// The consortium, with questions that wait.
#[derive(Default)]
struct View {
    now: Mutex<Moment>,
    asked: Mutex<Vec<AskedQuestion>>,
    refused: Mutex<Vec<RecordId>>,
    claimed: Mutex<Vec<RecordId>>,
    /// The record whose refusal the chain does not take.
    stuck: Option<RecordId>,
    reads: Mutex<u32>,
}

#[async_trait]
impl AskedQuestions for View {
    async fn asked(&self) -> ChainResult<(Moment, Vec<AskedQuestion>)> {
        *self.reads.lock().unwrap() += 1;
        let asked = self.asked.lock().unwrap().clone();
        Ok((*self.now.lock().unwrap(), asked))
    }
}

#[async_trait]
impl RequestView for View {
    async fn finalized_time(&self) -> ChainResult<Moment> {
        unreachable!("the watch does not ask for it")
    }
    async fn best_time(&self) -> ChainResult<Moment> {
        unreachable!("the watch does not ask for it")
    }
    async fn finalized_request(
        &self,
        _: RequestId,
        _: RecordId,
    ) -> ChainResult<(Option<Request<AccountId>>, Option<Match>)> {
        unreachable!("the watch does not ask for it")
    }
    async fn finalized_standing(&self, _: &AccountId) -> ChainResult<Standing> {
        unreachable!("the watch does not ask for it")
    }
    async fn best_request(&self, _: RequestId) -> ChainResult<Option<Request<AccountId>>> {
        unreachable!("the watch does not ask for it")
    }
    async fn claim_disclosure(&self, _: RequestId, record: RecordId) -> ChainResult<()> {
        self.claimed.lock().unwrap().push(record);
        Ok(())
    }
    async fn refuse_disclosure(&self, _: RequestId, record: RecordId) -> ChainResult<()> {
        if self.stuck == Some(record) {
            return Err(ClientError::ConnectionLost {
                reason: "a test".into(),
            });
        }
        self.refused.lock().unwrap().push(record);
        Ok(())
    }
    async fn file_tombstone(
        &self,
        _: &Authority,
        _: Day,
        _: Ed25519Signature,
    ) -> ChainResult<bool> {
        unreachable!("the watch files none")
    }
    async fn forward_revocation(&self, _: RequestId, _: Ed25519Signature) -> ChainResult<bool> {
        unreachable!("the watch forwards none")
    }
}

fn record(n: u8) -> RecordId {
    H256([n; 32])
}

fn ask_hash(n: u8) -> H256 {
    H256([n + 100; 32])
}

struct World {
    view: Arc<View>,
    outbox: Outbox,
    watch: AskedWatch<View>,
    _dir: tempfile::TempDir,
}

/// The records 1 to `count` are asked for; `after` is the time since then.
fn world(count: u8, after: Moment, stuck: Option<RecordId>) -> World {
    let asked = (1..=count).map(|n| AskedQuestion {
        request: REQUEST,
        record: record(n),
        ask_hash: ask_hash(n),
        asked_on: ASKED_ON,
    });
    let view = Arc::new(View {
        now: Mutex::new(ASKED_ON + after),
        asked: Mutex::new(asked.collect()),
        stuck,
        ..View::default()
    });
    let dir = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(dir.path()).unwrap();
    World {
        watch: AskedWatch::new(Arc::clone(&view), outbox.clone()),
        view,
        outbox,
        _dir: dir,
    }
}

impl World {
    fn arrived(&self, n: u8, ask_hash: H256, answer: Answer) {
        let question = ArrivedQuestion {
            ask_hash,
            answer,
            until: ASKED_ON + ANSWER_PERIOD_MS,
        };
        self.outbox
            .note_question(&REQUEST, &record(n), &question)
            .unwrap();
    }

    fn refused(&self) -> Vec<RecordId> {
        self.view.refused.lock().unwrap().clone()
    }
}

/// Attack: a doctor asks on chain, never sends the question, and flags the hospital.
#[tokio::test]
async fn question_that_never_arrived_should_be_refused_in_time() {
    let early = world(1, REFUSED_AFTER_MS - 1, None);
    early.watch.step().await.unwrap();
    assert!(early.refused().is_empty());
    let due = world(1, REFUSED_AFTER_MS, None);
    due.watch.step().await.unwrap();
    assert_eq!(due.refused(), [record(1)]);
    const { assert!(REFUSED_AFTER_MS < ANSWER_PERIOD_MS) };
}

/// Attack: the doctor sends another question than the one that it asked on chain.
#[tokio::test]
async fn question_with_another_hash_should_not_stand_for_the_one_on_chain() {
    let world = world(1, REFUSED_AFTER_MS, None);
    world.arrived(1, ask_hash(2), Answer::Owed);
    world.watch.step().await.unwrap();
    assert_eq!(world.refused(), [record(1)]);
}

#[tokio::test]
async fn question_that_arrived_should_stay_open_until_the_hospital_answers() {
    let world = world(1, ANSWER_PERIOD_MS - 1, None);
    world.arrived(1, ask_hash(1), Answer::Owed);
    world.watch.step().await.unwrap();
    assert!(world.refused().is_empty());
    // Its refusal did not reach the consortium.
    world.arrived(1, ask_hash(1), Answer::Refused);
    world.watch.step().await.unwrap();
    assert_eq!(world.refused(), [record(1)]);
}

/// Fault: a claim did not reach the consortium, and the hospital was flagged.
#[tokio::test]
async fn released_record_should_be_claimed_and_never_refused() {
    let world = world(2, REFUSED_AFTER_MS, None);
    world.arrived(1, ask_hash(1), Answer::Released);
    // It was released to another question.
    world.arrived(2, ask_hash(9), Answer::Released);
    world.watch.step().await.unwrap();
    assert_eq!(*world.view.claimed.lock().unwrap(), [record(1), record(2)]);
    assert!(world.refused().is_empty());
}

#[tokio::test]
async fn question_that_the_chain_does_not_let_answer_should_not_hold_back_others() {
    let world = world(3, REFUSED_AFTER_MS, Some(record(2)));
    assert!(world.watch.step().await.is_err());
    assert_eq!(world.refused(), [record(1), record(3)]);
}

#[tokio::test]
async fn poll_should_repeat_a_failed_step_and_rest_after_another() {
    let failing = world(1, REFUSED_AFTER_MS, Some(record(1)));
    assert!(failing.watch.poll().await.is_err());
    assert!(failing.watch.poll().await.is_err());
    assert_eq!(*failing.view.reads.lock().unwrap(), 2);
    let working = world(1, REFUSED_AFTER_MS, None);
    working.watch.poll().await.unwrap();
    working.watch.poll().await.unwrap();
    assert_eq!(*working.view.reads.lock().unwrap(), 1);
}
