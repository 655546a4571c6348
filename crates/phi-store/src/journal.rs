// SPDX-License-Identifier: Apache-2.0
//! The journal: stores, erased payloads, and what is still to do in each store.
//!
//! It is the only authority over erasures. A tombstone in a store is a copy: a thief of one store's
//! key must not erase what the other stores have.

use crate::error::{PhiStoreError, Result};
use bspp_types::H256;
use redb::{Database, ReadableDatabase, ReadableTable, ReadableTableMetadata, TableDefinition};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

const STORES: TableDefinition<'_, &str, &str> = TableDefinition::new("stores");
const ERASED: TableDefinition<'_, [u8; 32], ()> = TableDefinition::new("erased");
/// Name of the store ‖ 0 ‖ payload hash → the task.
const WAITING: TableDefinition<'_, &[u8], u8> = TableDefinition::new("waiting");

/// A change that a store lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// The payload must be written.
    Put,
    /// The payload must be deleted.
    Erase,
}

impl Task {
    fn code(self) -> u8 {
        match self {
            Self::Put => 0,
            Self::Erase => 1,
        }
    }

    fn of(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Put),
            1 => Some(Self::Erase),
            _ => None,
        }
    }
}

/// Number of tasks that wait for a store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) puts: u64,
    pub(crate) erasures: u64,
}

#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    database: Database,
}

fn key(store: &str, hash: &H256) -> Vec<u8> {
    [store.as_bytes(), &[0], &hash.0].concat()
}

fn hash_in(key: &[u8]) -> Option<H256> {
    key.last_chunk::<32>().map(|hash| H256(*hash))
}

impl Journal {
    fn failed(&self, error: impl core::fmt::Display) -> PhiStoreError {
        PhiStoreError::Journal(format!("{}: {error}", self.path.display()))
    }

    fn broken(&self) -> PhiStoreError {
        self.failed("a value does not decode")
    }

