// SPDX-License-Identifier: Apache-2.0
//! Writes to several stores.

use super::{payload, Folders, Rack, LIMIT};
use crate::{Fault, PhiStoreError};
use bspp_types::payload_hash;

#[tokio::test]
async fn put_should_count_when_enough_stores_have_the_payload() {
    let rack = Rack::new(3, 2).await;
    rack.faults[1].fill(true);
    let data = payload(1, 70_000);
    let stored = rack.store.put(data.clone()).await.unwrap();
    assert_eq!((stored.stores, stored.lacking.len()), (2, 1));
    assert_eq!(stored.lacking[0].store, "store-1");
    assert!(stored.lacking[0].to_string().contains("no space left"));
    assert!(!rack.has(1, &stored.hash).await);
    // The store is back: it gets what it lacks.
    rack.faults[1].fill(false);
    let replay = rack.store.replay().await.unwrap();
    assert_eq!((replay.done, replay.failed), (1, 0));
    assert!(rack.has(1, &stored.hash).await);
    assert_eq!(rack.store.status().unwrap().stores[1].waiting_puts, 0);
}

#[tokio::test]
async fn put_should_fail_when_too_few_stores_have_the_payload() {
    let rack = Rack::new(2, 2).await;
    rack.faults[0].refuse(true);
    let data = payload(1, 10);
    let error = rack.store.put(data.clone()).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("1 of 2") && text.contains("store-0"),
        "{text}"
    );
    let hash = payload_hash(&data);
    assert!(matches!(
        error,
        PhiStoreError::QuorumNotReached { hash: found, .. } if found == hash
    ));
    // The caller repeats the write.
    rack.faults[0].refuse(false);
    let stored = rack.store.put(data).await.unwrap();
    assert_eq!(stored.stores, 2);
    assert!(rack.has(0, &hash).await && rack.has(1, &hash).await);
}

#[tokio::test]
async fn put_should_not_wait_for_a_store_that_hangs() {
    let rack = Rack::new(2, 1).await;
    rack.faults[0].hang();
    let first = rack.store.put(payload(1, 10)).await.unwrap();
    assert_eq!(first.lacking[0].fault, Fault::TooLate(LIMIT));
    // The next write does not even ask it.
    let second = rack.store.put(payload(2, 10)).await.unwrap();
    assert!(matches!(second.lacking[0].fault, Fault::Away(_)));
    assert_eq!(rack.store.get(first.hash).await.unwrap(), payload(1, 10));
    rack.faults[0].release();
    rack.store.replay().await.unwrap();
    for hash in [first.hash, second.hash] {
        assert!(rack.has(0, &hash).await);
    }
}

#[tokio::test]
async fn writes_should_wait_in_the_journal_over_a_restart() {
    let folders = Folders::new(2, 1);
    let store = folders.open().await;
    let away = folders.root.path().join("unmounted");
    std::fs::rename(folders.folder(1), &away).unwrap();
    let stored = store.put(payload(1, 10)).await.unwrap();
    assert_eq!(stored.lacking[0].store, "disk-1");
    drop(store);
    std::fs::rename(&away, folders.folder(1)).unwrap();
    let store = folders.open().await;
    assert!(folders.file(1, &stored.hash).is_file());
    assert_eq!(store.status().unwrap().stores[1].waiting_puts, 0);
}

#[tokio::test]
async fn payload_should_not_go_to_the_folder_below_an_unmounted_medium() {
    let folders = Folders::new(2, 1);
    let store = folders.open().await;
    let away = folders.root.path().join("unmounted");
    std::fs::rename(folders.folder(1), &away).unwrap();
    std::fs::create_dir(folders.folder(1)).unwrap();
    let stored = store.put(payload(1, 10)).await.unwrap();
    assert!(stored.lacking[0].to_string().contains("mounted"));
    let replay = store.replay().await.unwrap();
    assert_eq!(replay.failed, 1);
    let mut left = std::fs::read_dir(folders.folder(1)).unwrap();
    assert!(left.next().is_none());
    // The medium is back.
    std::fs::remove_dir(folders.folder(1)).unwrap();
    std::fs::rename(&away, folders.folder(1)).unwrap();
    store.replay().await.unwrap();
    assert!(folders.file(1, &stored.hash).is_file());
}

#[tokio::test]
async fn medium_of_another_store_should_get_no_payload() {
    let (north, south) = (Folders::new(1, 1), Folders::new(1, 1));
    north.open().await;
    south.open().await;
    std::fs::remove_dir_all(north.folder(0)).unwrap();
    std::fs::rename(south.folder(0), north.folder(0)).unwrap();
    let store = north.open().await;
    let error = store.put(payload(1, 10)).await.unwrap_err();
    assert!(error.to_string().contains("another store"), "{error}");
    assert!(!north.file(0, &payload_hash(&payload(1, 10))).exists());
}

#[cfg(unix)]
#[tokio::test]
async fn two_names_of_one_store_should_not_count_twice() {
    let folders = Folders::new(2, 2);
    std::fs::create_dir(folders.folder(0)).unwrap();
    std::os::unix::fs::symlink(folders.folder(0), folders.folder(1)).unwrap();
    let store = folders.open().await;
    let error = store.put(payload(1, 10)).await.unwrap_err();
    assert!(error.to_string().contains("under another name"), "{error}");
}
