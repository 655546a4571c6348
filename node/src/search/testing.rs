// SPDX-License-Identifier: Apache-2.0
//! A chain in memory and real batches, for the tests of index, search and RPC.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::{
    place::FinalizedBlock,
    view::{ChainView, ViewError},
};
use bspp_peks::{
    BlstBackend, Context, KeywordLabel, OpenBatch, PatientKeys, SearchSecret, SearchTrapdoor, Seed,
};
use bspp_primitives::{
    Batch, BatchId, BlockNumber, Entry, Epoch, Hash, HospitalId, IdentifiedBatch, Registration,
    Sequence, Slot, Tag,
};
use std::{
    collections::HashMap,
    sync::{
        atomic::{AtomicBool, AtomicU32, Ordering},
        Mutex,
    },
};

/// The hospital of the tests.
pub fn hospital() -> HospitalId {
    HospitalId::repeat_byte(0xa0)
}

/// A chain in memory. Every block is final.
#[derive(Default)]
pub struct Chain {
    /// Blocks; the first is the genesis block.
    pub blocks: Mutex<Vec<FinalizedBlock>>,
    /// Batches of [`hospital`].
    pub batches: Mutex<Vec<IdentifiedBatch>>,
    /// Stored chunks.
    pub chunks: Mutex<HashMap<Hash, Vec<u8>>>,
    /// Whether reading blocks fails.
    pub broken: AtomicBool,
    /// How many blocks were read.
    pub blocks_read: AtomicU32,
}

impl Chain {
    /// A chain with its genesis block.
    pub fn new() -> Self {
        let chain = Self::default();
        chain.push(Vec::new());
        chain
    }

    /// Appends a block.
    pub fn push(&self, registrations: Vec<Registration>) -> FinalizedBlock {
        let mut blocks = self.blocks.lock().unwrap();
        let number = blocks.len() as u32;
        let block = FinalizedBlock {
            number,
            hash: Hash::repeat_byte(number as u8 + 1),
            parent: blocks.last().map(|parent| parent.hash).unwrap_or_default(),
            registrations,
        };
        blocks.push(block.clone());
        block
    }

    /// The genesis hash.
    pub fn genesis(&self) -> Hash {
        self.blocks.lock().unwrap()[0].hash
    }
}

impl ChainView for Chain {
    fn finalized(&self) -> (BlockNumber, Hash) {
        let blocks = self.blocks.lock().unwrap();
        let last = blocks.last().unwrap();
        (last.number, last.hash)
    }

    fn hash(&self, number: BlockNumber) -> Result<Hash, ViewError> {
        let blocks = self.blocks.lock().unwrap();
        blocks
            .get(number as usize)
            .map(|block| block.hash)
            .ok_or(ViewError::NotFound(number))
    }

    fn block(&self, number: BlockNumber) -> Result<FinalizedBlock, ViewError> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(ViewError::Unavailable);
        }
        self.blocks_read.fetch_add(1, Ordering::SeqCst);
        let blocks = self.blocks.lock().unwrap();
        blocks
            .get(number as usize)
            .cloned()
            .ok_or(ViewError::NotFound(number))
    }

    fn batches(
        &self,
        _at: Hash,
        hospital: HospitalId,
        epoch: Epoch,
        from: u32,
        limit: u32,
    ) -> Result<Vec<IdentifiedBatch>, ViewError> {
        let all = self.batches.lock().unwrap();
        let of_month = all.iter().filter(|item| {
            item.batch.header.hospital == hospital.0 && item.batch.header.epoch == epoch
        });
        // Smaller pages than asked for, as a runtime may give.
        Ok(of_month
            .skip(from as usize)
            .take(limit.min(2) as usize)
            .cloned()
            .collect())
    }

    fn chunk(&self, hash: Hash) -> Result<Option<Vec<u8>>, ViewError> {
        Ok(self.chunks.lock().unwrap().get(&hash).cloned())
    }
}

/// An entry whose first slots are these; the others are padding.
pub fn entry(batch: BatchId, index: u32, slots: &[(Tag, [u8; 32])]) -> Entry {
    let mut all: Vec<Slot> = slots
        .iter()
        .map(|(tag, match_key)| Slot {
            tag: *tag,
            match_key: *match_key,
        })
        .collect();
    while all.len() < 8 {
        let mut tag = [0xee; 16];
        tag[0] = all.len() as u8;
        tag[1..5].copy_from_slice(&index.to_le_bytes());
        all.push(Slot {
            tag,
            match_key: [0xdd; 32],
        });
    }
    Entry {
        batch,
        index,
        payload_hash: Hash::repeat_byte(1),
        key_commitment: Hash::repeat_byte(2),
        slots: all.try_into().unwrap(),
    }
}

/// A registration of [`hospital`].
pub fn registration(sequence: Sequence, entries: Vec<Entry>) -> Registration {
    Registration {
        hospital: hospital(),
        sequence,
        number: sequence + 100,
        entries,
        refused: Vec::new(),
    }
}

/// A patient and one keyword's label, with real keys.
pub struct Patient {
    /// The patient's keys.
    pub keys: PatientKeys,
    label: KeywordLabel,
    chain: Hash,
}

impl Patient {
    /// The n-th patient.
    pub fn new(chain: &Chain, n: u8) -> Self {
        Self {
            keys: PatientKeys::from_seed(&Seed::from_bytes([n; 32])),
            label: KeywordLabel::from_bytes([n; 32]),
            chain: chain.genesis(),
        }
    }

    /// The trapdoor of the keyword for a month.
    pub fn trapdoor(&self, epoch: Epoch) -> SearchTrapdoor {
        let context = Context {
            chain: self.chain.0,
            hospital: hospital().0,
            epoch,
        };
        self.keys
            .search_trapdoor::<BlstBackend>(&context, &self.label)
    }

    /// What an encryptor derives for the keyword in a batch.
    pub fn secret(&self, batch: &OpenBatch) -> SearchSecret {
        batch.search_secret::<BlstBackend>(self.keys.search_public(), &self.label)
    }

    /// Tag and match key of counter `n` in a batch.
    pub fn slot(&self, batch: &OpenBatch, n: u32) -> (Tag, [u8; 32]) {
        let secret = self.secret(batch);
        (secret.tag(n), secret.match_key(n).public())
    }
}

/// Opens a batch and registers it.
pub fn open_batch(chain: &Chain, number: u32, epoch: Epoch) -> OpenBatch {
    let batch = OpenBatch::open(
        &chain.genesis().0,
        &hospital().0,
        &[7; 32],
        number,
        epoch,
        &mut rand::rngs::OsRng,
    );
    chain.batches.lock().unwrap().push(IdentifiedBatch {
        id: BatchId::from(*batch.id()),
        batch: Batch {
            header: batch.header().clone(),
            registered_at: 1,
            next_index: 0,
        },
    });
    batch
}
