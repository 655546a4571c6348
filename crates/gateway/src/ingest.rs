// SPDX-License-Identifier: Apache-2.0
//! Ingest: a FHIR file and a patient's account become encrypted records in the outbox.
//!
//! Plaintext is in memory only while its job runs. Nothing of it, and no keyword, is logged or written.

use crate::{
    batches::{Batches, Encryption},
    clock,
    error::{GatewayError, Result},
    outbox::{Job, JobId, JobPhase, Outbox},
    ports::{BatchRegistry, PatientRegistry},
    secrets::EncryptionSecrets,
};
use bspp_peks::Context;
use bspp_primitives::{ConsentId, Epoch, HospitalId};
use bspp_record::{random_source, split, Document, Patient, PlainRecord};
use sp_core::H256;
use std::{collections::VecDeque, sync::Arc};
use zeroize::Zeroizing;

/// What is to be ingested.
pub struct Upload {
    /// The patient's account on the hospital's chain.
    pub patient: [u8; 32],
    /// The consent to store under; any in force if none is named.
    pub consent: Option<ConsentId>,
    /// The FHIR file.
    pub file: Zeroizing<Vec<u8>>,
}

/// An accepted upload.
pub struct Accepted {
    /// Number of the job.
    pub job: JobId,
    /// Records the file was cut into.
    pub records: u32,
    /// What is left to do.
    pub work: Work,
}

/// The plain records of a job. Erased when dropped.
pub struct Work {
    job: JobId,
    patient: [u8; 32],
    consent: Option<ConsentId>,
    records: VecDeque<Arc<PlainRecord>>,
}

/// Encrypts uploads.
pub struct Ingest<P, R> {
    patients: P,
    batches: Arc<Batches<R>>,
    outbox: Outbox,
    secrets: EncryptionSecrets,
    chain: H256,
    hospital: HospitalId,
}

impl<P: PatientRegistry, R: BatchRegistry> Ingest<P, R> {
    /// An ingest.
    pub fn new(
        patients: P,
        batches: Arc<Batches<R>>,
        outbox: Outbox,
        secrets: EncryptionSecrets,
        chain: H256,
        hospital: HospitalId,
    ) -> Self {
        Self {
            patients,
            batches,
            outbox,
            secrets,
            chain,
            hospital,
        }
    }

    /// Checks an upload and cuts it into records: patient enrolled, consent in force, FHIR well-formed.
    ///
    /// # Errors
    /// `PatientNotFound`, `ConsentNotFound`, `InvalidPatient`, `EncryptionKeyMismatch`, `InvalidFhir` (names the place),
    /// `OutboxFailed`, and those of the chains.
    pub async fn accept(&self, upload: Upload) -> Result<Accepted> {
        let Upload {
            patient,
            consent,
            file,
        } = upload;
        let epoch = clock::epoch()?;
        self.patient(patient, epoch).await?;
        self.consent(patient, consent, epoch).await?;
        let records = tokio::task::spawn_blocking(move || -> Result<Vec<PlainRecord>> {
            let document = Document::parse(&file)?;
            Ok(split(&document, random_source(&mut rand::rngs::OsRng)))
        })
        .await
        .map_err(|_| GatewayError::Stopping)??;
        let total = u32::try_from(records.len()).unwrap_or(u32::MAX);
        let job = self.outbox.create_job(&Job {
            created: clock::now(),
            phase: JobPhase::Queued,
            records_total: total,
            failure: None,
        })?;
        let records = records.into_iter().map(Arc::new).collect();
        Ok(Accepted {
            job,
            records: total,
            work: Work {
                job,
                patient,
                consent,
                records,
            },
        })
    }

    /// Encrypts all records of a job. Notes in the job how it ended.
    pub async fn run(&self, work: Work) {
        let job = work.job;
        let ended = match self.encrypt_all(work).await {
            Ok(()) => {
                tracing::info!(job, "all records of the job are encrypted");
                self.outbox
                    .update_job(job, |job| job.phase = JobPhase::Encrypted)
            }
            Err(error) => {
                tracing::warn!(job, %error, "job failed");
                let reason = error.to_string();
                self.outbox.update_job(job, |job| {
                    job.phase = JobPhase::Failed;
                    job.failure = Some(reason);
                })
            }
        };
        if let Err(error) = ended {
            tracing::error!(job, %error, "the job's end could not be written");
        }
    }

    async fn encrypt_all(&self, mut work: Work) -> Result<()> {
        let mut prepared: Option<(Epoch, Patient, ConsentId)> = None;
        while let Some(plain) = work.records.pop_front() {
            let epoch = clock::epoch()?;
            let (patient, consent) = match &prepared {
                Some((of, patient, consent)) if *of == epoch => (patient.clone(), *consent),
                _ => {
                    let patient = self.patient(work.patient, epoch).await?;
                    let consent = self.consent(work.patient, work.consent, epoch).await?;
                    prepared = Some((epoch, patient.clone(), consent));
                    (patient, consent)
                }
            };
            let with = Encryption {
                patient: &patient,
                epoch,
                consent,
                job: work.job,
            };
            self.batches.encrypt(&with, plain).await?;
        }
        Ok(())
    }

    /// The patient with the label key of a month.
    async fn patient(&self, account: [u8; 32], epoch: Epoch) -> Result<Patient> {
        let enrolled = self
            .patients
            .patient(account)
            .await?
            .ok_or(GatewayError::PatientNotFound)?;
        let secret = self
            .batches
            .registry()
            .encryption_key(epoch)
            .await?
            .and_then(|public| self.secrets.find(&public))
            .ok_or(GatewayError::EncryptionKeyMismatch(epoch))?
            .clone();
        let context = Context {
            chain: self.chain.0,
            hospital: self.hospital.0,
            epoch,
        };
        tokio::task::spawn_blocking(move || Patient::new(&enrolled.bundle, context, &secret))
            .await
            .map_err(|_| GatewayError::Stopping)?
            .map_err(Into::into)
    }

    async fn consent(
        &self,
        account: [u8; 32],
        named: Option<ConsentId>,
        epoch: Epoch,
    ) -> Result<ConsentId> {
        self.patients
            .consent(account, named, epoch)
            .await?
            .ok_or(GatewayError::ConsentNotFound(epoch))
    }
}
