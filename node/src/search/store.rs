// SPDX-License-Identifier: Apache-2.0
//! The index's database: four hash columns in a ParityDB of its own.

use super::index::IndexError;
use codec::{Decode, DecodeAll};
use parity_db::{ColId, Db, Options};
use std::path::Path;

/// [`super::place::Status`] under [`STATUS`].
pub const META: ColId = 0;
/// Batch and tag to places.
pub const TAGS: ColId = 1;
/// Hospital and sequence to the registration.
pub const BLOCKS: ColId = 2;
/// Record id to location.
pub const RECORDS: ColId = 3;
const COLUMNS: u8 = 4;

/// Key of the status.
pub const STATUS: &[u8] = b"status";

/// A write: column, key, value.
pub type Change = (ColId, Vec<u8>, Option<Vec<u8>>);

/// The database.
pub struct Store(Db);

impl Store {
    /// Opens the database and creates it if it is not there.
    pub fn open(path: &Path) -> Result<Self, IndexError> {
        std::fs::create_dir_all(path)?;
        let mut options = Options::with_columns(path, COLUMNS);
        options.stats = false;
        Ok(Self(Db::open_or_create(&options)?))
    }

    /// Removes the database's folder, if it is one: a folder of other things is left alone.
    pub fn remove(path: &Path) -> Result<(), IndexError> {
        let mut entries = match std::fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        if entries.next().is_none() {
            return Ok(());
        }
        if !path.join("metadata").is_file() {
            return Err(IndexError::NotAnIndex(path.to_path_buf()));
        }
        Ok(std::fs::remove_dir_all(path)?)
    }

    /// A value.
    ///
    /// # Errors
    ///
    /// A failing database, or [`IndexError::InvalidValue`] for bytes that do not decode.
    pub fn get<T: Decode>(&self, column: ColId, key: &[u8]) -> Result<Option<T>, IndexError> {
        self.0
            .get(column, key)?
            .map(|bytes| T::decode_all(&mut &bytes[..]).map_err(|_| IndexError::InvalidValue))
            .transpose()
    }

    /// The layout number, which stands first in the status whatever the layout.
    pub fn schema(&self) -> Result<Option<u32>, IndexError> {
        self.0
            .get(META, STATUS)?
            .map(|bytes| u32::decode(&mut &bytes[..]).map_err(|_| IndexError::InvalidValue))
            .transpose()
    }

    /// Whether there is a value.
    pub fn has(&self, column: ColId, key: &[u8]) -> Result<bool, IndexError> {
        Ok(self.0.get_size(column, key)?.is_some())
    }

    /// Writes all changes or none, also when the machine stops in between.
    pub fn commit(&self, changes: Vec<Change>) -> Result<(), IndexError> {
        Ok(self.0.commit(changes)?)
    }
}
