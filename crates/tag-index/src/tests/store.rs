// SPDX-License-Identifier: Apache-2.0

use super::fixtures::{batch, block, genesis, hospital, two_entries, TAG};
use crate::{Column, IndexError, MemoryStore, ParityStore, Store, TagIndexDb};
use bspp_types::H256;
use tempfile::tempdir;

/// Runs a test on both stores.
fn on_both(test: impl Fn(&dyn Store)) {
    test(&MemoryStore::default());
    let dir = tempdir().unwrap();
    test(&ParityStore::open(dir.path()).unwrap());
}

#[test]
fn commit_should_write_every_change() {
    on_both(|store| {
        let change = |column, key: &[u8], value: &[u8]| (column, key.to_vec(), value.to_vec());
        store
            .commit(vec![
                change(Column::Tags, b"a", b"1"),
                change(Column::Tags, b"b", b"2"),
                change(Column::Blocks, b"a", b"3"),
            ])
            .unwrap();
        let get = |column, key: &[u8]| store.get(column, key).unwrap();
        assert_eq!(get(Column::Tags, b"a"), Some(b"1".to_vec()));
        assert_eq!(get(Column::Tags, b"b"), Some(b"2".to_vec()));
        assert_eq!(get(Column::Blocks, b"a"), Some(b"3".to_vec()));
        assert_eq!(get(Column::Records, b"a"), None);
        assert!(store.has(Column::Tags, b"a").unwrap());
        assert!(!store.has(Column::Blocks, b"b").unwrap());

        store
            .commit(vec![change(Column::Tags, b"a", b"4")])
            .unwrap();
        assert_eq!(get(Column::Tags, b"a"), Some(b"4".to_vec()));
    });
}

#[test]
fn both_stores_should_hold_the_same_index() {
    let dir = tempdir().unwrap();
    let on_disk = TagIndexDb::open(dir.path(), genesis(), false).unwrap();
    let in_memory = TagIndexDb::with_store(MemoryStore::default(), genesis()).unwrap();
    let registered = two_entries();
    for index in [&on_disk, &in_memory] {
        index
            .insert_block(&block(1, vec![registered.clone()]))
            .unwrap();
    }
    assert_eq!(on_disk.status(), in_memory.status());
    assert_eq!(
        on_disk.places(&batch(), &TAG).unwrap(),
        in_memory.places(&batch(), &TAG).unwrap()
    );
    assert_eq!(
        on_disk.registration(&hospital(), 0).unwrap(),
        in_memory.registration(&hospital(), 0).unwrap()
    );
    for entry in &registered.entries {
        let location = in_memory.locate(&entry.rid()).unwrap().unwrap();
        assert_eq!(on_disk.locate(&entry.rid()).unwrap(), Some(location));
        assert_eq!(
            on_disk.entry(&location).unwrap(),
            in_memory.entry(&location).unwrap()
        );
    }
}

#[test]
fn memory_store_should_be_opened_again() {
    let store = MemoryStore::default();
    {
        let index = TagIndexDb::with_store(store.clone(), genesis()).unwrap();
        index.insert_block(&block(1, vec![two_entries()])).unwrap();
    }
    let index = TagIndexDb::with_store(store.clone(), genesis()).unwrap();
    assert_eq!(index.status().number, 1);
    assert_eq!(index.places(&batch(), &TAG).unwrap().len(), 1);
    let other = TagIndexDb::with_store(store, H256::zero()).err().unwrap();
    assert!(matches!(other, IndexError::GenesisMismatch { .. }));
}
