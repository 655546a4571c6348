// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::type_complexity, clippy::unwrap_used)]

use super::*;
use crate::ports::Proven;
use async_trait::async_trait;
use bspp_client::{ClientError, Result as ChainResult};
use sp_core::H256;
use std::sync::{Arc, Mutex};

/// A hospital chain whose sets of voters end at the given heights.
struct Source {
    finalized: u32,
    set_ends: Vec<u32>,
    provable: u32,
    /// Whether the chain has other blocks than those that were anchored.
    forked: bool,
}

impl Source {
    fn set_of(&self, number: u32) -> u64 {
        self.set_ends.iter().filter(|end| number > **end).count() as u64
    }
}

fn hash_of(number: u32) -> H256 {
    H256::from_low_u64_be(u64::from(number))
}

#[async_trait]
impl FinalitySource for Source {
    type Proof = u64;

    async fn finalized_number(&self) -> ChainResult<u32> {
        Ok(self.finalized)
    }

    async fn latest_set_id(&self) -> ChainResult<u64> {
        Ok(self.set_of(self.finalized.saturating_add(1)))
    }

    async fn prove_finality(&self, number: u32) -> ChainResult<Option<Proven<u64>>> {
        if number > self.provable {
            return Ok(None);
        }
        let end = self.set_ends.iter().find(|end| **end >= number).copied();
        let target = end.unwrap_or(self.provable);
        Ok(Some(Proven {
            number: target,
            proof: self.set_of(target),
        }))
    }

    async fn contains(&self, number: u32, hash: H256) -> ChainResult<bool> {
        Ok(!self.forked && hash == hash_of(number))
    }

    async fn optimize(
        &self,
        anchored: H256,
        proof: Proven<u64>,
    ) -> ChainResult<(u64, Proven<u64>)> {
        let after = self.set_of(anchored.to_low_u64_be() as u32 + 1);
        if proof.proof != after {
            return Err(ClientError::InvalidJustification(
                "signed by another set".into(),
            ));
        }
        Ok((after, proof))
    }
}

/// A consortium that accepts heads as the pallet does.
#[derive(Clone)]
struct Target {
    state: Arc<Mutex<(Option<(AnchoredHead, u64)>, Vec<u32>)>>,
    set_ends: Vec<u32>,
}

impl Target {
    fn at(number: u32, set: u64, set_ends: &[u32]) -> Self {
        let head = AnchoredHead {
            number,
            hash: hash_of(number),
            state_root: H256::zero(),
            anchored_at: 0,
            anchored_slot: 0,
            entry_blocks: 0,
        };
        Self {
            state: Arc::new(Mutex::new((Some((head, set)), Vec::new()))),
            set_ends: set_ends.to_vec(),
        }
    }

    fn submitted(&self) -> Vec<u32> {
        self.state.lock().unwrap().1.clone()
    }
}

#[async_trait]
impl AnchorTarget for Target {
    type Proof = u64;

    async fn anchored_head(&self) -> ChainResult<Option<(AnchoredHead, u64)>> {
        Ok(self.state.lock().unwrap().0)
    }

    async fn submit_proof(&self, proof: &Proven<u64>) -> ChainResult<()> {
        let mut state = self.state.lock().unwrap();
        let (head, set) = state.0.unwrap();
        assert!(proof.number > head.number, "heads must rise");
        assert_eq!(proof.proof, set, "a set change was left out");
        let set = set + u64::from(self.set_ends.contains(&proof.number));
        let head = AnchoredHead {
            number: proof.number,
            hash: hash_of(proof.number),
            state_root: H256::zero(),
            anchored_at: 1,
            anchored_slot: 1,
            entry_blocks: 0,
        };
        state.0 = Some((head, set));
        state.1.push(proof.number);
        Ok(())
    }
}

#[tokio::test]
async fn advance_should_relay_set_changes_in_order_when_several_were_missed() {
    let ends = [10, 20, 30];
    let target = Target::at(0, 0, &ends);
    let source = Source {
        finalized: 35,
        set_ends: ends.to_vec(),
        provable: 35,
        forked: false,
    };
    let relay = Relay::new(source, target.clone(), 1_000);
    let relayed = relay.advance(None).await.unwrap();
    assert_eq!(target.submitted(), [10, 20, 30]);
    assert_eq!(relayed.head().number, 30);
}

