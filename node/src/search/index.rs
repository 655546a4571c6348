// SPDX-License-Identifier: Apache-2.0
//! The tag index: `(batch, tag) → slots`, registered entries, and where each record stands.
//!
//! Only finalized blocks enter, in order, each in one atomic write together with the mark how far the index has come. So there
//! are no reorganisations to undo, a crash leaves a whole number of blocks, and entering a block again changes nothing.

use super::{
    place::{block_key, further_tag_key, tag_key, FinalizedBlock, Location, Place, Status, SCHEMA},
    store::{Change, Store, BLOCKS, META, RECORDS, STATUS, TAGS},
};
use bspp_peks::{Hit, TagIndex};
use bspp_primitives::{
    entry_proof, BatchId, BlockNumber, Entry, EntryProof, Hash, HospitalId, RecordId, Registration,
    Sequence, Tag,
};
use codec::Encode;
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};
use tokio::sync::watch;

/// Why the index fails.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The database fails.
    #[error("tag index database: {0}")]
    Database(#[from] parity_db::Error),
    /// The folder cannot be used.
    #[error("tag index folder: {0}")]
    Folder(#[from] std::io::Error),
    /// The folder holds something else, which is not removed.
    #[error("InvalidTagIndexPath: {} is not empty and is no tag index", .0.display())]
    NotAnIndex(PathBuf),
    /// A stored value does not decode.
    #[error("InvalidTagIndex: a stored value does not decode; run once with --rebuild-tag-index")]
    InvalidValue,
    /// The index is another chain's.
    #[error("GenesisMismatch: the tag index is of the chain {found:?}, this one is {expected:?}; give another --tag-index-path or --rebuild-tag-index")]
    GenesisMismatch {
        /// Genesis in the index.
        found: Hash,
        /// Genesis of the node's chain.
        expected: Hash,
    },
    /// The index holds a block that the chain has not finalized.
    #[error("BlockMismatch: indexed block {number} is not this chain's; run once with --rebuild-tag-index")]
    BlockMismatch {
        /// Height of the block.
        number: BlockNumber,
    },
    /// A block was left out.
    #[error("InvalidBlockOrder: the next block of the tag index is {expected}, not {found}")]
    InvalidBlockOrder {
        /// The block that must come.
        expected: BlockNumber,
        /// The block that came.
        found: BlockNumber,
    },
}

/// The tag index of a consortium node.
pub struct PhiIndex {
    store: Store,
    status: watch::Sender<Status>,
    writer: Mutex<()>,
}

impl PhiIndex {
    /// Opens the index of the chain with this genesis hash. `rebuild` drops what is there first; so does another layout.
    ///
    /// # Errors
    ///
    /// [`IndexError::GenesisMismatch`] if it is another chain's; otherwise what the file system or the database says.
    pub fn open(path: &Path, genesis: Hash, rebuild: bool) -> Result<Self, IndexError> {
        if rebuild {
            Store::remove(path)?;
        }
        let mut store = Store::open(path)?;
        // The layout number comes first in the value and is read alone: the rest may be laid out otherwise.
        let schema = store.schema()?;
        if schema.is_some_and(|found| found != SCHEMA) {
            log::warn!(target: "tag-index", "the tag index has another layout; it is filled again");
            drop(store);
            Store::remove(path)?;
            store = Store::open(path)?;
        }
        let status = match store.get::<Status>(META, STATUS)? {
            Some(status) if status.genesis != genesis => {
                return Err(IndexError::GenesisMismatch {
                    found: status.genesis,
                    expected: genesis,
                });
            }
            Some(status) => status,
            None => {
                let status = Status::empty(genesis);
                store.commit(vec![(META, STATUS.to_vec(), Some(status.encode()))])?;
                status
            }
        };
        Ok(Self {
            store,
            status: watch::Sender::new(status),
            writer: Mutex::new(()),
        })
    }

    /// How far the index has come.
    pub fn status(&self) -> Status {
        *self.status.borrow()
    }

    /// Follows how far the index has come.
    pub fn watch(&self) -> watch::Receiver<Status> {
        self.status.subscribe()
    }

    /// Enters the next finalized block. A block that is in already changes nothing.
    ///
    /// # Errors
    ///
    /// [`IndexError::InvalidBlockOrder`] if a block was left out, [`IndexError::BlockMismatch`] if its parent is another block
    /// than the last one indexed; otherwise what the database says.
    pub fn insert_block(&self, block: &FinalizedBlock) -> Result<(), IndexError> {
        let FinalizedBlock {
            number,
            hash,
            parent,
            ref registrations,
        } = *block;
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let status = self.status();
        if number <= status.number {
            return Ok(());
        }
        let expected = status.number.saturating_add(1);
        if number != expected {
            return Err(IndexError::InvalidBlockOrder {
                expected,
                found: number,
            });
        }
        if parent != status.hash {
            return Err(IndexError::BlockMismatch {
                number: status.number,
            });
        }
        let (changes, next) = self.stage(
            Status {
                number,
                hash,
                ..status
            },
            registrations,
        )?;
        self.store.commit(changes)?;
        self.status.send_replace(next);
        Ok(())
    }

    /// Everything that a block changes, its mark included: one commit.
    pub(super) fn stage(
        &self,
        mut status: Status,
        registrations: &[Registration],
    ) -> Result<(Vec<Change>, Status), IndexError> {
        let mut changes = Vec::new();
        let mut tags = Tags {
            store: &self.store,
            heads: HashMap::new(),
        };
        for registration in registrations {
            let key = block_key(&registration.hospital, registration.sequence);
            // The chain registers a sequence number once. What is in already stays as it is.
            if self.store.has(BLOCKS, &key)? {
                continue;
            }
            for (leaf, entry) in (0u32..).zip(&registration.entries) {
                // No match with a refused entry is accepted, so nobody may find it.
                if registration.refused.contains(&leaf) {
                    continue;
                }
                let location = Location {
                    hospital: registration.hospital,
                    sequence: registration.sequence,
                    leaf,
                };
                changes.push((
                    RECORDS,
                    entry.rid().as_bytes().to_vec(),
                    Some(location.encode()),
                ));
                for (slot, content) in (0u8..).zip(&entry.slots) {
                    let place = Place {
                        sequence: registration.sequence,
                        leaf,
                        slot,
                        match_key: content.match_key,
                    };
                    tags.add(tag_key(&entry.batch, &content.tag), place, &mut changes)?;
                }
                status.entries = status.entries.saturating_add(1);
            }
            changes.push((BLOCKS, key, Some(registration.encode())));
        }
        tags.finish(&mut changes);
        changes.push((META, STATUS.to_vec(), Some(status.encode())));
        Ok((changes, status))
    }

    /// All slots of a batch with this tag, in the order of their registration.
    pub fn places(&self, batch: &BatchId, tag: &Tag) -> Result<Vec<Place>, IndexError> {
        let key = tag_key(batch, tag);
        let Some((count, first)) = self.store.get::<(u32, Place)>(TAGS, &key)? else {
            return Ok(Vec::new());
        };
        let mut places = vec![first];
        for n in 1..count {
            let further = self.store.get(TAGS, &further_tag_key(&key, n))?;
            places.push(further.ok_or(IndexError::InvalidValue)?);
        }
        Ok(places)
    }

    /// A registered entry block with its entries.
    pub fn registration(
        &self,
        hospital: &HospitalId,
        sequence: Sequence,
    ) -> Result<Option<Registration>, IndexError> {
        self.store.get(BLOCKS, &block_key(hospital, sequence))
    }

    /// Where a record's entry stands.
    pub fn locate(&self, record: &RecordId) -> Result<Option<Location>, IndexError> {
        self.store.get(RECORDS, record.as_bytes())
    }

    /// An entry and its path to the registered root. None if nothing stands there or the entry was refused.
    pub fn entry(&self, location: &Location) -> Result<Option<(Entry, EntryProof)>, IndexError> {
        let Some(block) = self.registration(&location.hospital, location.sequence)? else {
            return Ok(None);
        };
        if block.refused.contains(&location.leaf) {
            return Ok(None);
        }
        let path = entry_proof(&block.entries, location.leaf);
        let entry = usize::try_from(location.leaf)
            .ok()
            .and_then(|leaf| block.entries.get(leaf));
        Ok(entry.cloned().zip(path))
    }
}

impl TagIndex for PhiIndex {
    type Entry = Place;
    type Error = IndexError;

    fn lookup(
        &self,
        batch: &bspp_peks::BatchId,
        tag: &bspp_peks::Tag,
    ) -> Result<Vec<Hit<Place>>, IndexError> {
        let places = self.places(&BatchId::from(*batch), tag)?;
        Ok(places
            .into_iter()
            .map(|entry| Hit {
                match_public: entry.match_key,
                entry,
            })
            .collect())
    }
}

/// Numbers the places of equal tags while a block is staged.
struct Tags<'a> {
    store: &'a Store,
    heads: HashMap<Vec<u8>, (u32, Place)>,
}

impl Tags<'_> {
    fn add(
        &mut self,
        key: Vec<u8>,
        place: Place,
        changes: &mut Vec<Change>,
    ) -> Result<(), IndexError> {
        let known = match self.heads.get(&key) {
            Some(head) => Some(*head),
            None => self.store.get::<(u32, Place)>(TAGS, &key)?,
        };
        let head = match known {
            None => (1, place),
            Some((count, first)) => {
                changes.push((TAGS, further_tag_key(&key, count), Some(place.encode())));
                (count.saturating_add(1), first)
            }
        };
        self.heads.insert(key, head);
        Ok(())
    }

    fn finish(self, changes: &mut Vec<Change>) {
        changes.extend(
            self.heads
                .into_iter()
                .map(|(key, head)| (TAGS, key, Some(head.encode()))),
        );
    }
}
