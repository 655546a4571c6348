// SPDX-License-Identifier: Apache-2.0
//! The durable outbox: encrypted records in progress, jobs, and revocations.
//!
//! It never contains the secret of a batch or a share. Plaintext is in it sealed ([`crate::vault`]),
//! until the entries of the record make no further progress: if one is refused before, the record is
//! encrypted again.
//!
//! After a failure or a restart the gateway sends the same bytes again from the outbox.

mod at_rest;
mod items;
mod plains;
mod questions;

pub use items::*;
pub use plains::MAX_ATTEMPTS;
pub use questions::{Answer, ArrivedQuestion};

use crate::error::{GatewayError, Result};
use bspp_record::EncryptedRecord;
use bspp_types::{Day, Moment, RecordId, RequestId};
use codec::{Decode, Encode};
use redb::{Database, ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition};
use std::{collections::BTreeSet, path::Path, sync::Arc};

/// The position of a record in the outbox. It grows and is never used twice.
pub type OutboxId = u64;

const RECORDS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("records");
const RIDS: TableDefinition<'_, [u8; 32], u64> = TableDefinition::new("rids");
const JOBS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("jobs");
const JOB_RECORDS: TableDefinition<'_, (u64, u64), ()> = TableDefinition::new("job_records");
/// Plain records by job and number, sealed.
const PLAINS: TableDefinition<'_, (u64, u32), &[u8]> = TableDefinition::new("plains");
/// Plain records that wait for their encryption, with the number of earlier attempts.
const PENDING: TableDefinition<'_, (u64, u32), u32> = TableDefinition::new("pending");
/// Plain records that a chain refused, with the reason: see [`Retry`].
const RETRIES: TableDefinition<'_, (u64, u32), &[u8]> = TableDefinition::new("retries");
/// The fingerprint of the FHIR subject of each patient account.
const SUBJECTS: TableDefinition<'_, [u8; 32], [u8; 32]> = TableDefinition::new("subjects");
/// Wishes of patients until they hold on their chains: see [`Forward`].
const FORWARDS: TableDefinition<'_, [u8; 32], &[u8]> = TableDefinition::new("forwards");
const ACTIVE: TableDefinition<'_, u64, ()> = TableDefinition::new("active");
/// Revocations that the gateway obeys: see [`Revoked`].
const REVOCATIONS: TableDefinition<'_, [u8; 32], &[u8]> = TableDefinition::new("revocations");
/// Questions of requesters that arrived: see [`ArrivedQuestion`].
const QUESTIONS: TableDefinition<'_, [u8; 32], &[u8]> = TableDefinition::new("questions");
const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");

const NEXT_RECORD: &str = "next_record";
const NEXT_JOB: &str = "next_job";
const NEXT_BATCH: &str = "next_batch";
const ENCRYPTOR_SALT: &str = "encryptor_salt";

/// The outbox in a data folder. A clone is cheap.
#[derive(Clone)]
pub struct Outbox(Arc<Database>);

fn failed(error: impl core::fmt::Display) -> GatewayError {
    GatewayError::Outbox(error.to_string())
}

fn decode<T: Decode>(mut bytes: &[u8]) -> Result<T> {
    T::decode(&mut bytes).map_err(failed)
}

impl Outbox {
    /// Opens or creates the outbox. The file is locked: one gateway for each folder.
    ///
    /// # Errors
    /// `DataDirInUse`, `OutboxFailed`.
    pub fn open(data_dir: &Path) -> Result<Self> {
        std::fs::create_dir_all(data_dir).map_err(failed)?;
        let database = Database::create(data_dir.join("outbox.redb")).map_err(|e| match e {
            redb::DatabaseError::DatabaseAlreadyOpen => {
                GatewayError::DataDirInUse(data_dir.display().to_string())
            }
            other => failed(other),
        })?;
        // Create all tables, so that readers need not handle a missing table.
        let write = database.begin_write().map_err(failed)?;
        write.open_table(RECORDS).map_err(failed)?;
        write.open_table(RIDS).map_err(failed)?;
        write.open_table(JOBS).map_err(failed)?;
        write.open_table(JOB_RECORDS).map_err(failed)?;
        write.open_table(ACTIVE).map_err(failed)?;
        write.open_table(PLAINS).map_err(failed)?;
        write.open_table(PENDING).map_err(failed)?;
        write.open_table(RETRIES).map_err(failed)?;
        write.open_table(SUBJECTS).map_err(failed)?;
        write.open_table(FORWARDS).map_err(failed)?;
        write.open_table(REVOCATIONS).map_err(failed)?;
        write.open_table(QUESTIONS).map_err(failed)?;
        write.open_table(META).map_err(failed)?;
        write.commit().map_err(failed)?;
        let outbox = Self(Arc::new(database));
        outbox.sweep()?;
        Ok(outbox)
    }

