// SPDX-License-Identifier: Apache-2.0

use super::fixtures::{
    batch, block, entry, genesis, hospital, registration, two_entries, KEY, TAG,
};
use crate::{
    keys::STATUS, Column, FinalizedBlock, IndexError, ParityStore, Place, Status, Store,
    StoreError, TagIndexDb,
};
use bspp_types::{entries_root, verify_entry_proof, BatchId, Registration, H256};
use codec::Encode;
use std::path::Path;
use tempfile::tempdir;

fn open(path: &Path) -> TagIndexDb {
    TagIndexDb::open(path, genesis(), false).unwrap()
}

#[test]
fn insert_block_should_make_tags_and_records_found() {
    let dir = tempdir().unwrap();
    let index = open(dir.path());
    let registered = two_entries();
    index
        .insert_block(&block(1, vec![registered.clone()]))
        .unwrap();

    let place = Place {
        sequence: 0,
        leaf: 0,
        slot: 0,
        match_key: KEY,
    };
    assert_eq!(index.places(&batch(), &TAG).unwrap(), vec![place]);
    assert_eq!(
        index.registration(&hospital(), 0).unwrap(),
        Some(registered.clone())
    );
    let status = index.status();
    assert_eq!((status.number, status.entries), (1, 2));

    let second = &registered.entries[1];
    let location = index.locate(&second.rid()).unwrap().unwrap();
    assert_eq!(
        (location.hospital, location.sequence, location.leaf),
        (hospital(), 0, 1)
    );
    let (found, path) = index.entry(&location).unwrap().unwrap();
    assert_eq!(&found, second);
    let root = entries_root(&registered.entries);
    assert!(verify_entry_proof(&root, &found, &path));
}

#[test]
fn places_should_be_empty_when_tag_or_batch_is_another() {
    let dir = tempdir().unwrap();
    let index = open(dir.path());
    index.insert_block(&block(1, vec![two_entries()])).unwrap();
    assert!(index.places(&batch(), &[4; 16]).unwrap().is_empty());
    assert!(index
        .places(&BatchId::repeat_byte(0xb2), &TAG)
        .unwrap()
        .is_empty());
}

#[test]
fn places_should_list_all_when_a_tag_is_used_again() {
    let dir = tempdir().unwrap();
    let index = open(dir.path());
    let twice = registration(
        0,
        vec![
            entry(batch(), 0, &[(TAG, KEY)]),
            entry(batch(), 1, &[(TAG, [1; 32])]),
        ],
    );
    index.insert_block(&block(1, vec![twice])).unwrap();
    let again = registration(1, vec![entry(batch(), 2, &[(TAG, [2; 32])])]);
    index.insert_block(&block(2, vec![again])).unwrap();

    let places = index.places(&batch(), &TAG).unwrap();
    let found: Vec<_> = places
        .iter()
        .map(|place| (place.sequence, place.leaf, place.match_key))
        .collect();
    assert_eq!(found, vec![(0, 0, KEY), (0, 1, [1; 32]), (1, 0, [2; 32])]);
}

#[test]
fn insert_block_should_change_nothing_when_the_block_is_in_already() {
    let dir = tempdir().unwrap();
    let index = open(dir.path());
    let first = block(1, vec![two_entries()]);
    index.insert_block(&first).unwrap();
    let before = index.status();
    index.insert_block(&first).unwrap();
    assert_eq!(index.status(), before);
    assert_eq!(index.places(&batch(), &TAG).unwrap().len(), 1);
}

#[test]
fn insert_block_should_change_nothing_when_a_sequence_is_registered_again() {
    let dir = tempdir().unwrap();
    let index = open(dir.path());
    index.insert_block(&block(1, vec![two_entries()])).unwrap();
    index.insert_block(&block(2, vec![two_entries()])).unwrap();
    assert_eq!(index.status().entries, 2);
    assert_eq!(index.places(&batch(), &TAG).unwrap().len(), 1);
}

#[test]
fn insert_block_should_fail_when_a_block_is_left_out() {
    let dir = tempdir().unwrap();
    let index = open(dir.path());
    let error = index.insert_block(&block(2, Vec::new())).unwrap_err();
    assert!(matches!(
        error,
        IndexError::InvalidBlockOrder {
            expected: 1,
            found: 2
        }
    ));
    assert_eq!(index.status().number, 0);
}

