// SPDX-License-Identifier: Apache-2.0
//! A store on disk: hash columns in a ParityDB of its own.

use crate::store::{Change, Column, Store, StoreError};
use parity_db::{Db, Options};
use std::{io::ErrorKind, path::Path};

/// Keeps the values in a folder.
pub struct ParityStore(Db);

impl ParityStore {
    /// Opens the database, and creates it if it does not exist.
    ///
    /// # Errors
    ///
    /// Fails if the folder cannot be used or the database fails.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(path)?;
        let mut options = Options::with_columns(path, Column::COUNT);
        options.stats = false;
        Ok(Self(Db::open_or_create(&options)?))
    }

    /// Removes the folder of a database, and leaves a folder of other files alone.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotAnIndex`] for a folder of other files, or the file system's error.
    pub fn remove(path: &Path) -> Result<(), StoreError> {
        let mut entries = match std::fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        if entries.next().is_none() {
            return Ok(());
        }
        if !path.join("metadata").is_file() {
            return Err(StoreError::NotAnIndex(path.to_path_buf()));
        }
        Ok(std::fs::remove_dir_all(path)?)
    }
}

impl Store for ParityStore {
    fn get(&self, column: Column, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.get(column as u8, key)?)
    }

    fn has(&self, column: Column, key: &[u8]) -> Result<bool, StoreError> {
        Ok(self.0.get_size(column as u8, key)?.is_some())
    }

    fn commit(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        let changes = changes
            .into_iter()
            .map(|(column, key, value)| (column as u8, key, Some(value)));
        Ok(self.0.commit(changes)?)
    }
}
