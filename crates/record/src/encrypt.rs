// SPDX-License-Identifier: Apache-2.0
//! The encryptor of one open batch: plain records in, encrypted records with their index entries out.

use crate::{
    keywords::{Keyword, MAX_KEYWORDS},
    payload::{self, DataKey, PayloadError, MAX_CIPHERTEXT_BYTES},
    slots::{arrange, Keyed, KEYWORDS_PER_ENTRY},
    split::PlainRecord,
};
use bspp_peks::{
    blake2b_256, blake2b_256_parts, counter_allowed, key_commitment, BundleError, Context,
    DefaultBackend, Kappa, KeywordLabel, OpenBatch, OpenSecret, PairingBackend, PatientBundle,
    SearchSecret, ValidBundle, X25519Error, X25519Secret,
};
use bspp_primitives::{BatchId, ConsentId, Entry, Record, RecordId, MAX_CHUNK_BYTES};
use codec::{Decode, Encode};
use core::{fmt, marker::PhantomData};
use rand_core::{CryptoRng, RngCore};
use std::{collections::HashMap, sync::Arc};

/// Distinct (patient, keyword) pairs of one batch at most. An encryptor that meets it opens another batch.
pub const MAX_CACHED_KEYWORDS: usize = 1 << 20;

/// Why a record cannot be encrypted. After an error nothing is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncryptError {
    /// The patient's label key is for another chain, hospital or month than the batch.
    #[error("ContextMismatch: the patient's keys are for another chain, hospital or month than the batch")]
    ContextMismatch,
    /// The patient's search key is known in this batch with another open key.
    #[error("PatientKeyMismatch: this batch knows the patient's search key with another open key")]
    PatientKeyMismatch,
    /// The next counter of a keyword is too far ahead of what the consortium has finalized. Wait, or open another batch.
    #[error("CounterExhausted: too many entries of one keyword wait for finality; wait, or open another batch")]
    CounterExhausted,
    /// The record has more than [`MAX_KEYWORDS`].
    #[error("MaxKeywordsExceeded: the record has {0} keywords")]
    MaxKeywordsExceeded(usize),
    /// The batch knows [`MAX_CACHED_KEYWORDS`] already, or its indices are used up.
    #[error("MaxBatchSizeExceeded: the batch is full; open another")]
    MaxBatchSizeExceeded,
    /// The payload cannot be encrypted.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// An entry came out wrong, which no input is known to cause.
    #[error("InvalidState: the entry could not be made")]
    InvalidState,
}

/// Why a patient cannot be encrypted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatientError {
    /// The bundle's keys, proofs or signature are wrong.
    #[error("InvalidBundle: {0}")]
    InvalidBundle(BundleError),
    /// No label key can be agreed on.
    #[error("InvalidKey: {0}")]
    InvalidKey(X25519Error),
}

/// A patient as an encryptor knows one for a month: verified public keys, and the label key shared with the hospital.
#[derive(Clone)]
pub struct Patient {
    context: Context,
    bundle: ValidBundle,
    kappa: Kappa,
}

impl Patient {
    /// Verifies the bundle and agrees on the label key. `hospital` is the hospital's X25519 secret of that month.
    pub fn new(
        bundle: &PatientBundle,
        context: Context,
        hospital: &X25519Secret,
    ) -> Result<Self, PatientError> {
        let bundle = bundle
            .verify(&context.chain, &context.hospital)
            .map_err(PatientError::InvalidBundle)?;
        let kappa =
            Kappa::hospital_side(hospital, &bundle.x25519, &context.hospital, context.epoch)
                .map_err(PatientError::InvalidKey)?;
        Ok(Self {
            context,
            bundle,
            kappa,
        })
    }

    /// The patient's account on the hospital's chain.
    pub fn account(&self) -> &[u8; 32] {
        &self.bundle.account
    }
}

impl fmt::Debug for Patient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Patient")
    }
}

/// A record ready to be stored: what a durable outbox keeps, and what is sent again after a failure, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct EncryptedRecord {
    /// The record's identifier.
    pub rid: RecordId,
    /// Entry, wraps, chunk hashes, patient and consent.
    pub record: Record,
    /// The ciphertext, cut into chunks of at most [`MAX_CHUNK_BYTES`]. Shared by the entries of one record.
    pub chunks: Arc<Vec<Vec<u8>>>,
}

