// SPDX-License-Identifier: Apache-2.0
//! The hospital's shares, without which no key opens a record.
//!
//! A share is durable on two media or more before its record is sent anywhere. A deletion is
//! written first, on every medium, and wins over any share: a medium that returns from an old
//! backup loses the share again when it is opened beside the others.

use crate::{
    error::{GatewayError, Result},
    outbox::{JobId, Outbox},
    vault::Vault,
};
use bspp_peks::HospitalShare;
use bspp_types::RecordId;
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};
use zeroize::Zeroizing;

const SHARES: TableDefinition<'_, [u8; 32], &[u8]> = TableDefinition::new("shares");
const DELETED: TableDefinition<'_, [u8; 32], ()> = TableDefinition::new("deleted");

/// Minimum number of media.
pub const MIN_MEDIA: usize = 2;

/// A share as the store knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The share.
    Share(HospitalShare),
    /// The share was deleted by an erasure.
    Deleted,
    /// No medium has the share.
    Absent,
}

/// The shares on all media. A clone is cheap.
#[derive(Clone, Debug)]
pub struct ShareStore {
    media: Arc<Vec<Medium>>,
    vault: Vault,
}

#[derive(Debug)]
struct Medium {
    path: PathBuf,
    database: Database,
}

fn place(rid: &RecordId) -> Vec<u8> {
    [b"share".as_slice(), &rid.0].concat()
}

impl Medium {
    fn failed(&self, error: impl core::fmt::Display) -> GatewayError {
        GatewayError::Shares(format!("{}: {error}", self.path.display()))
    }

    fn open(folder: &Path) -> Result<Self> {
        let path = folder.join("shares.redb");
        let failed = |e: String| GatewayError::Shares(format!("{}: {e}", path.display()));
        std::fs::create_dir_all(folder).map_err(|e| failed(e.to_string()))?;
        let database = Database::create(&path).map_err(|e| match e {
            redb::DatabaseError::DatabaseAlreadyOpen => {
                GatewayError::DataDirInUse(path.display().to_string())
            }
            other => failed(other.to_string()),
        })?;
        let medium = Self { path, database };
        // Create the tables, so that readers need not handle a missing one.
        medium.write(|_, _| Ok(()))?;
        Ok(medium)
    }

    /// Changes both tables. The change is durable when the function returns.
    fn write(
        &self,
        change: impl FnOnce(
            &mut redb::Table<'_, [u8; 32], &'static [u8]>,
            &mut redb::Table<'_, [u8; 32], ()>,
        ) -> Result<()>,
    ) -> Result<()> {
        let write = self.database.begin_write().map_err(|e| self.failed(e))?;
        {
            let mut shares = write.open_table(SHARES).map_err(|e| self.failed(e))?;
            let mut deleted = write.open_table(DELETED).map_err(|e| self.failed(e))?;
            change(&mut shares, &mut deleted)?;
        }
        write.commit().map_err(|e| self.failed(e))
    }

    fn sealed(&self, rid: &RecordId) -> Result<Option<Vec<u8>>> {
        let read = self.database.begin_read().map_err(|e| self.failed(e))?;
        let shares = read.open_table(SHARES).map_err(|e| self.failed(e))?;
        let found = shares.get(rid.0).map_err(|e| self.failed(e))?;
        Ok(found.map(|bytes| bytes.value().to_vec()))
    }

    fn is_deleted(&self, rid: &RecordId) -> Result<bool> {
        let read = self.database.begin_read().map_err(|e| self.failed(e))?;
        let deleted = read.open_table(DELETED).map_err(|e| self.failed(e))?;
        let found = deleted.get(rid.0).map_err(|e| self.failed(e))?;
        Ok(found.is_some())
    }

    fn deletions(&self) -> Result<BTreeSet<[u8; 32]>> {
        let read = self.database.begin_read().map_err(|e| self.failed(e))?;
        let deleted = read.open_table(DELETED).map_err(|e| self.failed(e))?;
        let mut found = BTreeSet::new();
        for item in deleted.iter().map_err(|e| self.failed(e))? {
            found.insert(item.map_err(|e| self.failed(e))?.0.value());
        }
        Ok(found)
    }

    fn rids(&self) -> Result<BTreeSet<[u8; 32]>> {
        let read = self.database.begin_read().map_err(|e| self.failed(e))?;
        let shares = read.open_table(SHARES).map_err(|e| self.failed(e))?;
        let mut found = BTreeSet::new();
        for item in shares.iter().map_err(|e| self.failed(e))? {
            found.insert(item.map_err(|e| self.failed(e))?.0.value());
        }
        Ok(found)
    }

    fn delete(&self, rids: &BTreeSet<[u8; 32]>) -> Result<()> {
        if rids.is_empty() {
            return Ok(());
        }
        self.write(|shares, deleted| {
            for rid in rids {
                deleted.insert(*rid, ()).map_err(|e| self.failed(e))?;
                shares.remove(*rid).map_err(|e| self.failed(e))?;
            }
            Ok(())
        })
    }
}

