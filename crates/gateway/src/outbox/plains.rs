// SPDX-License-Identifier: Apache-2.0
//! Plain records, sealed: they wait for their encryption, and for the end of their entries.

use super::*;
use bspp_types::limits::{HOUR_MS, MINUTE_MS};
use redb::WriteTransaction;

/// The number of refusals after which a plain record is parked.
pub const MAX_ATTEMPTS: u32 = 5;
/// The time for which a plain record is parked first. Each further refusal doubles it.
const FIRST_PARKING: Moment = 5 * MINUTE_MS;
/// The longest time for which a plain record is parked.
const LONGEST_PARKING: Moment = 6 * HOUR_MS;
/// The refusal after which the same batch takes another encryption.
const OF_THE_INDEX: &str = "PhiRecords::InvalidIndex";

/// The time before which a plain record is not encrypted again, after so many attempts.
fn not_before(attempts: u32, now: Moment) -> Moment {
    let Some(beyond) = attempts.checked_sub(MAX_ATTEMPTS) else {
        return now;
    };
    let factor = 1u64.checked_shl(beyond).unwrap_or(u64::MAX);
    let pause = FIRST_PARKING.saturating_mul(factor).min(LONGEST_PARKING);
    now.saturating_add(pause)
}

impl Retry {
    /// Whether the record is parked at this time.
    ///
    /// A clock that was moved back does not park a record for longer than intended.
    fn is_parked(&self, now: Moment) -> bool {
        self.not_before > now && self.not_before <= now.saturating_add(LONGEST_PARKING)
    }
}

fn retry_of(
    retries: &impl ReadableTable<(u64, u32), &'static [u8]>,
    key: (JobId, u32),
) -> Result<Option<Retry>> {
    let known = retries.get(key).map_err(failed)?;
    known.map(|bytes| decode(bytes.value())).transpose()
}

/// Forgets the plaintext of those plain records whose entries make no further progress.
pub(super) fn settle(
    write: &WriteTransaction,
    records: &impl ReadableTable<u64, &'static [u8]>,
    mut over: BTreeSet<(JobId, u32)>,
) -> Result<()> {
    let of_job = write.open_table(JOB_RECORDS).map_err(failed)?;
    let pending = write.open_table(PENDING).map_err(failed)?;
    let mut plains = write.open_table(PLAINS).map_err(failed)?;
    let jobs: BTreeSet<JobId> = over.iter().map(|(job, _)| *job).collect();
    for job in jobs {
        for item in of_job.range((job, 0)..=(job, u64::MAX)).map_err(failed)? {
            let id = item.map_err(failed)?.0.value().1;
            if let Some(bytes) = records.get(id).map_err(failed)? {
                let record: OutboxRecord = decode(bytes.value())?;
                if !record.progress.is_over() {
                    over.remove(&(job, record.plain));
                }
            }
        }
    }
    for key in over {
        let waits = pending.get(key).map_err(failed)?.is_some();
        if !waits {
            plains.remove(key).map_err(failed)?;
        }
    }
    Ok(())
}

impl Outbox {
    /// Writes a new job with its sealed plain records, and returns its number.
    ///
    /// With it goes the binding of the patient's account to the subject of the file: neither is
    /// written without the other. The first file binds, and `renew` binds again.
    ///
    /// # Errors
    /// `SubjectMismatch` if the account is bound to another subject, `OutboxFailed`.
    pub fn create_job(
        &self,
        job: &Job,
        plains: &[Vec<u8>],
        binding: Option<&Binding>,
    ) -> Result<JobId> {
        let write = self.0.begin_write().map_err(failed)?;
        let id = {
            if let Some(binding) = binding {
                let mut subjects = write.open_table(SUBJECTS).map_err(failed)?;
                let known = subjects
                    .get(binding.account)
                    .map_err(failed)?
                    .map(|known| known.value());
                if !binding.renew && known.is_some_and(|known| known != binding.subject) {
                    return Err(GatewayError::Subject(
                        "earlier files of this account are about another patient; if it is the \
                         same person, name the patient of the file with the parameter subject"
                            .into(),
                    ));
                }
                subjects
                    .insert(binding.account, binding.subject)
                    .map_err(failed)?;
            }
            let mut meta = write.open_table(META).map_err(failed)?;
            let id = Self::take_number(&mut meta, NEXT_JOB)?;
            let mut jobs = write.open_table(JOBS).map_err(failed)?;
            jobs.insert(id, job.encode().as_slice()).map_err(failed)?;
            let mut table = write.open_table(PLAINS).map_err(failed)?;
            let mut pending = write.open_table(PENDING).map_err(failed)?;
            for (plain, sealed) in (0u32..).zip(plains) {
                table
                    .insert((id, plain), sealed.as_slice())
                    .map_err(failed)?;
                pending.insert((id, plain), 0).map_err(failed)?;
            }
            id
        };
        write.commit().map_err(failed)?;
        Ok(id)
    }

