// SPDX-License-Identifier: Apache-2.0
//! Ingest: a FHIR file and a patient's account become encrypted records in the outbox.
//!
//! Plaintext is only in memory and only while its job runs. Neither plaintext nor keywords are
//! logged or written.

use crate::{
    batches::{Batches, Encryption},
    clock,
    error::{GatewayError, Result},
    outbox::{Job, JobId, JobPhase, Outbox},
    ports::{BatchRegistry, PatientRegistry},
    secrets::EncryptionSecrets,
};
use bspp_peks::Context;
use bspp_record::{random_source, split, Document, Patient, PlainRecord};
use bspp_types::{ConsentId, FilingMonth, HospitalId};
use sp_core::H256;
use std::{collections::VecDeque, sync::Arc};
use zeroize::Zeroizing;

/// A file to ingest.
pub struct Upload {
    /// The patient's account on the hospital's chain.
    pub patient: [u8; 32],
    /// The consent for the records. If it is `None`, any consent in force.
    pub consent: Option<ConsentId>,
    /// The FHIR file.
    pub file: Zeroizing<Vec<u8>>,
}

/// An accepted upload.
pub struct Accepted {
    /// The number of the job.
    pub job: JobId,
    /// The number of records of the file.
    pub records: u32,
    /// The work that remains.
    pub work: Work,
}

/// The plain records of a job, erased when dropped.
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
    /// Makes an ingest.
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

    /// Checks an upload and splits it into records.
    ///
    /// The patient must be enrolled, a consent must be in force, and the FHIR must be well-formed.
    ///
    /// # Errors
    /// `PatientNotFound`, `ConsentNotFound`, `InvalidPatient`, `EncryptionKeyMismatch`,
    /// `InvalidFhir` (names the place), `OutboxFailed`, and those of the chains.
    pub async fn accept(&self, upload: Upload) -> Result<Accepted> {
        let Upload {
            patient,
            consent,
            file,
        } = upload;
        let filing_month = clock::filing_month()?;
        self.patient(patient, filing_month).await?;
        self.consent(patient, consent, filing_month).await?;
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

    /// Encrypts all records of a job, and stores the outcome in the job.
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
            tracing::error!(job, %error, "the outcome of the job could not be written");
        }
    }

    async fn encrypt_all(&self, mut work: Work) -> Result<()> {
        let mut prepared: Option<(FilingMonth, Patient, ConsentId)> = None;
        while let Some(plain) = work.records.pop_front() {
            let filing_month = clock::filing_month()?;
            let (patient, consent) = match &prepared {
                Some((of, patient, consent)) if *of == filing_month => (patient.clone(), *consent),
                _ => {
                    let patient = self.patient(work.patient, filing_month).await?;
                    let consent = self
                        .consent(work.patient, work.consent, filing_month)
                        .await?;
                    prepared = Some((filing_month, patient.clone(), consent));
                    (patient, consent)
                }
            };
            let with = Encryption {
                patient: &patient,
                filing_month,
                consent,
                job: work.job,
            };
            self.batches.encrypt(&with, plain).await?;
        }
        Ok(())
    }

    /// The patient with the label key of a filing month.
    async fn patient(&self, account: [u8; 32], filing_month: FilingMonth) -> Result<Patient> {
        let enrolled = self
            .patients
            .patient(account)
            .await?
            .ok_or(GatewayError::PatientNotFound)?;
        let secret = self
            .batches
            .registry()
            .encryption_key(filing_month)
            .await?
            .and_then(|public| self.secrets.find(&public))
            .ok_or(GatewayError::EncryptionKeyMismatch(filing_month))?
            .clone();
        let context = Context {
            chain: self.chain.0,
            hospital: self.hospital.0,
            filing_month,
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
        filing_month: FilingMonth,
    ) -> Result<ConsentId> {
        self.patients
            .consent(account, named, filing_month)
            .await?
            .ok_or(GatewayError::ConsentNotFound(filing_month))
    }
}