impl ShareStore {
    /// Opens all media, replays deletions on each, and completes a medium that lags.
    ///
    /// # Errors
    /// `InvalidConfig` (fewer than [`MIN_MEDIA`], or one twice), `DataDirInUse`, `SharesFailed`.
    pub fn open(folders: &[PathBuf], vault: Vault) -> Result<Self> {
        let distinct: BTreeSet<&PathBuf> = folders.iter().collect();
        if distinct.len() < MIN_MEDIA || distinct.len() != folders.len() {
            return Err(GatewayError::InvalidConfig(format!(
                "share_dirs must name at least {MIN_MEDIA} folders, on different media"
            )));
        }
        let media = folders
            .iter()
            .map(|folder| Medium::open(folder))
            .collect::<Result<Vec<_>>>()?;
        let mut deleted = BTreeSet::new();
        let mut known = BTreeSet::new();
        for medium in &media {
            deleted.extend(medium.deletions()?);
            known.extend(medium.rids()?);
        }
        for medium in &media {
            let missing: BTreeSet<_> = deleted.difference(&medium.deletions()?).copied().collect();
            medium.delete(&missing)?;
        }
        let store = Self {
            media: Arc::new(media),
            vault,
        };
        for rid in known.difference(&deleted) {
            store.complete(&RecordId::from(*rid))?;
        }
        Ok(store)
    }

    /// Copies a share to the media that lack it.
    fn complete(&self, rid: &RecordId) -> Result<()> {
        let mut sealed = None;
        let mut lacking = Vec::new();
        for medium in self.media.iter() {
            match medium.sealed(rid)? {
                Some(bytes) => sealed = sealed.or(Some(bytes)),
                None => lacking.push(medium),
            }
        }
        if let Some(sealed) = sealed {
            for medium in lacking {
                medium.write(|shares, _| {
                    shares
                        .insert(rid.0, sealed.as_slice())
                        .map(|_| ())
                        .map_err(|e| medium.failed(e))
                })?;
            }
        }
        Ok(())
    }

    /// Writes shares to every medium. They are durable when the method returns.
    ///
    /// # Errors
    /// `SharesFailed`: the records must not be sent anywhere.
    pub fn put(&self, shares: &[(RecordId, HospitalShare)]) -> Result<()> {
        let sealed = shares
            .iter()
            .map(|(rid, share)| Ok((rid.0, self.vault.seal(&place(rid), share.as_bytes())?)))
            .collect::<Result<Vec<_>>>()?;
        for medium in self.media.iter() {
            medium.write(|table, _| {
                for (rid, bytes) in &sealed {
                    table
                        .insert(*rid, bytes.as_slice())
                        .map_err(|e| medium.failed(e))?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// The share of a record.
    ///
    /// # Errors
    /// `SharesFailed` if no medium can be read.
    pub fn get(&self, rid: &RecordId) -> Result<Kept> {
        let mut found = None;
        let mut failure = None;
        for medium in self.media.iter() {
            match medium.is_deleted(rid) {
                Ok(true) => return Ok(Kept::Deleted),
                Ok(false) => {}
                Err(error) => failure = Some(error),
            }
            match medium.sealed(rid) {
                Ok(Some(bytes)) => found = found.or(Some(bytes)),
                Ok(None) => {}
                Err(error) => failure = Some(error),
            }
        }
        let Some(sealed) = found else {
            return failure.map_or(Ok(Kept::Absent), Err);
        };
        let plain = self.vault.unseal(&place(rid), &sealed)?;
        let bytes: [u8; 32] = plain
            .as_slice()
            .try_into()
            .map_err(|_| GatewayError::Shares("a share does not have 32 bytes".into()))?;
        Ok(Kept::Share(HospitalShare::from_bytes(*Zeroizing::new(
            bytes,
        ))))
    }

    /// Gives up the entries of a plain record for another encryption, with their shares.
    ///
    /// The result is `false` if the plaintext is not here any more; nothing is deleted then. A stop
    /// between the two leaves entries without shares, which the next call gives up.
    ///
    /// # Errors
    /// `SharesFailed`, `OutboxFailed`.
    pub fn redo(&self, outbox: &Outbox, plain: (JobId, u32)) -> Result<bool> {
        let Some(rids) = outbox.replaceable(plain)? else {
            return Ok(false);
        };
        for rid in rids {
            self.delete(&rid)?;
        }
        outbox.redo(plain)
    }

    /// Deletes a share for ever.
    ///
    /// The deletion is durable on every medium when the method returns. A record without a known share is deleted too: its share can never return.
    ///
    /// # Errors
    /// `SharesFailed`: on a medium the deletion is not written yet. It is repeated by another call,
    /// and by the next start.
    pub fn delete(&self, rid: &RecordId) -> Result<()> {
        let one = BTreeSet::from([rid.0]);
        let outcomes: Vec<Result<()>> = self.media.iter().map(|m| m.delete(&one)).collect();
        outcomes.into_iter().collect()
    }
}

#[cfg(test)]
mod tests;
