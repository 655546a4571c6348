// SPDX-License-Identifier: Apache-2.0
//! Secrets and counters of the (patient, keyword) pairs of one batch.
//!
//! Each counter is spent once.

use super::error::EncryptError;
use crate::{keywords::Keyword, patient::Patient, slots::Keyed};
use bspp_peks::{
    blake2b_256_parts, counter_allowed, BatchPatient, KeywordLabel, MonthLabel, OpenBatch,
    OpenSecret, PairingBackend, SearchSecret, GAP,
};
use bspp_types::RecordId;
use std::collections::HashMap;

/// Maximum number of distinct (patient, keyword) pairs of one batch.
///
/// An encryptor that reaches it opens another batch.
pub const MAX_CACHED_KEYWORDS: usize = 1 << 20;

/// The key of a (patient, keyword) pair: a hash, so that no label is kept as a key.
pub(super) type CacheKey = [u8; 32];

/// The counters that one entry spends.
pub(super) type Group = Vec<(CacheKey, u32)>;

/// The secrets and counters of a (patient, keyword) pair, kept until the batch closes.
struct Cached {
    search: SearchSecret,
    open: OpenSecret,
    label: MonthLabel,
    next: u32,
    finalized: Option<u32>,
}

/// The keywords of a batch, and the counters of records that wait for finality.
pub(super) struct Counters<B> {
    /// The secrets are boxed: a growing map moves its values, and would leave copies behind.
    cache: HashMap<CacheKey, Box<Cached>>,
    patients: HashMap<[u8; 32], Box<BatchPatient<B>>>,
    waiting: HashMap<RecordId, Group>,
}

impl<B> Default for Counters<B> {
    fn default() -> Self {
        Self {
            cache: HashMap::new(),
            patients: HashMap::new(),
            waiting: HashMap::new(),
        }
    }
}

impl<B: PairingBackend> Counters<B> {
    /// The number of records that have spent counters and are not yet noted as finalized.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// The number of counters of a keyword that can be spent before one must be finalized.
    pub(super) fn room(&self, key: &CacheKey) -> Result<u32, EncryptError> {
        let cached = self.cache.get(key).ok_or(EncryptError::InvalidState)?;
        let limit = cached
            .finalized
            .map_or(0, |f| f.saturating_add(1))
            .saturating_add(GAP);
        Ok(limit.saturating_sub(cached.next))
    }

    /// The counter `ahead` places after the last spent counter.
    ///
    /// It is an error if this counter is too far ahead of the finalized counters.
    pub(super) fn counter(&self, key: &CacheKey, ahead: u32) -> Result<u32, EncryptError> {
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

    /// The secrets of a group's keywords with the counters that it spends.
    pub(super) fn keyed(&self, group: &[(CacheKey, u32)]) -> Result<Vec<Keyed<'_>>, EncryptError> {
        group
            .iter()
            .map(|(key, counter)| {
                let Cached {
                    search,
                    open,
                    label,
                    ..
                } = self.cache.get(key).map(AsRef::as_ref)?;
                Some(Keyed {
                    search,
                    open,
                    label,
                    counter: *counter,
                })
            })
            .collect::<Option<Vec<_>>>()
            .ok_or(EncryptError::InvalidState)
    }

    /// Spends the counters of a record's entry, which waits for finality after that.
    pub(super) fn spend(&mut self, rid: RecordId, group: Group) {
        for (key, counter) in &group {
            if let Some(cached) = self.cache.get_mut(key) {
                cached.next = cached.next.max(counter.saturating_add(1));
            }
        }
        self.waiting.insert(rid, group);
    }

    /// Notes that the entry of `rid` is finalized. Returns whether it was waiting.
    pub(super) fn note_finalized(&mut self, rid: &RecordId) -> bool {
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

    /// Ensures that the secrets of a (patient, keyword) pair are in the cache.
    ///
    /// This costs two pairings the first time and none later. A tag follows from the patient's keys
    /// and the label, so a counter belongs to them. The label follows from the label version: after
    /// a rise, no secret of an earlier version is used.
    pub(super) fn prepare(
        &mut self,
        batch: &OpenBatch,
        patient: &Patient,
        keyword: &Keyword,
    ) -> Result<CacheKey, EncryptError> {
        let label: KeywordLabel = patient.kappa.label(keyword);
        let (search_key, open_key) = (&patient.bundle.search, &patient.bundle.open);
        let keys = blake2b_256_parts(&[search_key.as_bytes(), open_key.as_bytes()]);
        let key = blake2b_256_parts(&[&keys, label.as_bytes()]);
        if self.cache.contains_key(&key) {
            return Ok(key);
        }
        if self.cache.len() >= MAX_CACHED_KEYWORDS {
            return Err(EncryptError::MaxBatchSizeExceeded);
        }
        let known = self
            .patients
            .entry(keys)
            .or_insert_with(|| Box::new(batch.patient::<B>(search_key, open_key)));
        let (search, open) = batch.label_secrets::<B>(known, &label);
        let cached = Box::new(Cached {
            search,
            open,
            label: MonthLabel {
                filing_month: patient.context.filing_month,
                kw: label,
            },
            next: 0,
            finalized: None,
        });
        self.cache.insert(key, cached);
        Ok(key)
    }
}
