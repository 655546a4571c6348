// SPDX-License-Identifier: Apache-2.0
//! Ingest: a FHIR file and a patient's account become encrypted records in the outbox.
//!
//! Plaintext waits in the outbox, sealed, until its entries are final on the consortium. So a stop
//! loses nothing, and a record whose entry a chain refuses is encrypted again. A record that is refused
//! often is parked: the others of its job go on. Neither plaintext nor keywords are logged.

mod judgement;

use crate::{
    at_rest::PLAIN,
    batches::{Batches, Encryption},
    clock,
    error::{GatewayError, Result},
    labels::LabelVersions,
    outbox::{Binding, Job, JobId, JobPhase, Outbox, Pending},
    ports::{BatchRegistry, PatientEvidence, PatientRegistry},
    secrets::EncryptionSecrets,
    vault::Vault,
};
use bspp_peks::{Context, LabelVersion};
use bspp_record::{random_source, split, Document, Patient, PlainRecord};
use bspp_types::{ConsentId, FilingMonth, HospitalId, Moment};
use codec::{Decode, Encode};
use judgement::{is_of_the_file, is_of_the_record, Halt};
use sp_core::H256;
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use zeroize::{Zeroize, Zeroizing};

/// The pause of a job after a failure.
const JOB_PAUSE: Duration = Duration::from_secs(5);
/// The pause before the label versions are read again, while a rise waits for the chain.
const RISE_POLL: Duration = Duration::from_millis(500);
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
    max_skew: u64,
    pause: Duration,
    now: Arc<dyn Fn() -> Moment + Send + Sync>,
}

/// A patient that is ready for encryption, with the facts for which this holds.
struct Prepared {
    account: [u8; 32],
    filing_month: FilingMonth,
    version: LabelVersion,
    patient: Patient,
}

