// SPDX-License-Identifier: Apache-2.0
//! Blocks of one author in one slot, as the importer sees them.

use bspp_primitives::{AccountId, Hash};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// Number of slots that the node remembers: those of an hour, if a slot lasts three seconds.
const SLOTS: usize = 1_200;
/// Number of blocks of a slot that the node remembers.
const BLOCKS: usize = 4;

/// The valid blocks of the last slots.
#[derive(Debug, Default)]
pub struct Doubles(Mutex<BTreeMap<u64, Vec<(AccountId, Hash)>>>);

impl Doubles {
    /// Notes a valid block. Returns another block of its author and slot, if there is one.
    pub fn note(&self, slot: u64, author: &AccountId, hash: Hash) -> Option<Hash> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let blocks = slots.entry(slot).or_default();
        let other = blocks
            .iter()
            .find(|(maker, other)| maker == author && *other != hash)
            .map(|(_, other)| *other);
        let known = blocks.iter().any(|(_, other)| *other == hash);
        if !known && blocks.len() < BLOCKS {
            blocks.push((author.clone(), hash));
        }
        while slots.len() > SLOTS {
            slots.pop_first();
        }
        other.filter(|_| !known)
    }
}
