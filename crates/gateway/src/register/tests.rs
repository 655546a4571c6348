// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::unwrap_used)]

use super::*;
use async_trait::async_trait;
use bspp_client::{ClientError, DispatchFailure, Result as ChainResult};
use bspp_test_kit::EntryBuilder;
use bspp_types::{Entry, RecordId, RegisteredBlock};
use sp_core::H256;
use std::sync::{Arc, Mutex};

fn entry(index: u32) -> Entry {
    EntryBuilder::new(index as u8)
        .batch(H256([1; 32]))
        .index(index)
        .build()
}

/// Entry blocks at heights 10, 20, …, each with one entry.
struct Source {
    count: u32,
    altered: bool,
}

#[async_trait]
impl EntrySource for Source {
    async fn entry_commitment(&self, sequence: Sequence) -> ChainResult<Option<EntryCommitment>> {
        if sequence >= self.count {
            return Ok(None);
        }
        let number = (sequence + 1) * 10;
        Ok(Some(EntryCommitment {
            number,
            count: 1,
            root: entries_root(&[entry(number)]),
            chain_hash: H256::zero(),
        }))
    }

    async fn entry_block_count(&self) -> ChainResult<Sequence> {
        Ok(self.count)
    }

    async fn entries(&self, number: u32) -> ChainResult<Vec<Entry>> {
        Ok(vec![entry(number + u32::from(self.altered))])
    }

    async fn prove_entry_block(&self, sequence: Sequence, head: H256) -> ChainResult<Vec<Vec<u8>>> {
        Ok(vec![vec![sequence as u8], head.as_bytes().to_vec()])
    }
}

#[derive(Default)]
struct State {
    next: Sequence,
    anchor: u32,
    registered: Vec<(Sequence, u32)>,
    /// The number of calls of each attempt.
    calls: Vec<usize>,
}

#[derive(Clone, Default)]
struct Target(Arc<Mutex<State>>);

#[async_trait]
impl Registry for Target {
    async fn next_sequence(&self) -> ChainResult<Sequence> {
        Ok(self.0.lock().unwrap().next)
    }

    async fn anchor(&self) -> ChainResult<Option<AnchoredHead>> {
        let number = self.0.lock().unwrap().anchor;
        Ok(Some(AnchoredHead {
            number,
            hash: H256::from_low_u64_be(u64::from(number)),
            state_root: H256::zero(),
            anchored_at: 0,
            anchored_slot: 0,
            entry_blocks: 0,
        }))
    }

    async fn register_blocks(&self, calls: Vec<Registering>) -> ChainResult<BlockNumber> {
        let mut state = self.0.lock().unwrap();
        state.calls.push(calls.len());
        for Registering {
            head,
            proof,
            blocks,
        } in calls
        {
            let newest = blocks.last().unwrap().sequence;
            assert_eq!(proof, vec![vec![newest as u8], head.as_bytes().to_vec()]);
            for block in blocks {
                if block.sequence != state.next {
                    return Err(ClientError::DispatchFailed {
                        failure: DispatchFailure {
                            name: "PhiIndex::SequenceMismatch".into(),
                        },
                        block: 1,
                        extrinsic: 1,
                    });
                }
                state.next += 1;
                state
                    .registered
                    .push((block.sequence, block.entries[0].index));
            }
        }
        Ok(100 + state.next)
    }

    async fn registered(&self, _: Sequence, _: bool) -> ChainResult<Option<RegisteredBlock>> {
        Ok(None)
    }

    async fn is_indexed(&self, _: RecordId, _: BlockNumber) -> ChainResult<Option<bool>> {
        Ok(None)
    }
}

#[tokio::test]
async fn step_should_register_in_order_and_then_rest() {
    let target = Target::default();
    target.0.lock().unwrap().anchor = 100;
    let registrar = Registrar::new(
        Source {
            count: 3,
            altered: false,
        },
        target.clone(),
    );
    assert_eq!(registrar.step().await.unwrap(), Registered::Until(3, 103));
    assert_eq!(registrar.step().await.unwrap(), Registered::UpToDate);
    assert_eq!(
        target.0.lock().unwrap().registered,
        [(0, 10), (1, 20), (2, 30)]
    );
}

#[tokio::test]
async fn step_should_go_on_where_the_consortium_stands_after_a_restart() {
    let target = Target::default();
    *target.0.lock().unwrap() = State {
        next: 2,
        anchor: 100,
        ..State::default()
    };
    let registrar = Registrar::new(
        Source {
            count: 3,
            altered: false,
        },
        target.clone(),
    );
    assert_eq!(registrar.step().await.unwrap(), Registered::Until(3, 103));
    assert_eq!(registrar.step().await.unwrap(), Registered::UpToDate);
    assert_eq!(target.0.lock().unwrap().registered, [(2, 30)]);
}

#[tokio::test]
async fn step_should_ask_for_an_anchor_when_the_head_is_too_low() {
    let target = Target::default();
    target.0.lock().unwrap().anchor = 19;
    let registrar = Registrar::new(
        Source {
            count: 2,
            altered: false,
        },
        target.clone(),
    );
    assert_eq!(registrar.step().await.unwrap(), Registered::Until(1, 101));
    assert_eq!(registrar.step().await.unwrap(), Registered::NeedsAnchor(20));
    target.0.lock().unwrap().anchor = 20;
    assert_eq!(registrar.step().await.unwrap(), Registered::Until(2, 102));
}

#[tokio::test]
async fn altered_entries_should_not_be_sent() {
    let target = Target::default();
    target.0.lock().unwrap().anchor = 100;
    let registrar = Registrar::new(
        Source {
            count: 1,
            altered: true,
        },
        target.clone(),
    );
    assert!(matches!(
        registrar.step().await,
        Err(GatewayError::EntryMismatch(_))
    ));
    assert!(target.0.lock().unwrap().registered.is_empty());
}

#[tokio::test]
async fn step_should_send_many_blocks_in_few_calls() {
    let target = Target::default();
    target.0.lock().unwrap().anchor = u32::MAX;
    let count = 3 * MAX_BLOCKS_PER_CALL + 1;
    let registrar = Registrar::new(
        Source {
            count,
            altered: false,
        },
        target.clone(),
    );
    let at = 100 + count;
    assert_eq!(
        registrar.step().await.unwrap(),
        Registered::Until(count, at)
    );
    assert_eq!(target.0.lock().unwrap().calls, [4]);
}

#[tokio::test]
async fn step_should_have_no_more_than_the_maximum_in_flight() {
    let target = Target::default();
    target.0.lock().unwrap().anchor = u32::MAX;
    let count = 10 * MAX_BLOCKS_PER_CALL;
    let registrar = Registrar::new(
        Source {
            count,
            altered: false,
        },
        target.clone(),
    );
    registrar.step().await.unwrap();
    registrar.step().await.unwrap();
    assert_eq!(target.0.lock().unwrap().calls, [MAX_IN_FLIGHT, 2]);
}