impl EncryptedRecord {
    /// The whole ciphertext.
    pub fn ciphertext(&self) -> Vec<u8> {
        self.chunks.concat()
    }
}

/// What is kept of a (patient, keyword) until the batch closes.
struct Cached {
    search: SearchSecret,
    open: OpenSecret,
    open_key: [u8; 48],
    next: u32,
    finalized: Option<u32>,
}

/// A (patient, keyword) in the cache: a hash, so that no label lies about as a key.
type CacheKey = [u8; 32];

/// Encrypts records under one open batch. Two pairings for each (patient, keyword), whatever the number of records.
///
/// It lives in memory only and holds the batch's secret: there is one for each batch, and no way to write it out.
pub struct Encryptor<B = DefaultBackend> {
    batch: OpenBatch,
    next_index: u32,
    cache: HashMap<CacheKey, Cached>,
    waiting: HashMap<RecordId, Vec<(CacheKey, u32)>>,
    backend: PhantomData<fn() -> B>,
}

impl<B: PairingBackend> Encryptor<B> {
    /// An encryptor for a batch that has just been opened. Its header must be finalized on the consortium before records are
    /// sent anywhere.
    pub fn new(batch: OpenBatch) -> Self {
        let (cache, waiting) = (HashMap::new(), HashMap::new());
        Self {
            batch,
            next_index: 0,
            cache,
            waiting,
            backend: PhantomData,
        }
    }

    /// The batch.
    pub fn batch(&self) -> &OpenBatch {
        &self.batch
    }

    /// Records that are encrypted and not yet noted as finalized.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// How many more entries of this patient can be encrypted before one must be finalized.
    pub fn room(&mut self, patient: &Patient) -> Result<u32, EncryptError> {
        let key = self.prepare(patient, &Keyword::identity())?;
        let cached = self.cache.get(&key).ok_or(EncryptError::InvalidState)?;
        let limit = cached
            .finalized
            .map_or(0, |f| f.saturating_add(1))
            .saturating_add(bspp_peks::GAP);
        Ok(limit.saturating_sub(cached.next))
    }

    /// Notes that the consortium has finalized the entry of `rid`: its counters make room for later ones. Returns whether
    /// this encryptor made it and had not been told.
    pub fn note_finalized(&mut self, rid: &RecordId) -> bool {
        let Some(spent) = self.waiting.remove(rid) else {
            return false;
        };
        for (key, counter) in spent {
            if let Some(cached) = self.cache.get_mut(&key) {
                cached.finalized = cached.finalized.max(Some(counter));
            }
        }
        true
    }

    /// Encrypts a record. One with more than [`KEYWORDS_PER_ENTRY`] keywords gives several entries with the same payload.
    ///
    /// Each counter is spent once. On an error none is.
    pub fn encrypt<R: RngCore + CryptoRng>(
        &mut self,
        patient: &Patient,
        plain: &PlainRecord,
        consent: ConsentId,
        rng: &mut R,
    ) -> Result<Vec<EncryptedRecord>, EncryptError> {
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
        let payload_hash = blake2b_256(&ciphertext);
        let chunks: Vec<Vec<u8>> = ciphertext
            .chunks(MAX_CHUNK_BYTES as usize)
            .map(<[u8]>::to_vec)
            .collect();
        let sealed = Sealed {
            key,
            payload_hash,
            chunks: Arc::new(chunks),
        };
        let mut records = Vec::with_capacity(groups.len());
        for (index, group) in (self.next_index..).zip(&groups) {
            records.push(self.entry(patient, &sealed, group, index, consent, rng)?);
        }

        self.next_index = next_index;
        for (group, made) in groups.into_iter().zip(&records) {
            for (key, counter) in &group {
                if let Some(cached) = self.cache.get_mut(key) {
                    cached.next = cached.next.max(counter.saturating_add(1));
                }
            }
            self.waiting.insert(made.rid, group);
        }
        Ok(records)
    }

