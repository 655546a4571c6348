// SPDX-License-Identifier: Apache-2.0
//! The open batch of a gateway.
//!
//! The gateway opens and registers a batch when it needs one, and replaces the batch when its
//! filing month ends or its counters are exhausted.
//!
//! The encryptor holds the secret of the batch, only in memory. A restart loses it, and the gateway
//! opens a new batch.

use crate::{
    clock,
    error::{GatewayError, Result},
    outbox::{JobId, JobPhase, Outbox, OutboxId},
    ports::BatchRegistry,
    shares::ShareStore,
};
use bspp_peks::{encryptor_id, OpenBatch};
use bspp_record::{EncryptError, Encryptor, Patient, PlainRecord, SharedRecord};
use bspp_types::{ConsentId, FilingMonth, HospitalId, RecordId};
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
}

struct Open {
    filing_month: FilingMonth,
    opened: Instant,
    encryptor: Mutex<Box<Encryptor>>,
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
    patience: Duration,
    lifetime: Duration,
    pause: Duration,
    /// The lock for the time in which records are encrypted and written to the outbox.
    ///
    /// It keeps the records in the order of their indices.
    open: tokio::sync::Mutex<Option<Arc<Open>>>,
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
        (outbox, shares): (Outbox, ShareStore),
        (chain, hospital): (H256, HospitalId),
        account: &[u8; 32],
        patience: Duration,
        lifetime: Duration,
    ) -> Result<Self> {
        let salt = outbox.encryptor_salt(rand::random)?;
        let enc = encryptor_id(account, &salt);
        let open = tokio::sync::Mutex::new(None);
        let finalized = Notify::new();
        Ok(Self {
            registry,
            outbox,
            chain,
            hospital,
            enc,
            salt,
            shares,
            patience,
            lifetime,
            pause: BATCH_PAUSE,
            open,
            finalized,
        })
    }

    /// The registry of batches on the consortium.
    pub(crate) fn registry(&self) -> &R {
        &self.registry
    }

    /// Opens a batch: registers its header and waits until the header is finalized.
    async fn open_batch(&self, filing_month: FilingMonth, job: JobId) -> Result<Arc<Open>> {
        self.phase(job, JobPhase::OpeningBatch)?;
        let number = self.outbox.next_batch_number()?;
        let batch = OpenBatch::open(
            &self.chain.0,
            &self.hospital.0,
            &self.enc,
            number,
            filing_month,
            &mut rand::rngs::OsRng,
        );
        self.registry.open_batch(batch.header(), &self.salt).await?;
        tracing::info!(number, filing_month, "batch opened on both chains");
        Ok(Arc::new(Open {
            filing_month,
            opened: Instant::now(),
            // The secret is boxed: a move of the struct leaves no copy behind.
            encryptor: Mutex::new(Box::new(Encryptor::new(batch))),
        }))
    }

    fn phase(&self, job: JobId, phase: JobPhase) -> Result<()> {
        self.outbox.update_job(job, |job| job.phase = phase)
    }

    /// Encrypts a record under the open batch and writes the result to the outbox.
    ///
    /// It waits while counters are exhausted. If that takes too long, it opens another batch,
    /// provided that the consortium permits one more. It also waits while blocks include no
    /// batches, or the consortium cannot be reached.
    ///
    /// # Errors
    /// `Encrypt`, `OutboxFailed`, and those of the chain.
    pub async fn encrypt(
        &self,
        with: &Encryption<'_>,
        plain: Arc<PlainRecord>,
    ) -> Result<Vec<OutboxId>> {
        let mut deadline = Instant::now().checked_add(self.patience);
        loop {
            let mut guard = self.open.lock().await;
            let open = match guard.as_ref().filter(|open| {
                open.filing_month == with.filing_month && open.opened.elapsed() < self.lifetime
            }) {
                Some(open) => Arc::clone(open),
                None => match self.open_batch(with.filing_month, with.job).await {
                    Ok(open) => Arc::clone(guard.insert(open)),
                    Err(GatewayError::Chain(error)) if error.is_transient() => {
                        drop(guard);
                        tracing::warn!(%error, "no batch could be registered; will try again");
                        tokio::time::sleep(self.pause).await;
                        continue;
                    }
                    Err(error) => return Err(error),
                },
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
                    return self
                        .outbox
                        .push((with.job, with.plain), &records, clock::now());
                }
                Err(EncryptError::CounterExhausted) => {
                    let waited = deadline.is_some_and(|deadline| Instant::now() >= deadline);
                    if waited && self.replace(&mut guard, with).await? {
                        continue;
                    }
                    if waited {
                        // The quota is used up: keep waiting, and try again much later.
                        deadline = Instant::now().checked_add(self.patience);
                    }
                    drop(guard);
                    self.phase(with.job, JobPhase::WaitingForFinality)?;
                    let nap = Duration::from_secs(1).min(self.patience);
                    let _ = tokio::time::timeout(nap, self.finalized.notified()).await;
                }
                Err(EncryptError::MaxBatchSizeExceeded) => *guard = None,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Replaces an exhausted batch.
    ///
    /// The result is `false` if the consortium takes no more batches in this filing month.
    async fn replace(&self, guard: &mut Option<Arc<Open>>, with: &Encryption<'_>) -> Result<bool> {
        match self.open_batch(with.filing_month, with.job).await {
            Ok(open) => {
                *guard = Some(open);
                Ok(true)
            }
            Err(GatewayError::Chain(error))
                if error.is_dispatch("PhiIndex", "MaxBatchesPerFilingMonthExceeded") =>
            {
                tracing::warn!("no more batches this month; waiting until entries are finalized");
                Ok(false)
            }
            Err(GatewayError::Chain(error)) if error.is_transient() => {
                tracing::warn!(%error, "no further batch could be registered; will try again");
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Tells the encryptor which entries are finalized on the consortium.
    ///
    /// Their counters make room for later ones.
    pub async fn note_finalized(&self, rids: &[RecordId]) {
        if rids.is_empty() {
            return;
        }
        if let Some(open) = self.open.lock().await.as_ref() {
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
        *self.open.lock().await = None;
    }
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
