// SPDX-License-Identifier: Apache-2.0
//! Ingest: a FHIR file and a patient's account become encrypted records in the outbox.
//!
//! Plaintext waits in the outbox, sealed, until its entries are final on the consortium. So a stop
//! loses nothing, and a record whose entry a chain refuses is encrypted again. Neither plaintext nor
//! keywords are logged.

use crate::{
    batches::{Batches, Encryption},
    clock,
    error::{GatewayError, Result},
    labels::LabelVersions,
    outbox::{Job, JobId, JobPhase, Outbox, Pending},
    ports::{BatchRegistry, PatientRegistry},
    secrets::EncryptionSecrets,
    vault::Vault,
};
use bspp_peks::{Context, LabelVersion};
use bspp_record::{random_source, split, Document, Patient, PlainRecord};
use bspp_types::{ConsentId, FilingMonth, HospitalId};
use codec::{Decode, Encode};
use sp_core::H256;
use std::{sync::Arc, time::Duration};
use zeroize::{Zeroize, Zeroizing};

/// Maximum number of encryptions of one plain record.
const MAX_ATTEMPTS: u32 = 5;
/// The pause of a job after a failure.
const JOB_PAUSE: Duration = Duration::from_secs(5);
/// The pause before the label versions are read again, while a rise waits for the chain.
const RISE_POLL: Duration = Duration::from_millis(500);
/// The place of plain records in the vault.
const PLACE: &[u8] = b"plain";
/// The place of subjects in the vault.
const SUBJECT: &[u8] = b"subject";

/// A file to ingest.
pub struct Upload {
    /// The patient's account on the hospital's chain.
    pub patient: [u8; 32],
    /// The consent for the records. If it is `None`, any consent in force.
    pub consent: Option<ConsentId>,
    /// The patient of the file, `Patient/<id>`. It binds the account to this patient anew.
    pub subject: Option<String>,
    /// The FHIR file.
    pub file: Zeroizing<Vec<u8>>,
}

/// An accepted upload.
#[derive(Clone, Copy, Debug)]
pub struct Accepted {
    /// The number of the job.
    pub job: JobId,
    /// The number of records of the file.
    pub records: u32,
}

/// A plain record with the facts that its encryption needs.
#[derive(Encode, Decode)]
struct Spooled {
    patient: [u8; 32],
    consent: Option<ConsentId>,
    plain: Vec<u8>,
}

impl Drop for Spooled {
    fn drop(&mut self) {
        self.plain.zeroize();
    }
}

/// Encrypts uploads.
pub struct Ingest<P, R> {
    patients: Arc<P>,
    versions: LabelVersions<P>,
    batches: Arc<Batches<R>>,
    outbox: Outbox,
    vault: Vault,
    secrets: Arc<EncryptionSecrets>,
    chain: H256,
    hospital: HospitalId,
    pause: Duration,
}

/// A patient that is ready for encryption, with the facts for which this holds.
struct Prepared {
    account: [u8; 32],
    filing_month: FilingMonth,
    version: LabelVersion,
    patient: Patient,
}

impl<P: PatientRegistry, R: BatchRegistry> Ingest<P, R> {
    /// Makes an ingest.
    pub fn new(
        (patients, versions): (Arc<P>, LabelVersions<P>),
        batches: Arc<Batches<R>>,
        (outbox, vault): (Outbox, Vault),
        secrets: Arc<EncryptionSecrets>,
        (chain, hospital): (H256, HospitalId),
    ) -> Self {
        Self {
            patients,
            versions,
            batches,
            outbox,
            vault,
            secrets,
            chain,
            hospital,
            pause: JOB_PAUSE,
        }
    }

    /// Checks an upload and writes its records, sealed, as a job.
    ///
    /// The patient must be enrolled, a consent must be in force, the FHIR must be well-formed, and
    /// the file must be about one patient: the one of earlier files of this account.
    ///
    /// # Errors
    /// `PatientNotFound`, `ConsentNotFound`, `InvalidPatient`, `EncryptionKeyMismatch`,
    /// `InvalidFhir` (names the place), `SubjectMismatch`, `OutboxFailed`, and those of the chains.
    pub async fn accept(&self, upload: Upload) -> Result<Accepted> {
        let Upload {
            patient,
            consent,
            subject,
            file,
        } = upload;
        let filing_month = clock::filing_month()?;
        self.prepare(patient, filing_month).await?;
        self.consent(patient, consent, filing_month).await?;
        let vault = self.vault.clone();
        let named = subject.clone();
        let (sealed, about) = tokio::task::spawn_blocking(move || -> Result<_> {
            let document = Document::parse(&file)?;
            let about = one_subject(document.subjects(), named)?;
            let rng = &mut rand::rngs::OsRng;
            let sealed = split(&document, random_source(rng), rng)
                .into_iter()
                .map(|record| {
                    let spooled = Spooled {
                        patient,
                        consent,
                        plain: record.to_bytes().to_vec(),
                    };
                    vault.seal(PLACE, &Zeroizing::new(spooled.encode()))
                })
                .collect::<Result<Vec<_>>>()?;
            Ok((sealed, about))
        })
        .await
        .map_err(|_| GatewayError::Stopping)??;
        if let Some(about) = about {
            let hash = self.vault.fingerprint(SUBJECT, about.as_bytes());
            if !self
                .outbox
                .bind_subject(&patient, &hash, subject.is_some())?
            {
                return Err(GatewayError::Subject(
                    "earlier files of this account are about another patient; if it is the same \
                     person, name the patient of the file with the parameter subject"
                        .into(),
                ));
            }
        }
        let records = u32::try_from(sealed.len()).unwrap_or(u32::MAX);
        let job = self.outbox.create_job(
            &Job {
                created: clock::now(),
                phase: JobPhase::Queued,
                records_total: records,
                failure: None,
            },
            &sealed,
        )?;
        Ok(Accepted { job, records })
    }