    fn take_number(
        table: &mut redb::Table<'_, &'static str, &'static [u8]>,
        key: &'static str,
    ) -> Result<u64> {
        let number = match table.get(key).map_err(failed)? {
            Some(bytes) => decode::<u64>(bytes.value())?,
            None => 0,
        };
        let next = number
            .checked_add(1)
            .ok_or_else(|| failed("numbers are used up"))?;
        table
            .insert(key, next.encode().as_slice())
            .map_err(failed)?;
        Ok(number)
    }

    /// Returns a number for a new batch. No number is returned twice.
    pub fn next_batch_number(&self) -> Result<u32> {
        let write = self.0.begin_write().map_err(failed)?;
        let number = {
            let mut meta = write.open_table(META).map_err(failed)?;
            Self::take_number(&mut meta, NEXT_BATCH)?
        };
        write.commit().map_err(failed)?;
        u32::try_from(number).map_err(failed)
    }

    /// The salt that hides this encryptor's name, made by `fresh` the first time.
    pub fn encryptor_salt(&self, fresh: impl FnOnce() -> [u8; 32]) -> Result<[u8; 32]> {
        let write = self.0.begin_write().map_err(failed)?;
        let salt = {
            let mut meta = write.open_table(META).map_err(failed)?;
            let known = match meta.get(ENCRYPTOR_SALT).map_err(failed)? {
                Some(bytes) => Some(decode::<[u8; 32]>(bytes.value())?),
                None => None,
            };
            match known {
                Some(salt) => salt,
                None => {
                    let salt = fresh();
                    meta.insert(ENCRYPTOR_SALT, salt.as_slice())
                        .map_err(failed)?;
                    salt
                }
            }
        };
        write.commit().map_err(failed)?;
        Ok(salt)
    }

    /// A job.
    pub fn job(&self, id: JobId) -> Result<Option<Job>> {
        let read = self.0.begin_read().map_err(failed)?;
        let jobs = read.open_table(JOBS).map_err(failed)?;
        let job = jobs.get(id).map_err(failed)?;
        job.map(|bytes| decode(bytes.value())).transpose()
    }

    /// Changes a job. An unknown job is not an error.
    pub fn update_job(&self, id: JobId, change: impl FnOnce(&mut Job)) -> Result<()> {
        let write = self.0.begin_write().map_err(failed)?;
        {
            let mut jobs = write.open_table(JOBS).map_err(failed)?;
            let known = match jobs.get(id).map_err(failed)? {
                Some(bytes) => Some(decode::<Job>(bytes.value())?),
                None => None,
            };
            if let Some(mut job) = known {
                change(&mut job);
                jobs.insert(id, job.encode().as_slice()).map_err(failed)?;
            }
        }
        write.commit().map_err(failed)
    }

    /// Writes a wish of a patient that must reach a chain. The same wish is written once.
    pub fn add_forward(&self, id: &[u8; 32], wish: &Forward) -> Result<()> {
        let write = self.0.begin_write().map_err(failed)?;
        {
            let mut forwards = write.open_table(FORWARDS).map_err(failed)?;
            forwards
                .insert(id, wish.encode().as_slice())
                .map_err(failed)?;
        }
        write.commit().map_err(failed)
    }