    /// Opens the journal, and makes it the first time.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let failed = |e: String| PhiStoreError::Journal(format!("{}: {e}", path.display()));
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|e| failed(e.to_string()))?;
        }
        let database = Database::create(path).map_err(|e| match e {
            redb::DatabaseError::DatabaseAlreadyOpen => {
                PhiStoreError::JournalInUse(path.display().to_string())
            }
            other => failed(other.to_string()),
        })?;
        let journal = Self {
            path: path.to_path_buf(),
            database,
        };
        // Create the tables, so that readers need not handle a missing one.
        journal.write(|_, _| Ok(()))?;
        let write = journal
            .database
            .begin_write()
            .map_err(|e| journal.failed(e))?;
        write.open_table(STORES).map_err(|e| journal.failed(e))?;
        write.commit().map_err(|e| journal.failed(e))?;
        Ok(journal)
    }

    /// Changes erasures and tasks. The change is durable when the function returns.
    fn write(
        &self,
        change: impl FnOnce(
            &mut redb::Table<'_, [u8; 32], ()>,
            &mut redb::Table<'_, &'static [u8], u8>,
        ) -> Result<()>,
    ) -> Result<()> {
        let write = self.database.begin_write().map_err(|e| self.failed(e))?;
        {
            let mut erased = write.open_table(ERASED).map_err(|e| self.failed(e))?;
            let mut waiting = write.open_table(WAITING).map_err(|e| self.failed(e))?;
            change(&mut erased, &mut waiting)?;
        }
        write.commit().map_err(|e| self.failed(e))
    }

    /// The identity of a store that was seen before.
    pub(crate) fn identity(&self, store: &str) -> Result<Option<String>> {
        let read = self.database.begin_read().map_err(|e| self.failed(e))?;
        let stores = read.open_table(STORES).map_err(|e| self.failed(e))?;
        let found = stores.get(store).map_err(|e| self.failed(e))?;
        Ok(found.map(|identity| identity.value().to_owned()))
    }

    /// The name of the store with an identity.
    pub(crate) fn store_with(&self, identity: &str) -> Result<Option<String>> {
        let read = self.database.begin_read().map_err(|e| self.failed(e))?;
        let stores = read.open_table(STORES).map_err(|e| self.failed(e))?;
        for item in stores.iter().map_err(|e| self.failed(e))? {
            let (name, found) = item.map_err(|e| self.failed(e))?;
            if found.value() == identity {
                return Ok(Some(name.value().to_owned()));
            }
        }
        Ok(None)
    }

    /// Notes the identity of a store.
    pub(crate) fn set_identity(&self, store: &str, identity: &str) -> Result<()> {
        let write = self.database.begin_write().map_err(|e| self.failed(e))?;
        {
            let mut stores = write.open_table(STORES).map_err(|e| self.failed(e))?;
            stores.insert(store, identity).map_err(|e| self.failed(e))?;
        }
        write.commit().map_err(|e| self.failed(e))
    }

    pub(crate) fn is_erased(&self, hash: &H256) -> Result<bool> {
        let read = self.database.begin_read().map_err(|e| self.failed(e))?;
        let erased = read.open_table(ERASED).map_err(|e| self.failed(e))?;
        let found = erased.get(hash.0).map_err(|e| self.failed(e))?;
        Ok(found.is_some())
    }

    /// All payloads that were erased.
    pub(crate) fn erased(&self) -> Result<BTreeSet<H256>> {
        let read = self.database.begin_read().map_err(|e| self.failed(e))?;
        let erased = read.open_table(ERASED).map_err(|e| self.failed(e))?;
        let mut found = BTreeSet::new();
        for item in erased.iter().map_err(|e| self.failed(e))? {
            found.insert(H256(item.map_err(|e| self.failed(e))?.0.value()));
        }
        Ok(found)
    }

    /// Erases payloads: the deletion waits for each of the stores.
    pub(crate) fn erase(&self, hashes: &BTreeSet<H256>, stores: &[String]) -> Result<()> {
        self.write(|erased, waiting| {
            for hash in hashes {
                erased.insert(hash.0, ()).map_err(|e| self.failed(e))?;
                for store in stores {
                    waiting
                        .insert(key(store, hash).as_slice(), Task::Erase.code())
                        .map_err(|e| self.failed(e))?;
                }
            }
            Ok(())
        })
    }

    /// Notes tasks of a store. A deletion that waits already stays.
    pub(crate) fn add(&self, tasks: &[(String, H256, Task)]) -> Result<()> {
        self.write(|_, waiting| {
            for (store, hash, task) in tasks {
                let key = key(store, hash);
                let old = waiting
                    .get(key.as_slice())
                    .map_err(|e| self.failed(e))?
                    .map(|code| code.value());
                if old != Some(Task::Erase.code()) {
                    waiting
                        .insert(key.as_slice(), task.code())
                        .map_err(|e| self.failed(e))?;
                }
            }
            Ok(())
        })
    }

    /// Removes tasks of a store that are done, unless another task took their place.
    pub(crate) fn done(&self, store: &str, tasks: &[(H256, Task)]) -> Result<()> {
        if tasks.is_empty() {
            return Ok(());
        }
        self.write(|_, waiting| {
            for (hash, task) in tasks {
                let key = key(store, hash);
                let found = waiting
                    .get(key.as_slice())
                    .map_err(|e| self.failed(e))?
                    .map(|code| code.value());
                if found == Some(task.code()) {
                    waiting.remove(key.as_slice()).map_err(|e| self.failed(e))?;
                }
            }
            Ok(())
        })
    }

    /// The first tasks of a store after a payload, in the order of hashes.
    pub(crate) fn waiting(
        &self,
        store: &str,
        after: Option<H256>,
        max: usize,
    ) -> Result<Vec<(H256, Task)>> {
        let read = self.database.begin_read().map_err(|e| self.failed(e))?;
        let waiting = read.open_table(WAITING).map_err(|e| self.failed(e))?;
        let first = key(store, &after.unwrap_or_default());
        let last = key(store, &H256::repeat_byte(0xff));
        let mut tasks = Vec::new();
        let range = waiting
            .range(first.as_slice()..=last.as_slice())
            .map_err(|e| self.failed(e))?;
        for item in range {
            let (key, code) = item.map_err(|e| self.failed(e))?;
            let hash = hash_in(key.value()).ok_or_else(|| self.broken())?;
            if Some(hash) == after {
                continue;
            }
            let task = Task::of(code.value()).ok_or_else(|| self.broken())?;
            tasks.push((hash, task));
            if tasks.len() >= max {
                break;
            }
        }
        Ok(tasks)
    }

    /// The numbers of tasks that wait for a store.
    pub(crate) fn counts(&self, store: &str) -> Result<Counts> {
        let read = self.database.begin_read().map_err(|e| self.failed(e))?;
        let waiting = read.open_table(WAITING).map_err(|e| self.failed(e))?;
        let first = key(store, &H256::zero());
        let last = key(store, &H256::repeat_byte(0xff));
        let mut counts = Counts::default();
        let range = waiting
            .range(first.as_slice()..=last.as_slice())
            .map_err(|e| self.failed(e))?;
        for item in range {
            let (_, code) = item.map_err(|e| self.failed(e))?;
            match Task::of(code.value()).ok_or_else(|| self.broken())? {
                Task::Put => counts.puts = counts.puts.saturating_add(1),
                Task::Erase => counts.erasures = counts.erasures.saturating_add(1),
            }
        }
        Ok(counts)
    }

    /// Number of payloads that were erased.
    pub(crate) fn erased_count(&self) -> Result<u64> {
        let read = self.database.begin_read().map_err(|e| self.failed(e))?;
        let erased = read.open_table(ERASED).map_err(|e| self.failed(e))?;
        erased.len().map_err(|e| self.failed(e))
    }
}
