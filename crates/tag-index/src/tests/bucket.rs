// SPDX-License-Identifier: Apache-2.0

use super::fixtures::*;
use crate::{bucket::has_prefix, MemoryStore, PlacedTag, TagIndexDb};
use bspp_types::{BatchId, Tag, H256};

const LEFT: Tag = [0x00; 16];
const RIGHT: Tag = [0x80; 16];

fn indexed() -> TagIndexDb {
    let index = TagIndexDb::with_store(MemoryStore::default(), genesis()).unwrap();
    let other = BatchId::repeat_byte(0xc2);
    let entries = vec![
        entry(batch(), 0, &[(LEFT, [1; 32]), (RIGHT, [2; 32])]),
        entry(other, 0, &[(LEFT, [3; 32])]),
        entry(batch(), 1, &[([0x01; 16], [4; 32])]),
    ];
    let mut registered = registration(0, entries);
    registered.refused = vec![2];
    index.insert_block(&block(1, vec![registered])).unwrap();
    index
}

#[test]
fn has_prefix_should_compare_the_first_bits_only() {
    let tag: Tag = [0b1010_0000; 16];
    assert!(has_prefix(&tag, 0, 0));
    assert!(has_prefix(&tag, 1, 0b1));
    assert!(has_prefix(&tag, 3, 0b101));
    assert!(!has_prefix(&tag, 3, 0b100));
    assert!(has_prefix(&tag, 16, 0b1010_0000_1010_0000));
    assert!(!has_prefix(&tag, 0, 1));
    assert!(!has_prefix(&tag, 17, 0));
}

#[test]
fn bucket_should_have_the_batchs_tags_with_the_prefix_only() {
    let index = indexed();
    let whole = index.bucket(&hospital(), &batch(), 0, 0).unwrap();
    assert_eq!((whole.total, whole.tags.len()), (8, 8));
    let left = index.bucket(&hospital(), &batch(), 8, 0).unwrap();
    assert_eq!(
        left.tags,
        [PlacedTag {
            tag: LEFT,
            sequence: 0,
            leaf: 0,
            slot: 0
        }]
    );
    assert_eq!(left.total, 8);
}

#[test]
fn bucket_should_be_empty_for_an_unknown_hospital_or_batch() {
    let index = indexed();
    let unknown = H256::repeat_byte(0x77);
    assert_eq!(index.bucket(&unknown, &batch(), 0, 0).unwrap().total, 0);
    assert_eq!(index.bucket(&hospital(), &unknown, 0, 0).unwrap().total, 0);
}