    /// The wishes that have not reached their chain yet.
    pub fn forwards(&self) -> Result<Vec<([u8; 32], Forward)>> {
        let read = self.0.begin_read().map_err(failed)?;
        let forwards = read.open_table(FORWARDS).map_err(failed)?;
        let mut found = Vec::new();
        for item in forwards.iter().map_err(failed)? {
            let (id, bytes) = item.map_err(failed)?;
            found.push((id.value(), decode(bytes.value())?));
        }
        Ok(found)
    }

    /// Forgets a wish that holds on its chain.
    pub fn remove_forward(&self, id: &[u8; 32]) -> Result<()> {
        let write = self.0.begin_write().map_err(failed)?;
        {
            let mut forwards = write.open_table(FORWARDS).map_err(failed)?;
            forwards.remove(id).map_err(failed)?;
        }
        write.commit().map_err(failed)
    }

    /// Writes encrypted records in their order, before any of them is sent.
    ///
    /// Their payload is in the PHI store already.
    pub fn push(
        &self,
        (job, plain): (JobId, u32),
        records: &[EncryptedRecord],
        now: Moment,
    ) -> Result<Vec<OutboxId>> {
        let write = self.0.begin_write().map_err(failed)?;
        let mut ids = Vec::with_capacity(records.len());
        {
            let mut meta = write.open_table(META).map_err(failed)?;
            let mut table = write.open_table(RECORDS).map_err(failed)?;
            let mut rids = write.open_table(RIDS).map_err(failed)?;
            let mut of_job = write.open_table(JOB_RECORDS).map_err(failed)?;
            let mut active = write.open_table(ACTIVE).map_err(failed)?;
            let mut pending = write.open_table(PENDING).map_err(failed)?;
            let attempt = pending
                .remove((job, plain))
                .map_err(failed)?
                .map_or(0, |attempt| attempt.value());
            let mut retries = write.open_table(RETRIES).map_err(failed)?;
            retries.remove((job, plain)).map_err(failed)?;
            for record in records {
                let id = Self::take_number(&mut meta, NEXT_RECORD)?;
                let item = OutboxRecord {
                    job,
                    rid: record.rid,
                    record: record.record.clone(),
                    plain,
                    attempt,
                    progress: Progress {
                        encrypted: now,
                        ..Progress::default()
                    },
                };
                table.insert(id, item.encode().as_slice()).map_err(failed)?;
                rids.insert(record.rid.0, id).map_err(failed)?;
                of_job.insert((job, id), ()).map_err(failed)?;
                active.insert(id, ()).map_err(failed)?;
                ids.push(id);
            }
        }
        write.commit().map_err(failed)?;
        Ok(ids)
    }

    /// A record of the outbox.
    pub fn record(&self, id: OutboxId) -> Result<Option<OutboxRecord>> {
        let read = self.0.begin_read().map_err(failed)?;
        let records = read.open_table(RECORDS).map_err(failed)?;
        let record = records.get(id).map_err(failed)?;
        record.map(|bytes| decode(bytes.value())).transpose()
    }

    /// The position of a record identifier.
    pub fn find(&self, rid: &RecordId) -> Result<Option<OutboxId>> {
        let read = self.0.begin_read().map_err(failed)?;
        let rids = read.open_table(RIDS).map_err(failed)?;
        let id = rids.get(rid.0).map_err(failed)?;
        Ok(id.map(|id| id.value()))
    }

    /// The records that still make progress, in order, with their positions.
    pub fn active(&self) -> Result<Vec<(OutboxId, OutboxRecord)>> {
        let read = self.0.begin_read().map_err(failed)?;
        let records = read.open_table(RECORDS).map_err(failed)?;
        let mut found = Vec::new();
        for item in read
            .open_table(ACTIVE)
            .map_err(failed)?
            .iter()
            .map_err(failed)?
        {
            let id = item.map_err(failed)?.0.value();
            if let Some(bytes) = records.get(id).map_err(failed)? {
                found.push((id, decode(bytes.value())?));
            }
        }
        Ok(found)
    }

    /// The records of a job, in order.
    pub fn records_of(&self, job: JobId) -> Result<Vec<OutboxRecord>> {
        Self::records_in(&self.0.begin_read().map_err(failed)?, job)
    }

