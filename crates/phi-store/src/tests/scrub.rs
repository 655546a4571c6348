// SPDX-License-Identifier: Apache-2.0
//! Scrubs.

use super::{payload, Folders, Rack};
use crate::{place, Fault, Finding, PhiStore};
use bspp_types::H256;

async fn findings(store: &PhiStore) -> Vec<Finding> {
    let mut scrub = store.scrub();
    let mut all = Vec::new();
    while let Some(finding) = scrub.next().await.unwrap() {
        all.push(finding);
    }
    all
}

#[tokio::test]
async fn scrub_should_read_everything_and_repair_what_a_store_lacks() {
    let rack = Rack::new(2, 2).await;
    let mut hashes = Vec::new();
    for seed in 1..=5 {
        let stored = rack.store.put(payload(seed, 70_000)).await.unwrap();
        hashes.push(stored.hash);
    }
    let intact = findings(&rack.store).await;
    assert_eq!(intact.len(), 5);
    assert!(intact.iter().all(|one| matches!(one, Finding::Intact(_))));

    let lost = hashes[0];
    for faulty in &rack.faults {
        let place = place::payload(&lost);
        faulty.plant(&place, b"wrong".to_vec()).await;
    }
    let wrong = hashes[1];
    let place = place::payload(&wrong);
    rack.faults[1].plant(&place, b"wrong".to_vec()).await;
    let erased = hashes[2];
    let place = place::payload(&erased);
    let bytes = rack.faults[0].bytes(&place).await;
    rack.store.delete(erased).await.unwrap();
    rack.faults[0].plant(&place, bytes).await;

    let found = findings(&rack.store).await;
    assert_eq!(found.len(), 5);
    for finding in found {
        match finding {
            Finding::Intact(hash) => assert!(hashes[3..].contains(&hash)),
            Finding::Lost { hash, failures } => {
                assert_eq!((hash, failures.len()), (lost, 2));
            }
            Finding::Repaired {
                hash,
                repaired,
                left,
            } => {
                assert_eq!(hash, wrong);
                assert_eq!((repaired, left), (vec!["store-1".to_owned()], vec![]));
            }
            Finding::Erased { hash, left } => assert_eq!((hash, left), (erased, vec![])),
            Finding::Unlisted(failure) => panic!("{failure}"),
        }
    }
    assert!(!rack.has(0, &erased).await);
    // The second scrub finds only what cannot be repaired.
    let again = findings(&rack.store).await;
    assert_eq!(again.len(), 4);
    let lost_ones = again
        .iter()
        .filter(|one| matches!(one, Finding::Lost { .. }));
    assert_eq!(lost_ones.count(), 1);
}

#[tokio::test]
async fn scrub_should_name_a_store_that_cannot_be_listed() {
    let rack = Rack::new(2, 1).await;
    rack.store.put(payload(1, 10)).await.unwrap();
    rack.faults[0].refuse(true);
    let found = findings(&rack.store).await;
    let unlisted = found
        .iter()
        .filter(|one| matches!(one, Finding::Unlisted(failure) if failure.store == "store-0"));
    assert_eq!(unlisted.count(), 256);
    let unread = found.iter().any(
        |one| matches!(one, Finding::Repaired { repaired, left, .. } if repaired.is_empty() && left.len() == 1),
    );
    assert!(unread);
}

#[tokio::test]
async fn inspect_should_find_a_payload_that_all_stores_lost() {
    let folders = Folders::new(2, 2);
    let store = folders.open().await;
    let hash = H256::repeat_byte(5);
    let Finding::Lost { failures, .. } = store.inspect(hash).await.unwrap() else {
        panic!("it is not lost");
    };
    assert!(failures.iter().all(|one| one.fault == Fault::Missing));
}

#[tokio::test]
async fn scrub_should_fill_a_new_store_and_delete_old_unfinished_writes() {
    let mut folders = Folders::new(1, 1);
    let store = folders.open().await;
    let hash = store.put(payload(1, 1_000)).await.unwrap().hash;
    let staged = |end: &str| {
        let mut path = folders.file(0, &hash).into_os_string();
        path.push(end);
        std::path::PathBuf::from(path)
    };
    let (old, fresh) = (staged("#1"), staged("#2"));
    let file = std::fs::File::create(&old).unwrap();
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(7_200);
    file.set_modified(long_ago).unwrap();
    std::fs::File::create(&fresh).unwrap();
    drop(store);
    folders.count = 2;
    let store = folders.open().await;
    let found = findings(&store).await;
    assert!(matches!(&found[..], [Finding::Repaired { repaired, .. }] if repaired[0] == "disk-1"));
    assert!(folders.file(1, &hash).is_file());
    assert!(!old.exists() && fresh.exists());
}
