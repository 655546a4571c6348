// SPDX-License-Identifier: Apache-2.0
//! The open batch of a gateway.
//!
//! The gateway opens and registers a batch when it needs one, and replaces the batch when its
//! counters are exhausted. The secret of a batch is erased when its filing month or lifetime ends.
//!
//! The encryptor holds the secret of the batch, only in memory. A restart loses it, and the gateway
//! opens a new batch.

use crate::{
    clock,
    error::{GatewayError, Result},
    outbox::{JobId, JobPhase, Outbox, OutboxId},
    ports::{BatchRegistry, PayloadSink},
    shares::ShareStore,
};
use bspp_client::ClientError;
use bspp_peks::{encryptor_id, OpenBatch};
use bspp_record::{EncryptError, Encryptor, Patient, PlainRecord, SharedRecord};
use bspp_types::{BatchId, ConsentId, FilingMonth, HospitalId, RecordId};
use sp_core::H256;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::Notify;

/// The pause after a batch that no block included.
///
/// It is longer than the pause of the relay: both use the operator's nonces, and blocks without
/// batches still include the anchor that may be missing.
const BATCH_PAUSE: Duration = Duration::from_secs(60);

/// The patient, filing month, consent and job for which a record is encrypted.
pub struct Encryption<'a> {
    /// The patient, with the label key of the filing month.
    pub patient: &'a Patient,
    /// The filing month of the label key.
    pub filing_month: FilingMonth,
    /// The consent.
    pub consent: ConsentId,
    /// The job.
    pub job: JobId,
    /// The number of the plain record in the job.
    pub plain: u32,
    /// The batch whose entry of this record a chain refused: the record goes to another one.
    pub refused_by: Option<BatchId>,
}

/// The filing month of a batch, and the time at which it was made.
#[derive(Clone, Copy)]
struct Age {
    filing_month: FilingMonth,
    made: Instant,
}

impl Age {
    /// Whether records of `filing_month` may go to the batch.
    fn serves(&self, filing_month: FilingMonth, lifetime: Duration) -> bool {
        self.filing_month == filing_month && self.made.elapsed() < lifetime
    }
}

struct Open {
    id: BatchId,
    age: Age,
    encryptor: Mutex<Box<Encryptor>>,
}

/// The open batch, and a batch that one or both chains may not have yet.
///
/// A failed attempt leaves its batch here for the next one: a new header for each attempt would use up
/// the batches that the consortium takes in a month.
#[derive(Default)]
struct State {
    open: Option<Arc<Open>>,
    opening: Option<(Age, OpenBatch)>,
}

/// The open batch of one gateway, and the tools to replace it.
pub struct Batches<R> {
    registry: R,
    outbox: Outbox,
    chain: H256,
    hospital: HospitalId,
    enc: [u8; 32],
    salt: [u8; 32],
    shares: ShareStore,
    payloads: Arc<dyn PayloadSink>,
    patience: Duration,
    lifetime: Duration,
    pub(crate) pause: Duration,
    /// The lock for the time in which records are encrypted and written to the outbox.
    ///
    /// It keeps the records in the order of their indices.
    state: tokio::sync::Mutex<State>,
    finalized: Notify,
}

impl<R: BatchRegistry> Batches<R> {
    /// Makes the state without an open batch.
    ///
    /// A salt from the outbox hides the account of the encryptor in the headers of batches. A batch
    /// closes at the end of its month, and `lifetime` after its opening; never because it is idle,
    /// which would publish the activity of the hospital.
    ///
    /// # Errors
    /// `OutboxFailed`.
    pub fn new(
        registry: R,
        (outbox, shares, payloads): (Outbox, ShareStore, Arc<dyn PayloadSink>),
        (chain, hospital): (H256, HospitalId),
        account: &[u8; 32],
        patience: Duration,
        lifetime: Duration,
    ) -> Result<Self> {
        let salt = outbox.encryptor_salt(rand::random)?;
        let enc = encryptor_id(account, &salt);
        let state = tokio::sync::Mutex::default();
        let finalized = Notify::new();
        Ok(Self {
            registry,
            outbox,
            chain,
            hospital,
            enc,
            salt,
            shares,
            payloads,
            patience,
            lifetime,
            pause: BATCH_PAUSE,
            state,
            finalized,
        })
    }

