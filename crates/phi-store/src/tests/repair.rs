// SPDX-License-Identifier: Apache-2.0
//! Wrong bytes in one store: the others give the payload, and the store gets it again.

use super::{payload, Folders, Rack};
use crate::{place, Fault, PhiReader, PhiStoreError};
use bspp_types::PAYLOAD_PIECE_BYTES;
use std::path::Path;

type Damage = (&'static str, fn(&Path));

fn rewrite(file: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(file).unwrap();
    change(&mut bytes);
    std::fs::write(file, bytes).unwrap();
}

/// Damages of a file.
const DAMAGES: [Damage; 8] = [
    ("missing", |file| std::fs::remove_file(file).unwrap()),
    ("empty", |file| rewrite(file, Vec::clear)),
    ("truncated by a byte", |file| {
        rewrite(file, |bytes| bytes.truncate(bytes.len() - 1))
    }),
    ("truncated within its head", |file| {
        rewrite(file, |bytes| bytes.truncate(20))
    }),
    ("a bit flipped in the payload", |file| {
        rewrite(file, |bytes| *bytes.last_mut().unwrap() ^= 1)
    }),
    ("a bit flipped in the roots", |file| {
        rewrite(file, |bytes| bytes[12] ^= 0x80)
    }),
    ("bytes appended", |file| {
        rewrite(file, |bytes| bytes.extend([0; 3]))
    }),
    ("another file", |file| {
        rewrite(file, |bytes| *bytes = b"not a payload".to_vec())
    }),
];

#[tokio::test]
async fn get_should_give_the_right_bytes_and_repair_the_store() {
    let folders = Folders::new(2, 2);
    let store = folders.open().await;
    let data = payload(1, PAYLOAD_PIECE_BYTES + 100);
    let hash = store.put(data.clone()).await.unwrap().hash;
    let file = folders.file(0, &hash);
    let right = std::fs::read(&file).unwrap();
    for (name, damage) in DAMAGES {
        damage(&file);
        assert_ne!(std::fs::read(&file).ok().as_ref(), Some(&right), "{name}");
        assert_eq!(store.get(hash).await.unwrap(), data, "{name}");
        assert_eq!(std::fs::read(&file).unwrap(), right, "{name}");
    }
}

#[tokio::test]
async fn reader_should_give_the_right_bytes_and_change_nothing() {
    let folders = Folders::new(2, 2);
    let store = folders.open().await;
    let data = payload(1, PAYLOAD_PIECE_BYTES + 100);
    let hash = store.put(data.clone()).await.unwrap().hash;
    let file = folders.file(0, &hash);
    let right = std::fs::read(&file).unwrap();
    // The last leaf is in the second piece, as the flipped bit is.
    let last = 512;
    for (name, damage) in DAMAGES {
        damage(&file);
        let damaged = std::fs::read(&file).ok();
        let reader = PhiReader::open(&folders.config().stores).unwrap();
        assert_eq!(reader.get(hash).await.unwrap(), data, "{name}");
        let proof = reader.prove(hash, |_| last).await.unwrap();
        assert!(proof.verify(&hash, last), "{name}");
        assert_eq!(std::fs::read(&file).ok(), damaged, "{name}");
        std::fs::write(&file, &right).unwrap();
    }
}

#[tokio::test]
async fn get_and_prove_should_fail_and_name_each_store_when_all_are_wrong() {
    let folders = Folders::new(2, 2);
    let store = folders.open().await;
    let hash = store.put(payload(1, 1_000)).await.unwrap().hash;
    rewrite(&folders.file(0, &hash), |bytes| {
        *bytes.last_mut().unwrap() ^= 1
    });
    std::fs::remove_file(folders.file(1, &hash)).unwrap();
    let reader = store.reader();
    let errors = [
        store.get(hash).await.unwrap_err(),
        reader.get(hash).await.unwrap_err(),
        reader.prove(hash, |_| 7).await.unwrap_err(),
    ];
    for error in errors {
        let text = error.to_string();
        let PhiStoreError::Unreadable { failures, .. } = error else {
            panic!("{text}");
        };
        assert!(matches!(failures[0].fault, Fault::Corrupt(_)), "{text}");
        assert_eq!(failures[1].fault, Fault::Missing, "{text}");
        assert!(text.contains("disk-0") && text.contains("disk-1"), "{text}");
        assert!(text.contains(&hex::encode(hash.0)), "{text}");
    }
}

#[tokio::test]
async fn object_of_another_payload_should_not_pass() {
    let rack = Rack::new(2, 2).await;
    let hash = rack.store.put(payload(1, 1_000)).await.unwrap().hash;
    let other = rack.store.put(payload(2, 1_000)).await.unwrap().hash;
    let bytes = rack.faults[0].bytes(&place::payload(&other)).await;
    rack.faults[0].plant(&place::payload(&hash), bytes).await;
    let proof = rack.store.reader().prove(hash, |_| 3).await.unwrap();
    assert!(proof.verify(&hash, 3));
    assert_eq!(rack.store.get(hash).await.unwrap(), payload(1, 1_000));
}

#[tokio::test]
async fn get_should_not_fail_when_the_store_does_not_take_the_payload_again() {
    let rack = Rack::new(2, 2).await;
    let data = payload(1, 1_000);
    let hash = rack.store.put(data.clone()).await.unwrap().hash;
    let place = place::payload(&hash);
    rack.faults[0].plant(&place, b"wrong".to_vec()).await;
    rack.faults[0].fill(true);
    assert_eq!(rack.store.get(hash).await.unwrap(), data);
    assert_eq!(rack.faults[0].bytes(&place).await, b"wrong");
}

#[tokio::test]
async fn store_that_failed_should_be_read_last() {
    let rack = Rack::new(2, 2).await;
    let hash = rack.store.put(payload(1, 1_000)).await.unwrap().hash;
    let reader = rack.store.reader();
    rack.faults[0].refuse(true);
    reader.get(hash).await.unwrap();
    // It answers again, with wrong bytes. Nobody asks it.
    rack.faults[0].refuse(false);
    let place = place::payload(&hash);
    rack.faults[0].plant(&place, b"wrong".to_vec()).await;
    rack.store.get(hash).await.unwrap();
    assert_eq!(rack.faults[0].bytes(&place).await, b"wrong");
}