    /// Chooses the counters of every entry, the identity keyword's first, and refuses those that are too far ahead.
    fn assign(
        &mut self,
        patient: &Patient,
        plain: &PlainRecord,
    ) -> Result<Vec<Vec<(CacheKey, u32)>>, EncryptError> {
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
            let mut group = vec![(identity, self.counter(&identity, ahead)?)];
            for key in chunk {
                group.push((*key, self.counter(key, 0)?));
            }
            groups.push(group);
        }
        Ok(groups)
    }

    fn counter(&self, key: &CacheKey, ahead: u32) -> Result<u32, EncryptError> {
        let cached = self.cache.get(key).ok_or(EncryptError::InvalidState)?;
        let counter = cached
            .next
            .checked_add(ahead)
            .ok_or(EncryptError::CounterExhausted)?;
        if !counter_allowed(counter, cached.finalized) || counter == u32::MAX {
            return Err(EncryptError::CounterExhausted);
        }
        Ok(counter)
    }

    /// Has the secrets of a (patient, keyword) in the cache: two pairings the first time, none later.
    ///
    /// What a tag follows from is the search key and the label, so these are what a counter belongs to.
    fn prepare(&mut self, patient: &Patient, keyword: &Keyword) -> Result<CacheKey, EncryptError> {
        let label: KeywordLabel = patient.kappa.label(keyword);
        let (search_key, open_key) = (&patient.bundle.search, &patient.bundle.open);
        let key = blake2b_256_parts(&[search_key.as_bytes(), label.as_bytes()]);
        if let Some(cached) = self.cache.get(&key) {
            let same = cached.open_key == *open_key.as_bytes();
            return if same {
                Ok(key)
            } else {
                Err(EncryptError::PatientKeyMismatch)
            };
        }
        if self.cache.len() >= MAX_CACHED_KEYWORDS {
            return Err(EncryptError::MaxBatchSizeExceeded);
        }
        let cached = Cached {
            search: self.batch.search_secret::<B>(search_key, &label),
            open: self.batch.open_secret::<B>(open_key, &label),
            open_key: *open_key.as_bytes(),
            next: 0,
            finalized: None,
        };
        self.cache.insert(key, cached);
        Ok(key)
    }

    fn entry<R: RngCore + CryptoRng>(
        &self,
        patient: &Patient,
        sealed: &Sealed,
        group: &[(CacheKey, u32)],
        index: u32,
        consent: ConsentId,
        rng: &mut R,
    ) -> Result<EncryptedRecord, EncryptError> {
        let keyed = group
            .iter()
            .map(|(key, counter)| {
                let Cached { search, open, .. } = self.cache.get(key)?;
                Some(Keyed {
                    search,
                    open,
                    counter: *counter,
                })
            })
            .collect::<Option<Vec<_>>>()
            .ok_or(EncryptError::InvalidState)?;
        let arranged = arrange(&keyed, rng).ok_or(EncryptError::InvalidState)?;
        let entry = Entry {
            batch: BatchId::from(*self.batch.id()),
            index,
            payload_hash: sealed.payload_hash.into(),
            key_commitment: key_commitment(sealed.key.as_bytes(), &sealed.payload_hash).into(),
            slots: arranged.slots.clone(),
        };
        entry
            .check_shape()
            .map_err(|_| EncryptError::InvalidState)?;
        let rid = entry.rid();
        let wraps = arranged
            .wrap(&keyed, &rid, &sealed.key, rng)
            .ok_or(EncryptError::InvalidState)?;
        let hashes: Vec<_> = sealed
            .chunks
            .iter()
            .map(|chunk| blake2b_256(chunk).into())
            .collect();
        let too_large = PayloadError::MaxCiphertextBytesExceeded(MAX_CIPHERTEXT_BYTES);
        let record = Record {
            entry,
            wraps,
            chunks: hashes.try_into().map_err(|_| too_large)?,
            patient: patient.bundle.account,
            consent,
        };
        Ok(EncryptedRecord {
            rid,
            record,
            chunks: Arc::clone(&sealed.chunks),
        })
    }
}

/// The payload that the entries of one record share.
struct Sealed {
    key: DataKey,
    payload_hash: [u8; 32],
    chunks: Arc<Vec<Vec<u8>>>,
}

impl<B> fmt::Debug for Encryptor<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encryptor")
            .field("batch", &self.batch.id())
            .finish_non_exhaustive()
    }
}
