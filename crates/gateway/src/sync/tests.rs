// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::unwrap_used)]

use super::*;
use crate::ports::{Proven, Registering};
use async_trait::async_trait;
use bspp_client::{ClientError, DispatchFailure, Result as ChainResult};
use bspp_types::{
    entries_root, AnchoredHead, BlockNumber, Entry, EntryCommitment, RecordId, RegisteredBlock,
    Sequence,
};
use sp_core::H256;
use std::sync::{Arc, Mutex};

/// The height of the only entry block.
const STORED_AT: u32 = 20;
/// The number of blocks after which a head is anchored although nothing needs it.
const EVERY: u32 = 100;

/// The consortium's reaction to an anchor.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Anchors {
    #[default]
    Taken,
    /// The anchor waits in the pool until it is too old.
    Expire,
    /// A block includes the anchor, and it fails there.
    Fail,
}

/// Both chains. The hospital chain has one entry block.
#[derive(Default)]
struct State {
    finalized: u32,
    anchor: u32,
    anchors: Anchors,
    registered: bool,
    /// No block includes a registration before an anchor.
    restricted: bool,
    /// Anchors come from an account of their own.
    own_account: bool,
    calls: Vec<&'static str>,
}

#[derive(Clone, Default)]
struct World(Arc<Mutex<State>>);

impl World {
    fn at(finalized: u32, anchor: u32) -> Self {
        Self(Arc::new(Mutex::new(State {
            finalized,
            anchor,
            ..State::default()
        })))
    }

    fn synchronizer(&self) -> Synchronizer<Self, Self> {
        Synchronizer::new(self.clone(), self.clone(), EVERY)
    }

    fn calls(&self) -> Vec<&'static str> {
        self.0.lock().unwrap().calls.clone()
    }

    fn head(&self) -> AnchoredHead {
        AnchoredHead {
            number: self.0.lock().unwrap().anchor,
            hash: H256::zero(),
            state_root: H256::zero(),
            anchored_at: 0,
            anchored_slot: 0,
            entry_blocks: 0,
        }
    }
}

#[async_trait]
impl FinalitySource for World {
    type Proof = ();

    async fn finalized_number(&self) -> ChainResult<u32> {
        Ok(self.0.lock().unwrap().finalized)
    }

    async fn latest_set_id(&self) -> ChainResult<u64> {
        Ok(0)
    }

    async fn prove_finality(&self, _: u32) -> ChainResult<Option<Proven<()>>> {
        let number = self.0.lock().unwrap().finalized;
        Ok(Some(Proven { number, proof: () }))
    }

    async fn optimize(&self, _: H256, proof: Proven<()>) -> ChainResult<(u64, Proven<()>)> {
        Ok((0, proof))
    }
}

#[async_trait]
impl AnchorTarget for World {
    type Proof = ();

    async fn anchored_head(&self) -> ChainResult<Option<(AnchoredHead, u64)>> {
        Ok(Some((self.head(), 0)))
    }

    fn has_own_account(&self) -> bool {
        self.0.lock().unwrap().own_account
    }

    async fn submit_proof(&self, proof: &Proven<()>) -> ChainResult<()> {
        let mut state = self.0.lock().unwrap();
        match state.anchors {
            Anchors::Taken => {
                state.calls.push("anchor");
                state.anchor = proof.number;
                state.restricted = false;
                Ok(())
            }
            Anchors::Expire => Err(ClientError::TransactionExpired { blocks: 64 }),
            Anchors::Fail => Err(ClientError::DispatchFailed {
                failure: DispatchFailure {
                    name: "HospitalAnchor::InvalidAuthorityChange".into(),
                },
                block: 1,
                extrinsic: 1,
            }),
        }
    }
}

#[async_trait]
impl EntrySource for World {
    async fn entry_commitment(&self, sequence: Sequence) -> ChainResult<Option<EntryCommitment>> {
        Ok((sequence == 0).then(|| EntryCommitment {
            number: STORED_AT,
            count: 0,
            root: entries_root(&[]),
            chain_hash: H256::zero(),
        }))
    }

    async fn entry_block_count(&self) -> ChainResult<Sequence> {
        Ok(1)
    }

