// SPDX-License-Identifier: Apache-2.0
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]
//! The time to fill the tag index and to look up in it, on both stores.
//!
//! Each block registers one full entry block with the smallest entries. Look-ups ask for present
//! and absent tags, because a search asks for 64 absent tags in every batch.
//! `BSPP_BENCH_INDEX_BLOCKS` changes the number of blocks.

use bspp_tag_index::{FinalizedBlock, MemoryStore, ParityStore, TagIndexDb};
use bspp_types::{
    BatchId, Entry, HospitalId, Registration, Slot, Tag, H256, MAX_ENTRIES_PER_BLOCK, SLOT_CLASSES,
};
use std::{
    env,
    time::{Duration, Instant},
};

const GENESIS: H256 = H256::zero();

/// The tag of a slot. Tags look random, so the function spreads a counter over all bytes.
fn tag(block: u32, leaf: u32, slot: usize) -> Tag {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&block.to_le_bytes());
    bytes[4..8].copy_from_slice(&leaf.to_le_bytes());
    bytes[8] = slot as u8;
    let hash = bspp_peks::blake2b_256(&bytes);
    let mut tag = [0; 16];
    tag.copy_from_slice(&hash[..16]);
    tag
}

fn batch() -> BatchId {
    BatchId::repeat_byte(1)
}

fn block(number: u32) -> FinalizedBlock {
    let entry = |leaf| {
        let slots: Vec<Slot> = (0..SLOT_CLASSES[0])
            .map(|slot| Slot {
                tag: tag(number, leaf, slot),
                match_key: [2; 32],
            })
            .collect();
        Entry {
            batch: batch(),
            index: number * MAX_ENTRIES_PER_BLOCK + leaf,
            payload_hash: H256::repeat_byte(3),
            key_commitment: H256::repeat_byte(4),
            slots: slots.try_into().expect("the smallest class is allowed"),
            seal: H256::zero(),
        }
    };
    let hash = |number: u32| H256::from_low_u64_be(number.into());
    FinalizedBlock {
        number,
        hash: hash(number),
        parent: hash(number - 1),
        registrations: vec![Registration {
            hospital: HospitalId::repeat_byte(5),
            sequence: number - 1,
            number,
            entries: (0..MAX_ENTRIES_PER_BLOCK).map(entry).collect(),
            refused: Vec::new(),
        }],
    }
}

/// Times to insert all blocks, to find a tag of every entry, and to miss as many tags.
fn measure(index: &TagIndexDb, blocks: &[FinalizedBlock]) -> [Duration; 3] {
    let started = Instant::now();
    for block in blocks {
        index.insert_block(block).unwrap();
    }
    let fill = started.elapsed();
    let look_up = |slot: usize, expected: usize| {
        let started = Instant::now();
        for block in blocks {
            for leaf in 0..MAX_ENTRIES_PER_BLOCK {
                let places = index
                    .places(&batch(), &tag(block.number, leaf, slot))
                    .unwrap();
                assert_eq!(places.len(), expected);
            }
        }
        started.elapsed()
    };
    [fill, look_up(0, 1), look_up(SLOT_CLASSES[0], 0)]
}

fn main() {
    let count: u32 = env::var("BSPP_BENCH_INDEX_BLOCKS")
        .ok()
        .map_or(40, |text| text.parse().expect("a number"));
    let blocks: Vec<_> = (1..=count).map(block).collect();
    let entries = f64::from(count * MAX_ENTRIES_PER_BLOCK);
    println!("tag index: {count} blocks of {MAX_ENTRIES_PER_BLOCK} entries, microseconds each");
    println!("store  | fill, per entry | tag found | tag absent");
    let folder = tempfile::tempdir().unwrap();
    let stores = [
        (
            "memory",
            TagIndexDb::with_store(MemoryStore::default(), GENESIS),
        ),
        (
            "parity",
            TagIndexDb::with_store(ParityStore::open(folder.path()).unwrap(), GENESIS),
        ),
    ];
    for (name, index) in stores {
        let times = measure(&index.unwrap(), &blocks);
        let [fill, found, absent] = times.map(|time| time.as_secs_f64() * 1e6 / entries);
        println!("{name} | {fill:>15.2} | {found:>9.2} | {absent:>10.2}");
    }
}