    /// Encrypts the records of a job that wait, and stores the outcome in the job.
    ///
    /// Only a reason that lies in the file, the patient or the consent ends a job. Every other failure,
    /// a refusal of a chain and a full disk included, lets the records wait, and the job runs again.
    pub async fn run(&self, job: JobId) {
        let outcome = self.encrypt_all(job).await;
        let ended = match &outcome {
            Ok(()) => {
                tracing::info!(job, "all records of the job are encrypted");
                self.outbox.update_job(job, |job| {
                    job.phase = JobPhase::Encrypted;
                    job.failure = None;
                })
            }
            Err(GatewayError::Stopping) => return,
            Err(error) if ends_job(error) => {
                tracing::warn!(job, %error, "job failed");
                self.outbox.drop_plains(job).and_then(|()| {
                    self.outbox.update_job(job, |job| {
                        job.phase = JobPhase::Failed;
                        job.failure = Some(error.to_string());
                    })
                })
            }
            Err(error) => {
                tracing::warn!(job, %error, "the job waits");
                self.outbox.update_job(job, |job| {
                    job.phase = JobPhase::Waiting;
                    job.failure = Some(error.to_string());
                })
            }
        };
        if let Err(error) = ended {
            tracing::error!(job, %error, "the outcome of the job could not be written");
        }
        if outcome.is_err() {
            // The caller runs the job again while records wait.
            tokio::time::sleep(self.pause).await;
        }
    }

    async fn encrypt_all(&self, job: JobId) -> Result<()> {
        let mut prepared: Option<Prepared> = None;
        while let Some(pending) = self.outbox.next_pending(job)? {
            let Pending {
                plain,
                attempt,
                sealed,
            } = pending;
            if attempt >= MAX_ATTEMPTS {
                return Err(GatewayError::EntryRefused(attempt));
            }
            let bytes = self.vault.unseal(PLACE, &sealed)?;
            let spooled = Spooled::decode(&mut bytes.as_slice())
                .map_err(|e| GatewayError::Outbox(e.to_string()))?;
            let record = PlainRecord::from_bytes(&spooled.plain)
                .map_err(|e| GatewayError::Outbox(e.to_string()))?;
            let account = spooled.patient;
            // The version is read for each record: a rise within a job takes effect at once.
            let Some(labels) = self.versions.settled(account).await? else {
                tokio::time::sleep(RISE_POLL).await;
                continue;
            };
            let version = labels.version;
            // The chain may be in the next month already: a version has no place before its month.
            let last_rise = labels.rises.last().map(|rise| rise.filing_month);
            let filing_month = clock::filing_month()?.max(last_rise.unwrap_or(0));
            let known = prepared.take().filter(|known| {
                known.account == account
                    && known.filing_month == filing_month
                    && known.version == version
            });
            let ready = match known {
                Some(known) => known,
                None => Prepared {
                    account,
                    filing_month,
                    version,
                    patient: self.prepare_at(account, filing_month, version).await?,
                },
            };
            let consent = self.consent(account, spooled.consent, filing_month).await?;
            let with = Encryption {
                patient: &ready.patient,
                filing_month,
                consent,
                job,
                plain,
            };
            self.batches.encrypt(&with, Arc::new(record)).await?;
            prepared = Some(ready);
        }
        Ok(())
    }

    async fn prepare(&self, account: [u8; 32], filing_month: FilingMonth) -> Result<Patient> {
        let version = self.versions.state(account).await?.version;
        self.prepare_at(account, filing_month, version).await
    }

    /// The patient with the label key of a filing month and label version.
    async fn prepare_at(
        &self,
        account: [u8; 32],
        filing_month: FilingMonth,
        version: LabelVersion,
    ) -> Result<Patient> {
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
        tokio::task::spawn_blocking(move || {
            Patient::new(&enrolled.bundle, context, version, &secret)
        })
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

/// Whether a job cannot go on, whatever the chains and the operator do.
fn ends_job(error: &GatewayError) -> bool {
    matches!(
        error,
        GatewayError::PatientNotFound
            | GatewayError::InvalidPatient(_)
            | GatewayError::ConsentNotFound(_)
            | GatewayError::InvalidFhir(_)
            | GatewayError::Encrypt(_)
    )
}

/// The only subject of a file, which is the named one. A file may be about nobody.
fn one_subject(
    subjects: std::collections::BTreeSet<String>,
    named: Option<String>,
) -> Result<Option<String>> {
    let mut subjects = subjects.into_iter();
    let first = subjects.next();
    if subjects.next().is_some() {
        return Err(GatewayError::Subject(
            "the file has resources of several patients; send one file for each".into(),
        ));
    }
    match (named, first) {
        (Some(named), Some(first)) if named != first => Err(GatewayError::Subject(
            "the file is about another patient than the parameter subject names".into(),
        )),
        (_, first) => Ok(first),
    }
}

#[cfg(test)]
mod tests;
