// SPDX-License-Identifier: Apache-2.0
//! Tests over folders, and over stores in memory that fail on demand.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod erasure;
mod faulty;
mod objects;
mod quorum;
mod repair;
#[cfg(feature = "s3")]
mod s3;
mod scrub;

use crate::{
    journal::Journal, medium::Medium, place, PhiStore, PhiStoreConfig, PhiStoreError, StoreConfig,
};
use bspp_types::H256;
use faulty::Faulty;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;

/// Time within which a store in memory must answer.
const LIMIT: Duration = Duration::from_millis(500);

/// A payload whose bytes depend on `seed`.
fn payload(seed: u8, length: usize) -> Vec<u8> {
    (0..length)
        .map(|n| (n % 251) as u8 ^ seed.wrapping_mul(37))
        .collect()
}

/// Stores in folders of a temporary folder.
struct Folders {
    root: TempDir,
    count: usize,
    quorum: usize,
}

impl Folders {
    fn new(count: usize, quorum: usize) -> Self {
        Self {
            root: tempfile::tempdir().unwrap(),
            count,
            quorum,
        }
    }

    fn folder(&self, number: usize) -> PathBuf {
        self.root.path().join(format!("disk-{number}"))
    }

    fn config(&self) -> PhiStoreConfig {
        PhiStoreConfig {
            stores: (0..self.count)
                .map(|number| StoreConfig::folder(format!("disk-{number}"), self.folder(number)))
                .collect(),
            quorum: self.quorum,
            journal: self.root.path().join("journal/phi.redb"),
        }
    }

    async fn open(&self) -> PhiStore {
        PhiStore::open(&self.config()).await.unwrap()
    }

    /// The file of a payload in a store.
    fn file(&self, number: usize, hash: &H256) -> PathBuf {
        self.folder(number).join(place::payload(hash).to_string())
    }
}

/// Stores in memory that fail on demand.
struct Rack {
    faults: Vec<Arc<Faulty>>,
    store: PhiStore,
    _journal: TempDir,
}

impl Rack {
    async fn new(count: usize, quorum: usize) -> Self {
        let faults: Vec<Arc<Faulty>> = (0..count).map(|_| Arc::default()).collect();
        let media = faults.iter().enumerate().map(|(number, faulty)| {
            let objects: Arc<Faulty> = Arc::clone(faulty);
            Medium::over(&format!("store-{number}"), objects, None, LIMIT)
        });
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(&folder.path().join("phi.redb")).unwrap();
        let store = PhiStore::over(media.collect(), journal, quorum);
        store.replay().await.unwrap();
        Self {
            faults,
            store,
            _journal: folder,
        }
    }

    /// Whether a store has the object of a payload.
    async fn has(&self, number: usize, hash: &H256) -> bool {
        self.faults[number].has(&place::payload(hash)).await
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        let target = to.join(file.file_name());
        if file.file_type().unwrap().is_dir() {
            copy(&file.path(), &target);
        } else {
            std::fs::copy(file.path(), target).unwrap();
        }
    }
}

#[tokio::test]
async fn open_should_fail_when_another_process_has_the_journal() {
    let folders = Folders::new(1, 1);
    let _open = folders.open().await;
    let error = PhiStore::open(&folders.config()).await.unwrap_err();
    assert!(matches!(error, PhiStoreError::JournalInUse(_)), "{error}");
}

#[tokio::test]
async fn status_should_tell_what_each_store_lacks() {
    let rack = Rack::new(2, 1).await;
    assert!(rack.store.status().unwrap().takes_writes());
    rack.faults[1].refuse(true);
    rack.store.put(payload(1, 10)).await.unwrap();
    rack.store.delete(H256::repeat_byte(9)).await.unwrap();
    let status = rack.store.status().unwrap();
    assert_eq!((status.ready(), status.erased), (1, 1));
    assert_eq!(status.stores[0].waiting_erasures, 0);
    let away = &status.stores[1];
    assert_eq!((away.waiting_puts, away.waiting_erasures), (1, 1));
    assert!(away.away.as_ref().unwrap().contains("refused"));
}
