// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::type_complexity, clippy::unwrap_used)]

use super::*;
use crate::{
    outbox::{Job, JobPhase},
    shares::Kept,
    vault::Vault,
};
use async_trait::async_trait;
use bspp_client::Result as ChainResult;
use bspp_record::EncryptedRecord;
use bspp_test_kit::EntryBuilder;
use bspp_types::{Record, RecordId, RecordLocation};
use codec::Encode;
use sp_core::H256;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

fn encrypted(index: u32) -> EncryptedRecord {
    let entry = EntryBuilder::new(index as u8)
        .batch(H256([1; 32]))
        .index(index)
        .build();
    EncryptedRecord {
        rid: entry.rid(),
        record: Record {
            entry,
            wraps: vec![[0; 48]; 8].try_into().unwrap(),
            patient: [4; 32],
            consent: H256([5; 32]),
        },
        payload: Arc::new(vec![index as u8; 10]),
    }
}

/// A chain that does not answer for some records.
#[derive(Clone)]
struct Chain {
    stored: Arc<Mutex<HashMap<RecordId, u32>>>,
    sent: Arc<Mutex<Vec<(u32, Vec<u8>)>>>,
    silent: bool,
    refuse: Option<u32>,
    reason: &'static str,
}

impl Default for Chain {
    fn default() -> Self {
        Self {
            stored: Arc::default(),
            sent: Arc::default(),
            silent: false,
            refuse: None,
            reason: "PhiRecords::ConsentNotFound",
        }
    }
}

#[async_trait]
impl RecordSink for Chain {
    async fn locate(&self, rid: RecordId, _: bool) -> ChainResult<Option<RecordLocation>> {
        Ok(self
            .stored
            .lock()
            .unwrap()
            .get(&rid)
            .map(|block| RecordLocation {
                patient: [4; 32],
                block: *block,
                extrinsic: 1,
                sequence: 0,
                leaf: 0,
            }))
    }

    async fn final_height(&self) -> ChainResult<u32> {
        Ok(0)
    }

    async fn store(&self, records: Vec<Outgoing>) -> Vec<StoreOutcome> {
        records
            .into_iter()
            .map(|record| {
                let index = record.record.entry.index;
                let bytes = record.record.encode();
                self.sent.lock().unwrap().push((index, bytes));
                if self.refuse == Some(index) {
                    return StoreOutcome::Refused(self.reason.into());
                }
                self.stored.lock().unwrap().insert(record.rid, 7);
                if self.silent {
                    StoreOutcome::Unknown("connection lost".into())
                } else {
                    StoreOutcome::Stored(7)
                }
            })
            .collect()
    }
}

fn shares(dir: &tempfile::TempDir) -> ShareStore {
    let vault = Vault::open(&dir.path().join("vault")).unwrap();
    ShareStore::open(&[dir.path().join("a"), dir.path().join("b")], vault).unwrap()
}

fn outbox_with(count: u32) -> (tempfile::TempDir, Outbox) {
    let dir = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(dir.path()).unwrap();
    let records: Vec<_> = (0..count).map(encrypted).collect();
    outbox.push((0, 0), &records, 0).unwrap();
    (dir, outbox)
}

#[tokio::test]
async fn step_should_send_in_the_order_of_indices() {
    let (dir, outbox) = outbox_with(5);
    let chain = Chain::default();
    let storer = Storer::new(chain.clone(), (outbox.clone(), shares(&dir)), 2);
    for expected in [2, 2, 1, 0] {
        assert_eq!(storer.step().await.unwrap(), expected);
    }
    let order: Vec<u32> = chain
        .sent
        .lock()
        .unwrap()
        .iter()
        .map(|(index, _)| *index)
        .collect();
    assert_eq!(order, [0, 1, 2, 3, 4]);
    assert!(outbox
        .active()
        .unwrap()
        .iter()
        .all(|(_, item)| item.progress.stored.is_some()));
}

#[tokio::test]
async fn step_should_not_send_again_what_the_chain_has() {
    let (dir, outbox) = outbox_with(3);
    let chain = Chain {
        silent: true,
        ..Chain::default()
    };
    let storer = Storer::new(chain.clone(), (outbox.clone(), shares(&dir)), 10);
    assert_eq!(storer.step().await.unwrap(), 0);
    assert_eq!(storer.step().await.unwrap(), 3);
    assert_eq!(chain.sent.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn step_should_resend_identical_bytes_when_a_record_was_lost() {
    let (dir, outbox) = outbox_with(1);
    let chain = Chain {
        silent: true,
        ..Chain::default()
    };
    let storer = Storer::new(chain.clone(), (outbox.clone(), shares(&dir)), 10);
    storer.step().await.unwrap();
    chain.stored.lock().unwrap().clear();
    storer.step().await.unwrap();
    let sent = chain.sent.lock().unwrap();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0], sent[1]);
}

#[tokio::test]
async fn step_should_keep_the_reason_when_the_chain_refuses() {
    let (dir, outbox) = outbox_with(2);
    let chain = Chain {
        refuse: Some(0),
        ..Chain::default()
    };
    let storer = Storer::new(chain, (outbox.clone(), shares(&dir)), 10);
    assert_eq!(storer.step().await.unwrap(), 1);
    let records = outbox.records_of(0).unwrap();
    assert_eq!(
        records[0].progress.failure.as_deref(),
        Some("PhiRecords::ConsentNotFound")
    );
    assert_eq!(outbox.active().unwrap().len(), 1);
}

/// Fault: the share of a refused entry stayed, under an identifier that nothing names.
#[tokio::test]
async fn entry_that_is_encrypted_again_should_leave_no_share() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(dir.path()).unwrap();
    let job = Job {
        created: 0,
        phase: JobPhase::Encrypting,
        records_total: 1,
        failure: None,
    };
    let job = outbox.create_job(&job, &[vec![1]], None).unwrap();
    outbox.push((job, 0), &[encrypted(0)], 0).unwrap();
    let rid = encrypted(0).rid;
    let shares = shares(&dir);
    let share = bspp_peks::HospitalShare::generate(&mut rand::rngs::OsRng);
    shares.put(&[(rid, share)]).unwrap();
    let chain = Chain {
        refuse: Some(0),
        reason: "PhiRecords::BatchNotFound",
        ..Chain::default()
    };
    let storer = Storer::new(chain, (outbox.clone(), shares.clone()), 10);
    storer.step().await.unwrap();
    assert!(outbox.records_of(job).unwrap().is_empty());
    let again = outbox.next_pending(job, 0).unwrap().unwrap();
    assert_eq!(again.refused_by, Some(encrypted(0).record.entry.batch));
    assert_eq!(shares.get(&rid).unwrap(), Kept::Deleted);
}
