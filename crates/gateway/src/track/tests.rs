// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::unwrap_used)]

use super::*;
use crate::{
    ports::{Outgoing, Registering, StoreOutcome},
    vault::Vault,
};
use async_trait::async_trait;
use bspp_client::Result as ChainResult;
use bspp_record::EncryptedRecord;
use bspp_test_kit::EntryBuilder;
use bspp_types::{AnchoredHead, BlockNumber, EntryCommitment, Record, RecordLocation};
use sp_core::H256;
use std::sync::{Arc, Mutex};

/// Both chains with a record at height 10, and the progress of each stage.
#[derive(Clone, Default)]
struct World(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    final_height: u32,
    on_best: bool,
    anchor: Option<u32>,
    registered: bool,
    registered_final: bool,
    indexed: Option<bool>,
}

#[async_trait]
impl RecordSink for World {
    async fn locate(&self, _: RecordId, finalized: bool) -> ChainResult<Option<RecordLocation>> {
        let state = self.0.lock().unwrap();
        let found = state.on_best && (!finalized || state.final_height >= 10);
        Ok(found.then_some(RecordLocation {
            patient: [4; 32],
            block: 10,
            extrinsic: 1,
            sequence: 3,
            leaf: 0,
        }))
    }

    async fn final_height(&self) -> ChainResult<u32> {
        Ok(self.0.lock().unwrap().final_height)
    }

    async fn store(&self, _: Vec<Outgoing>) -> Vec<StoreOutcome> {
        Vec::new()
    }
}

#[async_trait]
impl Registry for World {
    async fn next_sequence(&self) -> ChainResult<Sequence> {
        Ok(0)
    }

    async fn anchor(&self) -> ChainResult<Option<AnchoredHead>> {
        Ok(self.0.lock().unwrap().anchor.map(|number| AnchoredHead {
            number,
            hash: H256::zero(),
            state_root: H256::zero(),
            anchored_at: 50,
            anchored_slot: 0,
            entry_blocks: 0,
        }))
    }

    async fn register_blocks(&self, _: Vec<Registering>) -> ChainResult<BlockNumber> {
        Ok(0)
    }

    async fn registered(
        &self,
        sequence: Sequence,
        finalized: bool,
    ) -> ChainResult<Option<RegisteredBlock>> {
        assert_eq!(sequence, 3);
        let state = self.0.lock().unwrap();
        let found = if finalized {
            state.registered_final
        } else {
            state.registered
        };
        let block = EntryCommitment {
            number: 10,
            count: 1,
            root: H256::zero(),
            chain_hash: H256::zero(),
        };
        Ok(found.then_some(RegisteredBlock {
            block,
            registered_at: 60,
            extrinsic: 2,
            from_end: 0,
            len: 0,
        }))
    }

    async fn is_indexed(&self, _: RecordId, at: BlockNumber) -> ChainResult<Option<bool>> {
        assert_eq!(at, 60);
        Ok(self.0.lock().unwrap().indexed)
    }
}

fn stored_record() -> (tempfile::TempDir, Outbox, RecordId) {
    let entry = EntryBuilder::new(2).batch(H256([1; 32])).index(0).build();
    let rid = entry.rid();
    let record = Record {
        entry,
        wraps: vec![[0; 48]; 8].try_into().unwrap(),
        patient: [4; 32],
        consent: H256([5; 32]),
    };
    let dir = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(dir.path()).unwrap();
    let made = EncryptedRecord {
        rid,
        record,
        payload: Arc::new(vec![1]),
    };
    let ids = outbox.push((0, 0), &[made], 0).unwrap();
    outbox
        .update(&ids, |_, progress| progress.stored = Some(at(10)))
        .unwrap();
    (dir, outbox, rid)
}

fn shares(dir: &tempfile::TempDir) -> ShareStore {
    let vault = Vault::open(&dir.path().join("vault")).unwrap();
    ShareStore::open(&[dir.path().join("a"), dir.path().join("b")], vault).unwrap()
}

fn stage(outbox: &Outbox) -> &'static str {
    outbox.records_of(0).unwrap()[0].progress.stage()
}

#[tokio::test]
async fn step_should_follow_a_record_through_every_stage() {
    let (dir, outbox, rid) = stored_record();
    let world = World::default();
    let tracker = Tracker::new(world.clone(), world.clone(), (outbox.clone(), shares(&dir)));
    let set = |change: fn(&mut State)| change(&mut world.0.lock().unwrap());
    set(|state| state.on_best = true);
    assert!(tracker.step().await.unwrap().is_empty());
    assert_eq!(stage(&outbox), "stored");
    set(|state| state.final_height = 10);
    tracker.step().await.unwrap();
    assert_eq!(stage(&outbox), "finalized");
    set(|state| state.anchor = Some(9));
    tracker.step().await.unwrap();
    assert_eq!(stage(&outbox), "finalized");
    set(|state| state.anchor = Some(10));
    tracker.step().await.unwrap();
    assert_eq!(stage(&outbox), "anchored");
    set(|state| state.registered = true);
    tracker.step().await.unwrap();
    assert_eq!(stage(&outbox), "registered");
    set(|state| state.registered_final = true);
    assert!(
        tracker.step().await.unwrap().is_empty(),
        "the index has not come so far"
    );
    set(|state| state.indexed = Some(true));
    assert_eq!(tracker.step().await.unwrap(), [rid]);
    assert_eq!(stage(&outbox), "searchable");
    assert!(
        tracker.step().await.unwrap().is_empty(),
        "each record is told once"
    );
}

#[tokio::test]
async fn step_should_send_again_when_the_block_was_abandoned() {
    let (dir, outbox, _) = stored_record();
    let world = World::default();
    let tracker = Tracker::new(world.clone(), world.clone(), (outbox.clone(), shares(&dir)));
    world.0.lock().unwrap().final_height = 11;
    tracker.step().await.unwrap();
    assert_eq!(stage(&outbox), "stored");
    world.0.lock().unwrap().final_height = 12;
    tracker.step().await.unwrap();
    assert_eq!(stage(&outbox), "encrypted");
}

#[tokio::test]
async fn step_should_fail_a_record_when_the_consortium_refused_its_entry() {
    let (dir, outbox, _) = stored_record();
    let world = World::default();
    *world.0.lock().unwrap() = State {
        final_height: 10,
        on_best: true,
        anchor: Some(10),
        registered: true,
        registered_final: true,
        indexed: Some(false),
    };
    let tracker = Tracker::new(world.clone(), world, (outbox.clone(), shares(&dir)));
    assert!(tracker.step().await.unwrap().is_empty());
    assert_eq!(stage(&outbox), "failed");
}
