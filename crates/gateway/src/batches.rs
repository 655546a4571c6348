// SPDX-License-Identifier: Apache-2.0
//! The open batch: opened and registered when needed, replaced when its month ends or its counters are exhausted.
//!
//! The batch's secret lives in the encryptor, in memory only. After a restart there is none, and a new batch is opened.

use crate::{
    clock,
    error::{GatewayError, Result},
    outbox::{JobId, JobPhase, Outbox, OutboxId},
    ports::BatchRegistry,
};
use bspp_peks::{encryptor_id, OpenBatch};
use bspp_primitives::{ConsentId, Epoch, HospitalId, RecordId};
use bspp_record::{EncryptError, EncryptedRecord, Encryptor, Patient, PlainRecord};
use sp_core::H256;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::Notify;

/// How long is waited after a batch that got into no block. Longer than the relay waits: both use the operator's nonces, and
/// blocks that take no batches still take the anchor that may be lacking.
const BATCH_PAUSE: Duration = Duration::from_secs(60);

/// Where and when a record is encrypted, as a job sees it.
pub struct Encryption<'a> {
    /// The patient, with the month's label key.
    pub patient: &'a Patient,
    /// The month for which the label key is.
    pub epoch: Epoch,
    /// The consent.
    pub consent: ConsentId,
    /// The job.
    pub job: JobId,
}

struct Open {
    epoch: Epoch,
    encryptor: Mutex<Encryptor>,
}

/// Keeps the open batch of one gateway.
pub struct Batches<R> {
    registry: R,
    outbox: Outbox,
    chain: H256,
    hospital: HospitalId,
    enc: [u8; 32],
    patience: Duration,
    pause: Duration,
    /// Held while records are encrypted and written to the outbox: their order there is that of their indices.
    open: tokio::sync::Mutex<Option<Arc<Open>>>,
    finalized: Notify,
}

impl<R: BatchRegistry> Batches<R> {
    /// No batch is open yet. `name` is hidden in the batches' headers by a salt from the outbox.
    ///
    /// # Errors
    /// `OutboxFailed`.
    pub fn new(
        registry: R,
        outbox: Outbox,
        chain: H256,
        hospital: HospitalId,
        name: &[u8],
        patience: Duration,
    ) -> Result<Self> {
        let salt = outbox.encryptor_salt(rand::random)?;
        let enc = encryptor_id(name, &salt);
        let open = tokio::sync::Mutex::new(None);
        let finalized = Notify::new();
        Ok(Self {
            registry,
            outbox,
            chain,
            hospital,
            enc,
            patience,
            pause: BATCH_PAUSE,
            open,
            finalized,
        })
    }

    /// The hospital's key of a month, from the consortium.
    pub(crate) fn registry(&self) -> &R {
        &self.registry
    }

    /// Opens a batch: registers its header and waits until that is final.
    async fn open_batch(&self, epoch: Epoch, job: JobId) -> Result<Arc<Open>> {
        self.phase(job, JobPhase::OpeningBatch)?;
        let number = self.outbox.next_batch_number()?;
        let batch = OpenBatch::open(
            &self.chain.0,
            &self.hospital.0,
            &self.enc,
            number,
            epoch,
            &mut rand::rngs::OsRng,
        );
        self.registry.register_batch(batch.header()).await?;
        tracing::info!(number, epoch, "batch registered");
        Ok(Arc::new(Open {
            epoch,
            encryptor: Mutex::new(Encryptor::new(batch)),
        }))
    }

    fn phase(&self, job: JobId, phase: JobPhase) -> Result<()> {
        self.outbox.update_job(job, |job| job.phase = phase)
    }

    /// Encrypts a record under the open batch and writes what comes out to the outbox. Waits while counters are exhausted;
    /// when that takes too long it opens another batch, if the consortium allows one more. Waits as well while blocks take no
    /// batches, or the consortium cannot be reached: the plaintext is in memory only, and a job that gave up would lose it.
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
            let open = match guard.as_ref().filter(|open| open.epoch == with.epoch) {
                Some(open) => Arc::clone(open),
                None => match self.open_batch(with.epoch, with.job).await {
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
                Ok(records) => return self.outbox.push(with.job, &records, clock::now()),
                Err(EncryptError::CounterExhausted) => {
                    let waited = deadline.is_some_and(|deadline| Instant::now() >= deadline);
                    if waited && self.replace(&mut guard, with).await? {
                        continue;
                    }
                    if waited {
                        // The quota is used up: wait on, and ask again only much later.
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

    /// Replaces an exhausted batch. `false` if the consortium takes no more batches this month.
    async fn replace(&self, guard: &mut Option<Arc<Open>>, with: &Encryption<'_>) -> Result<bool> {
        match self.open_batch(with.epoch, with.job).await {
            Ok(open) => {
                *guard = Some(open);
                Ok(true)
            }
            Err(GatewayError::Chain(error))
                if error.is_dispatch("PhiIndex", "MaxBatchesPerEpochExceeded") =>
            {
                tracing::warn!("no more batches this month; waiting for entries to become final");
                Ok(false)
            }
            Err(GatewayError::Chain(error)) if error.is_transient() => {
                tracing::warn!(%error, "no further batch could be registered; will try again");
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Tells the encryptor which entries are final on the consortium: their counters make room.
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

    /// Forgets the open batch and its secret.
    pub async fn close(&self) {
        *self.open.lock().await = None;
    }
}

/// Pairings keep a thread busy: not one of the runtime's.
async fn run_encryption(
    open: Arc<Open>,
    patient: Patient,
    plain: Arc<PlainRecord>,
    consent: ConsentId,
) -> Result<core::result::Result<Vec<EncryptedRecord>, EncryptError>> {
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
