// SPDX-License-Identifier: Apache-2.0
//! Erasures, which win over every copy that comes back.

use super::{copy, payload, Folders, Rack, LIMIT};
use crate::{place, Fault, PhiStoreError};

#[tokio::test]
async fn erased_payload_should_be_gone_and_never_be_stored_again() {
    let folders = Folders::new(2, 2);
    let store = folders.open().await;
    let data = payload(1, 1_000);
    let hash = store.put(data.clone()).await.unwrap().hash;
    // A write of this payload was interrupted.
    let mut staged = folders.file(0, &hash).into_os_string();
    staged.push("#1");
    std::fs::write(&staged, &data).unwrap();
    let other = store.put(payload(2, 1_000)).await.unwrap().hash;

    let erasure = store.delete(hash).await.unwrap();
    assert!(erasure.lacking.is_empty());
    let erased = PhiStoreError::Erased(hash);
    assert_eq!(store.get(hash).await.unwrap_err(), erased);
    assert_eq!(store.put(data).await.unwrap_err(), erased);
    for number in 0..2 {
        assert!(!folders.file(number, &hash).exists());
        let tombstone = folders
            .folder(number)
            .join(place::tombstone(&hash).to_string());
        assert!(tombstone.is_file());
    }
    assert!(!std::path::Path::new(&staged).exists());
    assert_eq!(store.get(other).await.unwrap(), payload(2, 1_000));
    // A repetition changes nothing.
    assert_eq!(store.delete(hash).await.unwrap(), erasure);
}

#[tokio::test]
async fn store_that_was_away_should_delete_when_it_is_back() {
    let rack = Rack::new(2, 2).await;
    let hash = rack.store.put(payload(1, 10)).await.unwrap().hash;
    rack.faults[1].refuse(true);
    let erasure = rack.store.delete(hash).await.unwrap();
    assert_eq!(erasure.lacking[0].store, "store-1");
    assert!(!rack.has(0, &hash).await && rack.has(1, &hash).await);
    assert!(matches!(
        rack.store.get(hash).await.unwrap_err(),
        PhiStoreError::Erased(_)
    ));
    // It is still away: the deletion waits.
    rack.store.replay().await.unwrap();
    assert_eq!(rack.store.status().unwrap().stores[1].waiting_erasures, 1);
    rack.faults[1].refuse(false);
    rack.store.replay().await.unwrap();
    assert!(!rack.has(1, &hash).await);
    assert_eq!(rack.store.status().unwrap().stores[1].waiting_erasures, 0);
}

#[tokio::test]
async fn erasure_should_replace_a_write_that_waits() {
    let rack = Rack::new(2, 1).await;
    rack.faults[1].refuse(true);
    let hash = rack.store.put(payload(1, 10)).await.unwrap().hash;
    rack.store.delete(hash).await.unwrap();
    let away = &rack.store.status().unwrap().stores[1];
    assert_eq!((away.waiting_puts, away.waiting_erasures), (0, 1));
    rack.faults[1].refuse(false);
    rack.store.replay().await.unwrap();
    assert!(!rack.has(0, &hash).await && !rack.has(1, &hash).await);
}

#[tokio::test]
async fn late_write_should_not_outlive_an_erasure() {
    let rack = Rack::new(2, 1).await;
    rack.faults[0].hang();
    let stored = rack.store.put(payload(1, 10)).await.unwrap();
    assert!(matches!(stored.lacking[0].fault, Fault::TooLate(_)));
    rack.store.delete(stored.hash).await.unwrap();
    // The store is asked again while the write still hangs.
    rack.store.replay().await.unwrap();
    rack.faults[0].release();
    rack.store.replay().await.unwrap();
    tokio::time::sleep(LIMIT).await;
    assert!(!rack.has(0, &stored.hash).await);
    assert_eq!(rack.store.status().unwrap().stores[0].waiting_erasures, 0);
}

#[tokio::test]
async fn old_backup_of_a_store_should_not_bring_a_payload_back() {
    let folders = Folders::new(2, 2);
    let store = folders.open().await;
    let hash = store.put(payload(1, 1_000)).await.unwrap().hash;
    let kept = store.put(payload(2, 1_000)).await.unwrap().hash;
    let backup = folders.root.path().join("backup");
    copy(&folders.folder(1), &backup);
    store.delete(hash).await.unwrap();
    drop(store);
    std::fs::remove_dir_all(folders.folder(1)).unwrap();
    copy(&backup, &folders.folder(1));
    assert!(folders.file(1, &hash).is_file());

    let store = folders.open().await;
    assert!(!folders.file(1, &hash).exists());
    assert_eq!(store.get(kept).await.unwrap(), payload(2, 1_000));
}

#[tokio::test]
async fn tombstones_should_erase_only_when_an_operator_adopts_them() {
    let folders = Folders::new(2, 2);
    let store = folders.open().await;
    let hash = store.put(payload(1, 1_000)).await.unwrap().hash;
    // A thief of one store's key makes a tombstone.
    let tombstone = folders.folder(0).join(place::tombstone(&hash).to_string());
    std::fs::create_dir_all(tombstone.parent().unwrap()).unwrap();
    std::fs::write(tombstone, b"erased\n").unwrap();
    drop(store);
    let store = folders.open().await;
    store.replay().await.unwrap();
    assert_eq!(store.get(hash).await.unwrap(), payload(1, 1_000));
    // The journal was lost, and the operator trusts the stores.
    assert_eq!(store.adopt_erasures().await.unwrap(), 1);
    assert_eq!(
        store.get(hash).await.unwrap_err(),
        PhiStoreError::Erased(hash)
    );
    assert!(!folders.file(0, &hash).exists() && !folders.file(1, &hash).exists());
}