    fn records_in(read: &ReadTransaction, job: JobId) -> Result<Vec<OutboxRecord>> {
        let records = read.open_table(RECORDS).map_err(failed)?;
        let of_job = read.open_table(JOB_RECORDS).map_err(failed)?;
        let mut found = Vec::new();
        for item in of_job.range((job, 0)..=(job, u64::MAX)).map_err(failed)? {
            let id = item.map_err(failed)?.0.value().1;
            if let Some(bytes) = records.get(id).map_err(failed)? {
                found.push(decode(bytes.value())?);
            }
        }
        Ok(found)
    }

    /// Changes the progress of records. Complete and failed records are no longer active.
    ///
    /// The plaintext of a record is deleted when all entries of it are complete or failed.
    pub fn update(&self, ids: &[OutboxId], change: impl Fn(OutboxId, &mut Progress)) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let write = self.0.begin_write().map_err(failed)?;
        {
            let mut records = write.open_table(RECORDS).map_err(failed)?;
            let mut active = write.open_table(ACTIVE).map_err(failed)?;
            let mut over = BTreeSet::new();
            for id in ids {
                let known = match records.get(*id).map_err(failed)? {
                    Some(bytes) => Some(decode::<OutboxRecord>(bytes.value())?),
                    None => None,
                };
                let Some(mut item) = known else { continue };
                change(*id, &mut item.progress);
                records
                    .insert(*id, item.encode().as_slice())
                    .map_err(failed)?;
                if item.progress.is_over() {
                    active.remove(*id).map_err(failed)?;
                    over.insert((item.job, item.plain));
                }
            }
            plains::settle(&write, &records, over)?;
        }
        write.commit().map_err(failed)
    }

    /// Writes a revocation of a patient, before the gateway acknowledges it.
    ///
    /// With it goes the wish that brings it to the consortium, and revocations whose grants expired
    /// before `today` are forgotten. The result is `false`, and nothing is written, if `max` other
    /// revocations of unopened requests of the same account are in force.
    pub fn revoke(
        &self,
        request: &RequestId,
        revoked: &Revoked,
        (id, wish): (&[u8; 32], &Forward),
        (today, max): (Day, usize),
    ) -> Result<bool> {
        let write = self.0.begin_write().map_err(failed)?;
        {
            let mut revocations = write.open_table(REVOCATIONS).map_err(failed)?;
            let mut of_account = 0usize;
            let mut expired = Vec::new();
            for item in revocations.iter().map_err(failed)? {
                let (known, bytes) = item.map_err(failed)?;
                let row: Revoked = decode(bytes.value())?;
                if row.expiry < today {
                    expired.push(known.value());
                } else if known.value() != request.0
                    && revoked.account.is_some()
                    && row.account == revoked.account
                {
                    of_account = of_account.saturating_add(1);
                }
            }
            if of_account >= max {
                return Ok(false);
            }
            for known in expired {
                revocations.remove(known).map_err(failed)?;
            }
            revocations
                .insert(request.0, revoked.encode().as_slice())
                .map_err(failed)?;
            let mut forwards = write.open_table(FORWARDS).map_err(failed)?;
            forwards
                .insert(id, wish.encode().as_slice())
                .map_err(failed)?;
        }
        write.commit().map_err(failed)?;
        Ok(true)
    }

    /// Whether a request was revoked at this gateway.
    pub fn is_revoked(&self, request: &RequestId) -> Result<bool> {
        let read = self.0.begin_read().map_err(failed)?;
        let revocations = read.open_table(REVOCATIONS).map_err(failed)?;
        let known = revocations.get(request.0).map_err(failed)?.is_some();
        Ok(known)
    }

    /// The number of records at each stage.
    pub fn counts(&self) -> Result<Counts> {
        let read = self.0.begin_read().map_err(failed)?;
        let mut counts = Counts::default();
        for item in read
            .open_table(RECORDS)
            .map_err(failed)?
            .iter()
            .map_err(failed)?
        {
            let (_, bytes) = item.map_err(failed)?;
            counts.add(&decode::<OutboxRecord>(bytes.value())?.progress);
        }
        Ok(counts)
    }
}

#[cfg(test)]
mod tests;