#[tokio::test]
async fn advance_should_do_nothing_when_no_head_is_due() {
    let target = Target::at(5, 0, &[]);
    let source = Source {
        finalized: 50,
        set_ends: vec![],
        provable: 50,
        forked: false,
    };
    let relay = Relay::new(source, target.clone(), 100);
    assert!(matches!(
        relay.advance(None).await.unwrap(),
        Relayed::UpToDate(_)
    ));
    assert!(matches!(
        relay.advance(Some(5)).await.unwrap(),
        Relayed::UpToDate(_)
    ));
    assert!(target.submitted().is_empty());
}

#[tokio::test]
async fn advance_should_anchor_when_entries_need_it() {
    let target = Target::at(5, 0, &[]);
    let source = Source {
        finalized: 50,
        set_ends: vec![],
        provable: 50,
        forked: false,
    };
    let relay = Relay::new(source, target.clone(), 100);
    relay.advance(Some(6)).await.unwrap();
    assert_eq!(target.submitted(), [50]);
}

#[tokio::test]
async fn advance_should_anchor_when_the_anchor_is_old() {
    let target = Target::at(5, 0, &[]);
    let source = Source {
        finalized: 105,
        set_ends: vec![],
        provable: 105,
        forked: false,
    };
    let relay = Relay::new(source, target.clone(), 100);
    relay.advance(None).await.unwrap();
    assert_eq!(target.submitted(), [105]);
}

#[tokio::test]
async fn advance_should_wait_when_the_chain_has_no_proof_yet() {
    let target = Target::at(5, 0, &[]);
    let source = Source {
        finalized: 50,
        set_ends: vec![],
        provable: 5,
        forked: false,
    };
    let relay = Relay::new(source, target.clone(), 100);
    assert!(matches!(
        relay.advance(Some(6)).await.unwrap(),
        Relayed::Waiting(_)
    ));
    assert!(target.submitted().is_empty());
}

#[tokio::test]
async fn advance_should_fail_when_there_is_no_anchor() {
    let target = Target::at(0, 0, &[]);
    target.state.lock().unwrap().0 = None;
    let source = Source {
        finalized: 50,
        set_ends: vec![],
        provable: 50,
        forked: false,
    };
    let relay = Relay::new(source, target, 100);
    assert!(matches!(
        relay.advance(None).await,
        Err(GatewayError::AnchorNotFound)
    ));
}

#[tokio::test]
async fn advance_should_fail_when_the_consortium_expects_another_set() {
    // The consortium expects set 7; the chain's set 0 signed.
    let target = Target::at(5, 7, &[]);
    let source = Source {
        finalized: 50,
        set_ends: vec![],
        provable: 50,
        forked: false,
    };
    let relay = Relay::new(source, target.clone(), 100);
    assert!(matches!(
        relay.advance(None).await,
        Err(GatewayError::AuthoritySetMismatch {
            expected: 7,
            found: 0
        })
    ));
    assert!(target.submitted().is_empty());
}

#[tokio::test]
async fn advance_should_fail_when_the_chain_is_below_its_anchor() {
    let target = Target::at(60, 0, &[]);
    let source = Source {
        finalized: 50,
        set_ends: vec![],
        provable: 50,
        forked: false,
    };
    let relay = Relay::new(source, target.clone(), 100);
    for result in [relay.check().await, relay.advance(None).await.map(|_| ())] {
        let error = result.unwrap_err();
        assert_eq!(error.code(), "ChainRebuilt");
        assert!(error.to_string().contains("start_incarnation"), "{error}");
    }
    assert!(target.submitted().is_empty());
}

#[tokio::test]
async fn advance_should_fail_when_the_anchored_block_is_not_on_the_chain() {
    let target = Target::at(5, 0, &[]);
    let source = Source {
        finalized: 500,
        set_ends: vec![],
        provable: 500,
        forked: true,
    };
    let relay = Relay::new(source, target.clone(), 100);
    for result in [relay.check().await, relay.advance(None).await.map(|_| ())] {
        assert_eq!(result.unwrap_err().code(), "AnchorNotOnChain");
    }
    assert!(target.submitted().is_empty());
}