    /// The jobs that have plain records to encrypt now, also after a stop.
    ///
    /// A job whose records are all parked has nothing to do.
    pub fn jobs_with_work(&self, now: Moment) -> Result<Vec<JobId>> {
        let read = self.0.begin_read().map_err(failed)?;
        let pending = read.open_table(PENDING).map_err(failed)?;
        let retries = read.open_table(RETRIES).map_err(failed)?;
        let mut jobs = Vec::new();
        for item in pending.iter().map_err(failed)? {
            let key = item.map_err(failed)?.0.value();
            if jobs.last() == Some(&key.0) {
                continue;
            }
            if retry_of(&retries, key)?.is_none_or(|retry| !retry.is_parked(now)) {
                jobs.push(key.0);
            }
        }
        Ok(jobs)
    }

    /// The next plain record of a job to encrypt. Parked ones are passed over.
    pub fn next_pending(&self, job: JobId, now: Moment) -> Result<Option<Pending>> {
        let read = self.0.begin_read().map_err(failed)?;
        let pending = read.open_table(PENDING).map_err(failed)?;
        let plains = read.open_table(PLAINS).map_err(failed)?;
        let retries = read.open_table(RETRIES).map_err(failed)?;
        for item in pending.range((job, 0)..=(job, u32::MAX)).map_err(failed)? {
            let (key, attempt) = item.map_err(failed)?;
            let (key, attempt) = (key.value(), attempt.value());
            let retry = retry_of(&retries, key)?;
            if retry.as_ref().is_some_and(|retry| retry.is_parked(now)) {
                continue;
            }
            let sealed = plains
                .get(key)
                .map_err(failed)?
                .ok_or_else(|| failed("a plain record is missing"))?;
            return Ok(Some(Pending {
                plain: key.1,
                attempt,
                sealed: sealed.value().to_vec(),
                refused_by: retry.and_then(|retry| retry.batch),
            }));
        }
        Ok(None)
    }

    /// The plain records of a job that wait for their encryption, parked ones included.
    pub fn waiting(&self, job: JobId, now: Moment) -> Result<Waiting> {
        Self::waiting_in(&self.0.begin_read().map_err(failed)?, job, now)
    }

    /// The plain records of a job that wait, and the entries of the others, at one moment.
    ///
    /// A record moves between the two at any time, and must not be missed.
    pub fn all_of(&self, job: JobId, now: Moment) -> Result<(Waiting, Vec<OutboxRecord>)> {
        let read = self.0.begin_read().map_err(failed)?;
        Ok((
            Self::waiting_in(&read, job, now)?,
            Self::records_in(&read, job)?,
        ))
    }

    fn waiting_in(read: &ReadTransaction, job: JobId, now: Moment) -> Result<Waiting> {
        let pending = read.open_table(PENDING).map_err(failed)?;
        let retries = read.open_table(RETRIES).map_err(failed)?;
        let mut waiting = Waiting::default();
        for item in pending.range((job, 0)..=(job, u32::MAX)).map_err(failed)? {
            let key = item.map_err(failed)?.0.value();
            waiting.records = waiting.records.saturating_add(1);
            if let Some(retry) = retry_of(&retries, key)?.filter(|retry| retry.is_parked(now)) {
                waiting.parked = waiting.parked.saturating_add(1);
                waiting.reason = Some(retry.reason);
            }
        }
        Ok(waiting)
    }

    /// Parks a plain record that cannot be encrypted now, so that the others of its job go on.
    pub fn park(&self, (job, plain): (JobId, u32), reason: &str, now: Moment) -> Result<()> {
        let write = self.0.begin_write().map_err(failed)?;
        {
            let mut pending = write.open_table(PENDING).map_err(failed)?;
            let mut retries = write.open_table(RETRIES).map_err(failed)?;
            let known = pending
                .get((job, plain))
                .map_err(failed)?
                .map(|attempt| attempt.value());
            if let Some(attempt) = known {
                let attempt = attempt.saturating_add(1).max(MAX_ATTEMPTS);
                let retry = Retry {
                    reason: reason.into(),
                    not_before: not_before(attempt, now),
                    batch: retry_of(&retries, (job, plain))?.and_then(|retry| retry.batch),
                };
                pending.insert((job, plain), attempt).map_err(failed)?;
                retries
                    .insert((job, plain), retry.encode().as_slice())
                    .map_err(failed)?;
            }
        }
        write.commit().map_err(failed)
    }

    /// Forgets the plain records of a job that has failed.
    pub fn drop_plains(&self, job: JobId) -> Result<()> {
        let write = self.0.begin_write().map_err(failed)?;
        {
            let mut pending = write.open_table(PENDING).map_err(failed)?;
            let mut plains = write.open_table(PLAINS).map_err(failed)?;
            let mut retries = write.open_table(RETRIES).map_err(failed)?;
            let all = (job, 0)..=(job, u32::MAX);
            pending
                .retain_in(all.clone(), |_, _| false)
                .map_err(failed)?;
            plains
                .retain_in(all.clone(), |_, _| false)
                .map_err(failed)?;
            retries.retain_in(all, |_, _| false).map_err(failed)?;
        }
        write.commit().map_err(failed)
    }

