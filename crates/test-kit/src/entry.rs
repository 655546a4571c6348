// SPDX-License-Identifier: Apache-2.0
//! Entries for tests.

use bspp_types::{BatchId, Ed25519Key, Entry, Slot, Slots, Tag, H256};

/// Makes an [`Entry`] with eight slots.
///
/// The seed determines the fields that a test does not set.
#[derive(Clone, Debug)]
pub struct EntryBuilder {
    entry: Entry,
    seed: u8,
}

impl EntryBuilder {
    /// An entry that differs by `seed` from others, in a batch that all seeds share.
    pub fn new(seed: u8) -> Self {
        let entry = Entry {
            batch: H256([7; 32]),
            index: u32::from(seed),
            payload_hash: H256([seed; 32]),
            key_commitment: H256([!seed; 32]),
            slots: Slots::default(),
            seal: H256([seed.wrapping_add(1); 32]),
        };
        Self { entry, seed }.slot_count(8)
    }

    /// Sets the batch.
    pub fn batch(mut self, batch: BatchId) -> Self {
        self.entry.batch = batch;
        self
    }

    /// Sets the index in the batch.
    pub fn index(mut self, index: u32) -> Self {
        self.entry.index = index;
        self
    }

    /// Sets the hash of the ciphertext.
    pub fn payload_hash(mut self, hash: H256) -> Self {
        self.entry.payload_hash = hash;
        self
    }

    /// Sets the commitment to the data key.
    pub fn key_commitment(mut self, commitment: H256) -> Self {
        self.entry.key_commitment = commitment;
        self
    }

    /// Sets the seal.
    pub fn seal(mut self, seal: H256) -> Self {
        self.entry.seal = seal;
        self
    }

    /// Sets the slots, and leaves out slots beyond the maximum.
    pub fn slots(mut self, slots: impl IntoIterator<Item = Slot>) -> Self {
        self.entry.slots = Slots::truncate_from(slots.into_iter().collect());
        self
    }

    /// Sets the number of slots.
    ///
    /// The tags differ from each other and from the tags of other seeds.
    pub fn slot_count(self, count: u8) -> Self {
        let seed = self.seed;
        let slot = |position| {
            let mut tag = [seed; 16];
            tag[0] = position;
            Slot {
                tag,
                match_key: [seed; 32],
            }
        };
        self.slots((0..count).map(slot))
    }

    /// Sets the first slots and adds padding up to eight slots.
    ///
    /// The index determines the tags of the padding: set the index first.
    pub fn leading_slots(self, slots: &[(Tag, Ed25519Key)]) -> Self {
        let index = self.entry.index.to_le_bytes();
        let padding = move |position: u8| {
            let mut tag = [0xee; 16];
            tag[0] = position;
            tag[1..5].copy_from_slice(&index);
            Slot {
                tag,
                match_key: [0xdd; 32],
            }
        };
        let given = slots.iter().map(|(tag, match_key)| Slot {
            tag: *tag,
            match_key: *match_key,
        });
        let from = u8::try_from(slots.len()).unwrap_or(u8::MAX);
        self.slots(given.chain((from..8).map(padding)))
    }

    /// Sets the match key of each slot by its position.
    pub fn match_keys(mut self, key: impl Fn(u8) -> Ed25519Key) -> Self {
        for (position, slot) in (0u8..).zip(self.entry.slots.iter_mut()) {
            slot.match_key = key(position);
        }
        self
    }

    /// The entry.
    pub fn build(self) -> Entry {
        self.entry
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_should_have_a_right_shape_and_differ_by_its_seed() {
        let (one, other) = (EntryBuilder::new(1).build(), EntryBuilder::new(2).build());
        assert_eq!(one.check_shape(), Ok(()));
        assert_ne!(one.rid(), other.rid());
        assert!(one
            .slots
            .iter()
            .all(|slot| other.slots.iter().all(|theirs| theirs.tag != slot.tag)));
    }

    #[test]
    fn leading_slots_should_be_followed_by_padding() {
        let entry = |index| {
            EntryBuilder::new(1)
                .index(index)
                .leading_slots(&[([5; 16], [6; 32])])
                .build()
        };
        let (one, other) = (entry(1), entry(2));
        assert_eq!(one.check_shape(), Ok(()));
        assert_eq!(one.slots[0], other.slots[0]);
        assert_eq!(one.slots[0].tag, [5; 16]);
        assert!(one.slots[1..]
            .iter()
            .all(|slot| other.slots[1..].iter().all(|theirs| theirs.tag != slot.tag)));
    }

    #[test]
    fn entry_should_be_what_the_test_sets() {
        let entry = EntryBuilder::new(1)
            .batch(H256([2; 32]))
            .index(3)
            .payload_hash(H256([4; 32]))
            .key_commitment(H256([5; 32]))
            .slot_count(16)
            .match_keys(|position| [position; 32])
            .build();
        assert_eq!((entry.batch, entry.index), (H256([2; 32]), 3));
        assert_eq!(entry.payload_hash, H256([4; 32]));
        assert_eq!(entry.key_commitment, H256([5; 32]));
        assert_eq!(entry.slots.len(), 16);
        assert_eq!(entry.slots[15].match_key, [15; 32]);
        assert_eq!(entry.check_shape(), Ok(()));
    }
}