#[test]
fn insert_block_should_fail_when_the_parent_is_another_block() {
    let dir = tempdir().unwrap();
    let index = open(dir.path());
    let forked = FinalizedBlock {
        parent: H256::repeat_byte(3),
        ..block(1, vec![two_entries()])
    };
    let error = index.insert_block(&forked).unwrap_err();
    assert!(matches!(error, IndexError::BlockMismatch { number: 0 }));
    assert!(index.places(&batch(), &TAG).unwrap().is_empty());
}

#[test]
fn refused_entry_should_not_be_found() {
    let dir = tempdir().unwrap();
    let index = open(dir.path());
    let registered = Registration {
        refused: vec![0],
        ..two_entries()
    };
    let rids: Vec<_> = registered.entries.iter().map(|entry| entry.rid()).collect();
    index.insert_block(&block(1, vec![registered])).unwrap();
    assert!(index.places(&batch(), &TAG).unwrap().is_empty());
    assert_eq!(index.locate(&rids[0]).unwrap(), None);
    // The other entry keeps its position.
    assert_eq!(index.locate(&rids[1]).unwrap().unwrap().leaf, 1);
    assert_eq!(index.status().entries, 1);
}

#[test]
fn open_should_go_on_where_it_stopped() {
    let dir = tempdir().unwrap();
    {
        open(dir.path())
            .insert_block(&block(1, vec![two_entries()]))
            .unwrap();
    }
    let index = open(dir.path());
    assert_eq!(index.status().number, 1);
    assert_eq!(index.places(&batch(), &TAG).unwrap().len(), 1);
    index.insert_block(&block(2, Vec::new())).unwrap();
    assert_eq!(index.status().number, 2);
}

#[test]
fn crash_before_the_commit_should_leave_whole_blocks() {
    let dir = tempdir().unwrap();
    {
        let index = open(dir.path());
        index.insert_block(&block(1, Vec::new())).unwrap();
        let second = block(2, vec![two_entries()]);
        // The process ends after it computed the changes.
        let status = Status {
            number: 2,
            hash: second.hash,
            ..index.status()
        };
        let (changes, _) = index.stage(status, &second.registrations).unwrap();
        // The status is in the same commit as the changes.
        assert!(changes
            .iter()
            .any(|(column, key, _)| *column == Column::Meta && key == STATUS));
        assert!(changes.len() > 1);
    }
    let index = open(dir.path());
    assert_eq!(index.status().number, 1);
    assert!(index.places(&batch(), &TAG).unwrap().is_empty());
    index.insert_block(&block(2, vec![two_entries()])).unwrap();
    assert_eq!(index.places(&batch(), &TAG).unwrap().len(), 1);
}

#[test]
fn open_should_empty_the_index_when_a_rebuild_is_asked_for() {
    let dir = tempdir().unwrap();
    {
        open(dir.path())
            .insert_block(&block(1, vec![two_entries()]))
            .unwrap();
    }
    let index = TagIndexDb::open(dir.path(), genesis(), true).unwrap();
    assert_eq!(index.status(), Status::empty(genesis()));
    assert!(index.places(&batch(), &TAG).unwrap().is_empty());
    index.insert_block(&block(1, vec![two_entries()])).unwrap();
    assert_eq!(index.places(&batch(), &TAG).unwrap().len(), 1);
}

#[test]
fn open_should_empty_the_index_when_its_layout_is_another() {
    let dir = tempdir().unwrap();
    {
        open(dir.path())
            .insert_block(&block(1, vec![two_entries()]))
            .unwrap();
    }
    {
        let store = ParityStore::open(dir.path()).unwrap();
        store
            .commit(vec![(
                Column::Meta,
                STATUS.to_vec(),
                (u32::MAX, "other").encode(),
            )])
            .unwrap();
    }
    let index = open(dir.path());
    assert_eq!(index.status(), Status::empty(genesis()));
    assert!(index.places(&batch(), &TAG).unwrap().is_empty());
}

#[test]
fn open_should_fail_when_the_index_is_of_another_chain() {
    let dir = tempdir().unwrap();
    drop(open(dir.path()));
    let other = H256::repeat_byte(0x98);
    let error = TagIndexDb::open(dir.path(), other, false).err().unwrap();
    assert!(
        matches!(error, IndexError::GenesisMismatch { found, expected } if found == genesis() && expected == other)
    );
}

#[test]
fn rebuild_should_fail_when_the_folder_holds_other_things() {
    let dir = tempdir().unwrap();
    std::fs::write(dir.path().join("notes.txt"), b"mine").unwrap();
    let error = TagIndexDb::open(dir.path(), genesis(), true).err().unwrap();
    assert!(matches!(
        error,
        IndexError::Store(StoreError::NotAnIndex(_))
    ));
    assert!(dir.path().join("notes.txt").exists());
}