impl<P: PatientRegistry + PatientEvidence, R: BatchRegistry> Ingest<P, R> {
    /// Makes an ingest.
    ///
    /// `max_skew` is the maximum difference between this machine's clock and the hospital chain, in
    /// milliseconds.
    pub fn new(
        (patients, versions): (Arc<P>, LabelVersions<P>),
        batches: Arc<Batches<R>>,
        (outbox, vault): (Outbox, Vault),
        secrets: Arc<EncryptionSecrets>,
        (chain, hospital): (H256, HospitalId),
        max_skew: u64,
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
            max_skew,
            pause: JOB_PAUSE,
            now: Arc::new(clock::now),
        }
    }

    /// Checks an upload and writes its records, sealed, as a job.
    ///
    /// The patient must be enrolled, a consent must be in force, the FHIR must be well-formed, and
    /// the file must be about one patient: the one of earlier files of this account.
    ///
    /// # Errors
    /// `PatientNotFound`, `ConsentNotFound`, `InvalidPatient`, `ClockSkew`, `EncryptionKeyMismatch`,
    /// `InvalidFhir` (names the place), `SubjectMismatch`, `OutboxFailed`, and those of the chains.
    pub async fn accept(&self, upload: Upload) -> Result<Accepted> {
        let Upload {
            patient,
            consent,
            subject,
            file,
        } = upload;
        self.check_patient(patient, consent).await?;
        let vault = self.vault.clone();
        let named = subject.clone();
        let (sealed, about) = tokio::task::spawn_blocking(move || -> Result<_> {
            let document = Document::parse(&file)?;
            let about = one_subject(document.subjects(), named.as_deref())?;
            let rng = &mut rand::rngs::OsRng;
            let sealed = split(&document, random_source(rng), rng)
                .into_iter()
                .map(|record| {
                    let spooled = Spooled {
                        patient,
                        consent,
                        plain: record.to_bytes().to_vec(),
                    };
                    vault.seal(PLAIN, &Zeroizing::new(spooled.encode()))
                })
                .collect::<Result<Vec<_>>>()?;
            Ok((sealed, about))
        })
        .await
        .map_err(|_| GatewayError::Stopping)??;
        let binding = about.map(|about| Binding {
            account: patient,
            subject: self.vault.fingerprint(SUBJECT, about.as_bytes()),
            renew: subject.is_some(),
        });
        let records = u32::try_from(sealed.len()).unwrap_or(u32::MAX);
        let job = self.outbox.create_job(
            &Job {
                created: (self.now)(),
                phase: JobPhase::Queued,
                records_total: records,
                failure: None,
            },
            &sealed,
            binding.as_ref(),
        )?;
        Ok(Accepted { job, records })
    }

    /// Encrypts the records of a job that wait, and stores the outcome in the job.
    ///
    /// Only a reason in the file, or one in final state of the patient or the consent, ends a job.
    /// Every other failure lets records wait: a refusal of a record that record only, a failure of a
    /// chain or a full disk all of them. The job runs again then.
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
            Err(Halt::Waits(GatewayError::Stopping)) => return,
            Err(Halt::Ends(error)) => {
                tracing::warn!(job, %error, "job failed");
                self.outbox.drop_plains(job).and_then(|()| {
                    self.outbox.update_job(job, |job| {
                        job.phase = JobPhase::Failed;
                        job.failure = Some(error.to_string());
                    })
                })
            }
            Err(Halt::Waits(error)) => {
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

    async fn encrypt_all(&self, job: JobId) -> core::result::Result<(), Halt> {
        let mut prepared: Option<Prepared> = None;
        while let Some(pending) = self.outbox.next_pending(job, (self.now)())? {
            let Pending {
                plain,
                sealed,
                refused_by,
                ..
            } = pending;
            let (spooled, record) = match self.open(&sealed) {
                Ok(opened) => opened,
                Err(error) => {
                    self.park((job, plain), &error)?;
                    continue;
                }
            };
            let account = spooled.patient;
            // The version is read for each record: a rise within a job takes effect at once.
            let Some(labels) = self.versions.settled(account).await? else {
                tokio::time::sleep(RISE_POLL).await;
                continue;
            };
            let version = labels.version;
            // A version has no place before the month of its rise.
            let last_rise = labels.rises.last().map(|rise| rise.filing_month);
            let filing_month = self.filing_month().await?.max(last_rise.unwrap_or(0));
            let known = prepared.take().filter(|known| {
                known.account == account
                    && known.filing_month == filing_month
                    && known.version == version
            });
            let found = async {
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
                Ok::<_, GatewayError>((ready, consent))
            };
            let (ready, consent) = match found.await {
                Ok(found) => found,
                Err(reason) => {
                    let about = (account, spooled.consent, filing_month);
                    return Err(self.judge(reason, about).await);
                }
            };
            let with = Encryption {
                patient: &ready.patient,
                filing_month,
                consent,
                job,
                plain,
                refused_by,
            };
            match self.batches.encrypt(&with, Arc::new(record)).await {
                Ok(_) => prepared = Some(ready),
                Err(error) if is_of_the_file(&error) => return Err(Halt::Ends(error)),
                // The others may go to the batch that refused this one.
                Err(error) if is_of_the_record(&error, refused_by.is_some()) => {
                    self.park((job, plain), &error)?;
                    prepared = Some(ready);
                }
                Err(error) => return Err(error.into()),
            }
        }
        let waiting = self.outbox.waiting(job, (self.now)())?;
        match waiting.reason {
            Some(reason) => Err(Halt::Waits(GatewayError::EntryRefused {
                parked: waiting.parked,
                reason,
            })),
            None => Ok(()),
        }
    }

    /// Opens a sealed plain record.
    fn open(&self, sealed: &[u8]) -> Result<(Spooled, PlainRecord)> {
        let bytes = self.vault.unseal(PLAIN, sealed)?;
        let spooled = Spooled::decode(&mut bytes.as_slice())
            .map_err(|e| GatewayError::Outbox(e.to_string()))?;
        let record = PlainRecord::from_bytes(&spooled.plain)
            .map_err(|e| GatewayError::Outbox(e.to_string()))?;
        Ok((spooled, record))
    }

    fn park(&self, plain: (JobId, u32), error: &GatewayError) -> Result<()> {
        tracing::warn!(job = plain.0, record = plain.1, %error, "a record is parked");
        self.outbox.park(plain, &error.to_string(), (self.now)())
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

/// The only subject of a file, which is the named one.
///
/// Without a name, a file may be about nobody.
fn one_subject(subjects: BTreeSet<String>, named: Option<&str>) -> Result<Option<String>> {
    let mut subjects = subjects.into_iter();
    let first = subjects.next();
    if subjects.next().is_some() {
        return Err(GatewayError::Subject(
            "the file has resources of several patients; send one file for each".into(),
        ));
    }
    let Some(named) = named else {
        return Ok(first);
    };
    match first {
        Some(first) if first == named => Ok(Some(first)),
        Some(_) => Err(GatewayError::Subject(
            "the file is about another patient than the parameter subject names".into(),
        )),
        None => Err(GatewayError::Subject(
            "the file is about no patient, so the parameter subject cannot name its patient; send \
             the file without it"
                .into(),
        )),
    }
}

#[cfg(test)]
mod tests;
