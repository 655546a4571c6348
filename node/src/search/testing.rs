// SPDX-License-Identifier: Apache-2.0
//! A chain in memory and real batches, for the tests of worker, search and RPC.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::view::{ChainView, ViewError};
use bspp_peks::{
    BlstBackend, KeywordLabel, MonthLabel, OpenBatch, PatientKeys, SearchTrapdoor, Seed,
};
use bspp_primitives::Hash;
use bspp_tag_index::FinalizedBlock;
pub use bspp_test_kit::{entry, hospital, registration};
use bspp_types::{
    Batch, BatchId, BlockNumber, FilingMonth, HospitalId, IdentifiedBatch, Registration, Tag,
};
use std::sync::{
    atomic::{AtomicBool, AtomicU32, Ordering},
    Mutex,
};

/// A chain in memory. Every block is finalized.
#[derive(Default)]
pub struct Chain {
    /// The blocks. The first block is the genesis block.
    pub blocks: Mutex<Vec<FinalizedBlock>>,
    /// Batches of [`hospital`].
    pub batches: Mutex<Vec<IdentifiedBatch>>,
    /// Whether reads of blocks fail.
    pub broken: AtomicBool,
    /// Number of blocks that were read.
    pub blocks_read: AtomicU32,
}

impl Chain {
    /// Makes a chain with a genesis block.
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
        filing_month: FilingMonth,
        from: u32,
        limit: u32,
    ) -> Result<Vec<IdentifiedBatch>, ViewError> {
        let all = self.batches.lock().unwrap();
        let of_month = all.iter().filter(|item| {
            item.batch.header.hospital == hospital.0
                && item.batch.header.filing_month == filing_month
        });
        // The pages are smaller than requested, because a runtime may return such pages.
        Ok(of_month
            .skip(from as usize)
            .take(limit.min(2) as usize)
            .cloned()
            .collect())
    }
}

/// A patient with real keys and the label of one keyword.
pub struct Patient {
    /// The patient's keys at [`hospital`].
    pub keys: PatientKeys,
    kw: KeywordLabel,
}

impl Patient {
    /// Makes the n-th patient.
    pub fn new(chain: &Chain, n: u8) -> Self {
        let seed = Seed::from_bytes([n; 32]);
        Self {
            keys: PatientKeys::derive(&seed, &chain.genesis().0, &hospital().0, 0),
            kw: KeywordLabel::from_bytes([n; 32]),
        }
    }

    /// The label of the keyword with a month.
    pub fn label(&self, filing_month: FilingMonth) -> MonthLabel {
        MonthLabel {
            filing_month,
            kw: self.kw.clone(),
        }
    }

    /// The trapdoor of the keyword for a month.
    pub fn trapdoor(&self, filing_month: FilingMonth) -> SearchTrapdoor {
        self.keys
            .search_trapdoor::<BlstBackend>(filing_month, &self.kw)
    }

    /// Tag and match key of counter `n` in a batch.
    pub fn slot(&self, batch: &OpenBatch, n: u32) -> (Tag, [u8; 32]) {
        let (a_s, a_o) = (self.keys.search_public(), self.keys.open_public());
        let patient = batch.patient::<BlstBackend>(a_s, a_o);
        let (secret, _) = batch.label_secrets::<BlstBackend>(&patient, &self.kw);
        let label = self.label(batch.header().filing_month);
        (secret.tag(n), secret.match_key(n, &label).public())
    }
}

/// Opens a batch and registers it.
pub fn open_batch(chain: &Chain, number: u32, filing_month: FilingMonth) -> OpenBatch {
    let batch = OpenBatch::open(
        &chain.genesis().0,
        &hospital().0,
        &[7; 32],
        number,
        filing_month,
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
