// SPDX-License-Identifier: Apache-2.0
//! The encryptor of one open batch.
//!
//! It turns plain records into encrypted records with their index entries.

use super::{
    counters::{CacheKey, Counters, Group},
    error::EncryptError,
    record::{EncryptedRecord, SharedRecord},
};
use crate::{
    keywords::{Keyword, MAX_KEYWORDS},
    patient::Patient,
    payload::{self, DataKey},
    slots::{arrange, KEYWORDS_PER_ENTRY},
    split::PlainRecord,
};
use bspp_peks::{key_commitment, DefaultBackend, HospitalShare, OpenBatch, PairingBackend};
use bspp_types::{payload_hash, seal_of, BatchId, ConsentId, Entry, Record, RecordId, H256};
use core::fmt;
use rand_core::{CryptoRng, RngCore};
use std::sync::Arc;

/// Encrypts records under one open batch.
///
/// It needs two pairings for each (patient, keyword) pair, for any number of records. It exists
/// only in memory and holds the batch's secret: each batch has one encryptor, and it cannot be
/// serialized.
pub struct Encryptor<B = DefaultBackend> {
    batch: OpenBatch,
    next_index: u32,
    counters: Counters<B>,
}

impl<B: PairingBackend> Encryptor<B> {
    /// Makes the encryptor of a batch that has just been opened.
    ///
    /// The batch's header must be finalized on the consortium before records are sent anywhere.
    pub fn new(batch: OpenBatch) -> Self {
        Self {
            batch,
            next_index: 0,
            counters: Counters::default(),
        }
    }

    /// The batch.
    pub fn batch(&self) -> &OpenBatch {
        &self.batch
    }

    /// The number of records that are encrypted and not yet noted as finalized.
    pub fn waiting(&self) -> usize {
        self.counters.waiting()
    }

    /// The number of entries of this patient that can be encrypted before one must be finalized.
    pub fn room(&mut self, patient: &Patient) -> Result<u32, EncryptError> {
        let key = self.prepare(patient, &Keyword::identity())?;
        self.counters.room(&key)
    }

    /// Notes that the consortium has finalized the entry of `rid`.
    ///
    /// The counters of the entry make room for later ones. Returns whether this encryptor made the
    /// entry and the entry was still waiting.
    pub fn note_finalized(&mut self, rid: &RecordId) -> bool {
        self.counters.note_finalized(rid)
    }

    /// Encrypts a record. Each counter is spent once; an error spends no counter.
    ///
    /// A record with more than [`KEYWORDS_PER_ENTRY`] keywords gives several entries with the same
    /// payload.
    pub fn encrypt<R: RngCore + CryptoRng>(
        &mut self,
        patient: &Patient,
        plain: &PlainRecord,
        consent: ConsentId,
        rng: &mut R,
    ) -> Result<Vec<SharedRecord>, EncryptError> {
        if patient.context != self.batch.context() {
            return Err(EncryptError::ContextMismatch);
        }
        if plain.keywords.len() > MAX_KEYWORDS {
            return Err(EncryptError::MaxKeywordsExceeded(plain.keywords.len()));
        }
        let groups = self.assign(patient, plain)?;
        let count = u32::try_from(groups.len()).map_err(|_| EncryptError::InvalidState)?;
        let next_index = self
            .next_index
            .checked_add(count)
            .ok_or(EncryptError::MaxBatchSizeExceeded)?;

        let key = DataKey::generate(rng);
        let ciphertext = payload::seal(&key, &plain.payload.to_bytes(), rng)?;
        let payload_hash = payload_hash(&ciphertext);
        let sealed = Sealed {
            key,
            payload_hash,
            payload: Arc::new(ciphertext),
        };
        let mut records = Vec::with_capacity(groups.len());
        for (index, group) in (self.next_index..).zip(&groups) {
            records.push(self.entry(patient, &sealed, group, index, consent, rng)?);
        }

        self.next_index = next_index;
        for (group, made) in groups.into_iter().zip(&records) {
            self.counters.spend(made.encrypted.rid, group);
        }
        Ok(records)
    }

    /// Chooses the counters of every entry and refuses counters that are too far ahead.
    ///
    /// The identity keyword's counter is the first of each entry.
    fn assign(
        &mut self,
        patient: &Patient,
        plain: &PlainRecord,
    ) -> Result<Vec<Group>, EncryptError> {
        let identity = self.prepare(patient, &Keyword::identity())?;
        let mut keys = Vec::with_capacity(plain.keywords.len());
        for keyword in plain
            .keywords
            .iter()
            .filter(|keyword| !keyword.is_identity())
        {
            keys.push(self.prepare(patient, keyword)?);
        }
        let chunks: Vec<&[CacheKey]> = if keys.is_empty() {
            vec![&[]]
        } else {
            keys.chunks(KEYWORDS_PER_ENTRY).collect()
        };
        let mut groups = Vec::with_capacity(chunks.len());
        for (ahead, chunk) in (0u32..).zip(chunks) {
            let mut group = vec![(identity, self.counters.counter(&identity, ahead)?)];
            for key in chunk {
                group.push((*key, self.counters.counter(key, 0)?));
            }
            groups.push(group);
        }
        Ok(groups)
    }

    fn prepare(&mut self, patient: &Patient, keyword: &Keyword) -> Result<CacheKey, EncryptError> {
        self.counters.prepare(&self.batch, patient, keyword)
    }

    fn entry<R: RngCore + CryptoRng>(
        &self,
        patient: &Patient,
        sealed: &Sealed,
        group: &[(CacheKey, u32)],
        index: u32,
        consent: ConsentId,
        rng: &mut R,
    ) -> Result<SharedRecord, EncryptError> {
        let keyed = self.counters.keyed(group)?;
        let arranged = arrange(&keyed, rng).ok_or(EncryptError::InvalidState)?;
        let mut entry = Entry {
            batch: BatchId::from(*self.batch.id()),
            index,
            payload_hash: sealed.payload_hash,
            key_commitment: key_commitment(sealed.key.as_bytes(), &sealed.payload_hash.0).into(),
            slots: arranged.slots.clone(),
            seal: H256::zero(),
        };
        entry
            .check_shape()
            .map_err(|_| EncryptError::InvalidState)?;
        // The share and the wraps need the core, and the seal commits to both.
        let (core, share) = (entry.core(), HospitalShare::generate(rng));
        let wraps = arranged
            .wrap(&keyed, &core, &share, &sealed.key, rng)
            .ok_or(EncryptError::InvalidState)?;
        entry.seal = seal_of(&core, &wraps, &share);
        let rid = entry.rid();
        let record = Record {
            entry,
            wraps,
            patient: patient.bundle.account,
            consent,
        };
        Ok(SharedRecord {
            encrypted: EncryptedRecord {
                rid,
                record,
                payload: Arc::clone(&sealed.payload),
            },
            share,
        })
    }
}

/// The payload that the entries of one record share.
struct Sealed {
    key: DataKey,
    payload_hash: H256,
    payload: Arc<Vec<u8>>,
}

impl<B> fmt::Debug for Encryptor<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encryptor")
            .field("batch", &self.batch.id())
            .finish_non_exhaustive()
    }
}
