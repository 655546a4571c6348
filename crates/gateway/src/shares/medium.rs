// SPDX-License-Identifier: Apache-2.0
//! One medium with shares.

use super::label::Label;
use crate::error::{GatewayError, Result};
use bspp_types::RecordId;
use codec::{Decode, Encode};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

const SHARES: TableDefinition<'_, [u8; 32], &[u8]> = TableDefinition::new("shares");
const DELETED: TableDefinition<'_, [u8; 32], ()> = TableDefinition::new("deleted");
const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");

const LABEL: &str = "label";
const VAULT_CHECK: &str = "vault_check";

/// One medium with shares, and with the identifiers of deleted ones.
#[derive(Debug)]
pub(super) struct Medium {
    path: PathBuf,
    database: Database,
}

impl Medium {
    pub(super) fn failed(&self, error: impl core::fmt::Display) -> GatewayError {
        GatewayError::Shares(format!("{}: {error}", self.path.display()))
    }

    /// Opens the medium in a folder. `None` if there is none: nothing is created.
    pub(super) fn find(folder: &Path) -> Result<Option<Self>> {
        if folder.join("shares.redb").exists() {
            Self::open(folder).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Makes a medium in a folder.
    pub(super) fn create(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)
            .map_err(|e| GatewayError::Shares(format!("{}: {e}", folder.display())))?;
        Self::open(folder)
    }

    fn open(folder: &Path) -> Result<Self> {
        let path = folder.join("shares.redb");
        let database = Database::create(&path).map_err(|e| match e {
            redb::DatabaseError::DatabaseAlreadyOpen => {
                GatewayError::DataDirInUse(path.display().to_string())
            }
            other => GatewayError::Shares(format!("{}: {other}", path.display())),
        })?;
        let medium = Self { path, database };
        // Create the tables, so that readers need not handle a missing one.
        medium.write(|_, _| Ok(()))?;
        Ok(medium)
    }

    /// The file of the medium.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn meta<T: Decode>(&self, key: &'static str) -> Result<Option<T>> {
        let read = self.database.begin_read().map_err(|e| self.failed(e))?;
        let meta = read.open_table(META).map_err(|e| self.failed(e))?;
        let known = meta.get(key).map_err(|e| self.failed(e))?;
        known
            .map(|bytes| T::decode(&mut bytes.value()))
            .transpose()
            .map_err(|e| self.failed(e))
    }

    fn set_meta(&self, key: &'static str, value: &impl Encode) -> Result<()> {
        let write = self.database.begin_write().map_err(|e| self.failed(e))?;
        {
            let mut meta = write.open_table(META).map_err(|e| self.failed(e))?;
            meta.insert(key, value.encode().as_slice())
                .map_err(|e| self.failed(e))?;
        }
        write.commit().map_err(|e| self.failed(e))
    }

    /// The identifiers that the medium has.
    pub(super) fn label(&self) -> Result<Option<Label>> {
        self.meta(LABEL)
    }

    /// Writes the identifiers of the medium.
    pub(super) fn set_label(&self, label: &Label) -> Result<()> {
        self.set_meta(LABEL, label)
    }

    /// The check value of the vault key with which the medium was last used.
    pub(super) fn vault_check(&self) -> Result<Option<[u8; 32]>> {
        self.meta(VAULT_CHECK)
    }

    /// Writes the check value of the vault key.
    pub(super) fn set_vault_check(&self, check: &[u8; 32]) -> Result<()> {
        self.set_meta(VAULT_CHECK, check)
    }

    /// A sealed share with the identifier of its record, if the medium has one.
    pub(super) fn sealed_sample(&self) -> Result<Option<(RecordId, Vec<u8>)>> {
        let read = self.database.begin_read().map_err(|e| self.failed(e))?;
        let shares = read.open_table(SHARES).map_err(|e| self.failed(e))?;
        let first = shares.first().map_err(|e| self.failed(e))?;
        Ok(first.map(|(rid, sealed)| (RecordId::from(rid.value()), sealed.value().to_vec())))
    }

    /// Whether the medium has a share or a deletion.
    pub(super) fn has_content(&self) -> Result<bool> {
        let read = self.database.begin_read().map_err(|e| self.failed(e))?;
        let deleted = read.open_table(DELETED).map_err(|e| self.failed(e))?;
        let has_deletions = deleted.first().map_err(|e| self.failed(e))?.is_some();
        Ok(has_deletions || self.sealed_sample()?.is_some())
    }

    /// Changes both tables. The change is durable when the function returns.
    pub(super) fn write(
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
            write.open_table(META).map_err(|e| self.failed(e))?;
            change(&mut shares, &mut deleted)?;
        }
        write.commit().map_err(|e| self.failed(e))
    }

    pub(super) fn sealed(&self, rid: &RecordId) -> Result<Option<Vec<u8>>> {
        let read = self.database.begin_read().map_err(|e| self.failed(e))?;
        let shares = read.open_table(SHARES).map_err(|e| self.failed(e))?;
        let found = shares.get(rid.0).map_err(|e| self.failed(e))?;
        Ok(found.map(|bytes| bytes.value().to_vec()))
    }

    pub(super) fn is_deleted(&self, rid: &RecordId) -> Result<bool> {
        let read = self.database.begin_read().map_err(|e| self.failed(e))?;
        let deleted = read.open_table(DELETED).map_err(|e| self.failed(e))?;
        let found = deleted.get(rid.0).map_err(|e| self.failed(e))?;
        Ok(found.is_some())
    }

    pub(super) fn deletions(&self) -> Result<BTreeSet<[u8; 32]>> {
        let read = self.database.begin_read().map_err(|e| self.failed(e))?;
        let deleted = read.open_table(DELETED).map_err(|e| self.failed(e))?;
        let mut found = BTreeSet::new();
        for item in deleted.iter().map_err(|e| self.failed(e))? {
            found.insert(item.map_err(|e| self.failed(e))?.0.value());
        }
        Ok(found)
    }

    pub(super) fn rids(&self) -> Result<BTreeSet<[u8; 32]>> {
        let read = self.database.begin_read().map_err(|e| self.failed(e))?;
        let shares = read.open_table(SHARES).map_err(|e| self.failed(e))?;
        let mut found = BTreeSet::new();
        for item in shares.iter().map_err(|e| self.failed(e))? {
            found.insert(item.map_err(|e| self.failed(e))?.0.value());
        }
        Ok(found)
    }

    pub(super) fn delete(&self, rids: &BTreeSet<[u8; 32]>) -> Result<()> {
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