    /// The registry of batches on the consortium.
    pub(crate) fn registry(&self) -> &R {
        &self.registry
    }

    /// Opens a batch: registers its header and waits until the header is finalized.
    async fn open_batch(
        &self,
        state: &mut State,
        filing_month: FilingMonth,
        job: JobId,
    ) -> Result<Arc<Open>> {
        self.phase(job, JobPhase::OpeningBatch)?;
        let earlier = state.opening.take();
        let (age, batch) = match earlier.filter(|(age, _)| age.serves(filing_month, self.lifetime))
        {
            Some(earlier) => earlier,
            None => {
                let age = Age {
                    filing_month,
                    made: Instant::now(),
                };
                let batch = OpenBatch::open(
                    &self.chain.0,
                    &self.hospital.0,
                    &self.enc,
                    self.outbox.next_batch_number()?,
                    filing_month,
                    &mut rand::rngs::OsRng,
                );
                (age, batch)
            }
        };
        let header = batch.header().clone();
        // A caller may give up while it waits, so the batch is kept before the first await.
        state.opening = Some((age, batch));
        if let Err(error) = self.registry.open_batch(&header, &self.salt).await {
            if refuses_header(&error) {
                state.opening = None;
            }
            return Err(error.into());
        }
        let Some((age, batch)) = state.opening.take() else {
            return Err(GatewayError::Stopping);
        };
        tracing::info!(
            number = header.number,
            filing_month,
            "batch opened on both chains"
        );
        let open = Arc::new(Open {
            id: BatchId::from(*batch.id()),
            age,
            // The secret is boxed: a move of the struct leaves no copy behind.
            encryptor: Mutex::new(Box::new(Encryptor::new(batch))),
        });
        state.open = Some(Arc::clone(&open));
        Ok(open)
    }

    fn phase(&self, job: JobId, phase: JobPhase) -> Result<()> {
        self.outbox.update_job(job, |job| {
            job.phase = phase;
            job.failure = None;
        })
    }