    /// The records of a plain record. `None` if its plaintext is not here any more.
    pub fn replaceable(&self, (job, plain): (JobId, u32)) -> Result<Option<Vec<RecordId>>> {
        let read = self.0.begin_read().map_err(failed)?;
        let plains = read.open_table(PLAINS).map_err(failed)?;
        if plains.get((job, plain)).map_err(failed)?.is_none() {
            return Ok(None);
        }
        let records = self.records_of(job)?.into_iter();
        let made = records.filter(|record| record.plain == plain);
        Ok(Some(made.map(|record| record.rid).collect()))
    }

    /// Gives up the records of a plain record, and queues it for another encryption.
    ///
    /// After [`MAX_ATTEMPTS`] refusals it is parked, each time for longer. The result is `false` if
    /// its plaintext is not here any more.
    pub fn redo(&self, (job, plain): (JobId, u32), reason: &str, now: Moment) -> Result<bool> {
        let write = self.0.begin_write().map_err(failed)?;
        let known = {
            let plains = write.open_table(PLAINS).map_err(failed)?;
            let known = plains.get((job, plain)).map_err(failed)?.is_some();
            known
        };
        if known {
            let mut records = write.open_table(RECORDS).map_err(failed)?;
            let mut rids = write.open_table(RIDS).map_err(failed)?;
            let mut of_job = write.open_table(JOB_RECORDS).map_err(failed)?;
            let mut active = write.open_table(ACTIVE).map_err(failed)?;
            let mut pending = write.open_table(PENDING).map_err(failed)?;
            let mut retries = write.open_table(RETRIES).map_err(failed)?;
            let mut given_up = Vec::new();
            let (mut attempt, mut batch) = (0, None);
            for item in of_job.range((job, 0)..=(job, u64::MAX)).map_err(failed)? {
                let id = item.map_err(failed)?.0.value().1;
                if let Some(bytes) = records.get(id).map_err(failed)? {
                    let record: OutboxRecord = decode(bytes.value())?;
                    if record.plain == plain {
                        attempt = record.attempt.max(attempt);
                        batch = Some(record.record.entry.batch);
                        given_up.push((id, record.rid));
                    }
                }
            }
            for (id, rid) in given_up {
                records.remove(id).map_err(failed)?;
                rids.remove(rid.0).map_err(failed)?;
                of_job.remove((job, id)).map_err(failed)?;
                active.remove(id).map_err(failed)?;
            }
            let attempt = attempt.saturating_add(1);
            let retry = Retry {
                reason: reason.into(),
                not_before: not_before(attempt, now),
                batch: batch.filter(|_| reason != OF_THE_INDEX),
            };
            pending.insert((job, plain), attempt).map_err(failed)?;
            retries
                .insert((job, plain), retry.encode().as_slice())
                .map_err(failed)?;
        }
        write.commit().map_err(failed)?;
        Ok(known)
    }

    /// Forgets the plaintext of an erased record, so that no later encryption brings it back.
    ///
    /// It goes whole, with the parts of other entries of the same record: the erasure is of the
    /// record. An unknown record is not an error.
    pub fn erase(&self, rid: &RecordId) -> Result<()> {
        let Some(id) = self.find(rid)? else {
            return Ok(());
        };
        let write = self.0.begin_write().map_err(failed)?;
        {
            let records = write.open_table(RECORDS).map_err(failed)?;
            let mut plains = write.open_table(PLAINS).map_err(failed)?;
            // Since the look-up it may have been given up for another encryption.
            let known = match records.get(id).map_err(failed)? {
                Some(bytes) => Some(decode::<OutboxRecord>(bytes.value())?),
                None => None,
            };
            if let Some(record) = known {
                plains.remove((record.job, record.plain)).map_err(failed)?;
            }
        }
        write.commit().map_err(failed)
    }

    /// Forgets plaintext that an earlier version kept although no entry of it makes progress.
    pub(super) fn sweep(&self) -> Result<()> {
        let write = self.0.begin_write().map_err(failed)?;
        {
            let records = write.open_table(RECORDS).map_err(failed)?;
            let kept: BTreeSet<(JobId, u32)> = {
                let plains = write.open_table(PLAINS).map_err(failed)?;
                let mut kept = BTreeSet::new();
                for item in plains.iter().map_err(failed)? {
                    kept.insert(item.map_err(failed)?.0.value());
                }
                kept
            };
            let mut over = BTreeSet::new();
            for item in records.iter().map_err(failed)? {
                let record: OutboxRecord = decode(item.map_err(failed)?.1.value())?;
                let key = (record.job, record.plain);
                if kept.contains(&key) {
                    over.insert(key);
                }
            }
            settle(&write, &records, over)?;
        }
        write.commit().map_err(failed)
    }
}