    async fn entries(&self, _: u32) -> ChainResult<Vec<Entry>> {
        Ok(Vec::new())
    }

    async fn prove_entry_block(&self, _: Sequence, _: H256) -> ChainResult<Vec<Vec<u8>>> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Registry for World {
    async fn next_sequence(&self) -> ChainResult<Sequence> {
        Ok(u32::from(self.0.lock().unwrap().registered))
    }

    async fn anchor(&self) -> ChainResult<Option<AnchoredHead>> {
        Ok(Some(self.head()))
    }

    async fn register_blocks(&self, _: Vec<Registering>) -> ChainResult<BlockNumber> {
        let mut state = self.0.lock().unwrap();
        if state.restricted {
            return Err(ClientError::TransactionExpired { blocks: 64 });
        }
        state.calls.push("register");
        state.registered = true;
        Ok(1)
    }

    async fn registered(&self, _: Sequence, _: bool) -> ChainResult<Option<RegisteredBlock>> {
        Ok(None)
    }

    async fn is_indexed(&self, _: RecordId, _: BlockNumber) -> ChainResult<Option<bool>> {
        Ok(None)
    }
}

#[tokio::test]
async fn step_should_anchor_first_when_both_are_due() {
    let world = World::at(500, STORED_AT);
    world.0.lock().unwrap().restricted = true;
    assert!(world.synchronizer().step().await.unwrap());
    assert_eq!(world.calls(), ["anchor", "register"]);
}

#[tokio::test]
async fn step_should_not_anchor_when_only_a_registration_is_due() {
    let world = World::at(STORED_AT + EVERY - 1, STORED_AT);
    assert!(world.synchronizer().step().await.unwrap());
    assert_eq!(world.calls(), ["register"]);
}

#[tokio::test]
async fn step_should_anchor_what_a_registration_needs() {
    let world = World::at(STORED_AT + 1, STORED_AT - 1);
    let synchronizer = world.synchronizer();
    assert!(synchronizer.step().await.unwrap());
    assert!(synchronizer.step().await.unwrap());
    assert!(!synchronizer.step().await.unwrap());
    assert_eq!(world.calls(), ["anchor", "register"]);
}

#[tokio::test]
async fn step_should_try_again_when_blocks_took_no_registration_for_a_while() {
    let world = World::at(STORED_AT, STORED_AT);
    world.0.lock().unwrap().restricted = true;
    let synchronizer = world.synchronizer();
    assert!(synchronizer.step().await.is_err());
    world.0.lock().unwrap().restricted = false;
    assert!(synchronizer.step().await.unwrap());
    assert_eq!(world.calls(), ["register"]);
}

#[tokio::test]
async fn step_should_register_nothing_when_the_anchor_still_waits() {
    let world = World::at(500, STORED_AT);
    world.0.lock().unwrap().anchors = Anchors::Expire;
    let synchronizer = world.synchronizer();
    assert!(synchronizer.step().await.is_err());
    assert!(world.calls().is_empty());
    world.0.lock().unwrap().anchors = Anchors::Taken;
    assert!(synchronizer.step().await.unwrap());
    assert_eq!(world.calls(), ["anchor", "register"]);
}

#[tokio::test]
async fn step_should_register_and_say_so_when_the_anchor_is_refused() {
    let world = World::at(500, STORED_AT);
    world.0.lock().unwrap().anchors = Anchors::Fail;
    assert!(world.synchronizer().step().await.is_err());
    assert_eq!(world.calls(), ["register"]);
}

#[tokio::test]
async fn step_should_register_while_an_anchor_of_another_account_waits() {
    let world = World::at(500, STORED_AT);
    {
        let mut state = world.0.lock().unwrap();
        (state.anchors, state.own_account) = (Anchors::Expire, true);
    }
    assert!(world.synchronizer().step().await.is_err());
    assert_eq!(world.calls(), ["register"]);
}

#[tokio::test]
async fn step_should_do_nothing_when_the_chain_was_rebuilt() {
    let world = World::at(STORED_AT - 1, STORED_AT);
    assert!(matches!(
        world.synchronizer().step().await,
        Err(GatewayError::ChainRebuilt { .. })
    ));
    assert!(world.calls().is_empty());
}