    /// Encrypts a record under the open batch and writes the result to the outbox.
    ///
    /// A batch that refused an earlier entry of the record is replaced. The method waits while
    /// counters are exhausted. If that takes too long, it opens another batch, provided that the
    /// consortium permits one more. After a failure nothing is spent: the caller may try again.
    ///
    /// # Errors
    /// `Encrypt`, `OutboxFailed`, `SharesFailed`, and those of the chains, after a pause.
    pub async fn encrypt(
        &self,
        with: &Encryption<'_>,
        plain: Arc<PlainRecord>,
    ) -> Result<Vec<OutboxId>> {
        let mut deadline = Instant::now().checked_add(self.patience);
        loop {
            let mut state = self.state.lock().await;
            let serves = |open: &Arc<Open>| open.age.serves(with.filing_month, self.lifetime);
            // A batch that refused an entry stays for other records until its successor is open.
            state.open = state.open.take().filter(serves);
            let known = state.open.clone();
            let open = match known.filter(|open| with.refused_by != Some(open.id)) {
                Some(open) => open,
                None => {
                    match self
                        .open_batch(&mut state, with.filing_month, with.job)
                        .await
                    {
                        Ok(open) => open,
                        Err(error) => {
                            let is_without = state.open.is_none();
                            drop(state);
                            // The caller tries again, with the month and consent of that time.
                            if is_without && matches!(error, GatewayError::Chain(_)) {
                                tokio::time::sleep(self.pause).await;
                            }
                            return Err(error);
                        }
                    }
                }
            };
            self.phase(with.job, JobPhase::Encrypting)?;
            let made = run_encryption(
                Arc::clone(&open),
                with.patient.clone(),
                Arc::clone(&plain),
                with.consent,
            )
            .await?;
            match made {
                Ok(made) => {
                    // The shares are durable before the records exist anywhere. A stop between the
                    // two leaves shares without records, and no record without its share.
                    let shares: Vec<_> = made
                        .iter()
                        .map(|made| (made.encrypted.rid, made.share.clone()))
                        .collect();
                    let records: Vec<_> = made.into_iter().map(|made| made.encrypted).collect();
                    let store = self.shares.clone();
                    tokio::task::spawn_blocking(move || store.put(&shares))
                        .await
                        .map_err(|_| GatewayError::Stopping)??;
                    // The ciphertext is durable too. A stop before the next step leaves a payload that no
                    // record has, and the plain record is encrypted again.
                    if let Some(first) = records.first() {
                        self.payloads.put(&first.payload).await?;
                    }
                    return self
                        .outbox
                        .push((with.job, with.plain), &records, clock::now());
                }
                Err(EncryptError::CounterExhausted) => {
                    let waited = deadline.is_some_and(|deadline| Instant::now() >= deadline);
                    if waited && self.replace(&mut state, with).await? {
                        continue;
                    }
                    if waited {
                        // The quota is used up: keep waiting, and try again much later.
                        deadline = Instant::now().checked_add(self.patience);
                    }
                    drop(state);
                    self.phase(with.job, JobPhase::WaitingForFinality)?;
                    let nap = Duration::from_secs(1).min(self.patience);
                    let _ = tokio::time::timeout(nap, self.finalized.notified()).await;
                }
                Err(EncryptError::MaxBatchSizeExceeded) => state.open = None,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Replaces an exhausted batch.
    ///
    /// The result is `false` if the consortium takes no more batches at this time.
    async fn replace(&self, state: &mut State, with: &Encryption<'_>) -> Result<bool> {
        match self.open_batch(state, with.filing_month, with.job).await {
            Ok(_) => Ok(true),
            Err(GatewayError::Chain(error)) if is_of_this_moment(&error) => {
                tracing::warn!(%error, "no further batch could be opened; waiting for finality");
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Erases secrets of batches whose month or lifetime has ended.
    ///
    /// A batch may be of a later month than `filing_month`, the month of this clock: the chain may be
    /// ahead.
    pub async fn erase_ended(&self, filing_month: FilingMonth) {
        let mut state = self.state.lock().await;
        let has_ended =
            |age: &Age| age.filing_month < filing_month || age.made.elapsed() >= self.lifetime;
        if state.open.as_ref().is_some_and(|open| has_ended(&open.age)) {
            state.open = None;
            tracing::info!("the batch has ended, and its secret is erased");
        }
        state.opening = state.opening.take().filter(|(age, _)| !has_ended(age));
    }

    /// Tells the encryptor which entries are finalized on the consortium.
    ///
    /// Their counters make room for later ones.
    pub async fn note_finalized(&self, rids: &[RecordId]) {
        if rids.is_empty() {
            return;
        }
        if let Some(open) = self.state.lock().await.open.as_ref() {
            let mut encryptor = open
                .encryptor
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            for rid in rids {
                encryptor.note_finalized(rid);
            }
        }
        self.finalized.notify_waiters();
    }

    /// Drops the open batch and its secret.
    pub async fn close(&self) {
        *self.state.lock().await = State::default();
    }
}

/// Whether the consortium refuses this header at any time, and has not registered it.
fn refuses_header(error: &ClientError) -> bool {
    [
        "FilingMonthMismatch",
        "HospitalMismatch",
        "InvalidBatchProof",
    ]
    .iter()
    .any(|name| error.is_dispatch("PhiIndex", name))
}

/// Whether a chain that refuses a batch now may take one later.
fn is_of_this_moment(error: &ClientError) -> bool {
    error.is_transient() || error.is_dispatch("PhiIndex", "MaxBatchesPerFilingMonthExceeded")
}

/// Encrypts on a thread outside the async runtime, because pairings keep a thread busy.
async fn run_encryption(
    open: Arc<Open>,
    patient: Patient,
    plain: Arc<PlainRecord>,
    consent: ConsentId,
) -> Result<core::result::Result<Vec<SharedRecord>, EncryptError>> {
    tokio::task::spawn_blocking(move || {
        let mut encryptor = open
            .encryptor
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        encryptor.encrypt(&patient, &plain, consent, &mut rand::rngs::OsRng)
    })
    .await
    .map_err(|_| GatewayError::Stopping)
}

#[cfg(test)]
mod tests;
