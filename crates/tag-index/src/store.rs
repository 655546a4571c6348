// SPDX-License-Identifier: Apache-2.0
//! The store below the index: columns of keys and values, with atomic commits.

use std::path::PathBuf;

/// A column of keys and values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The status of the index.
    Meta = 0,
    /// Places by batch and tag.
    Tags = 1,
    /// Registrations by hospital and sequence number.
    Blocks = 2,
    /// Locations of entries by record.
    Records = 3,
}

impl Column {
    /// Number of columns.
    pub const COUNT: u8 = 4;
}

/// A write: column, key and value.
pub type Change = (Column, Vec<u8>, Vec<u8>);

/// The reason why a store fails.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database failed.
    #[error("tag index database: {0}")]
    Database(#[from] parity_db::Error),
    /// The folder cannot be used.
    #[error("tag index folder: {0}")]
    Folder(#[from] std::io::Error),
    /// The folder holds other files, which the store does not remove.
    #[error("InvalidTagIndexPath: {} is not empty and is not a tag index", .0.display())]
    NotAnIndex(PathBuf),
}

/// Keeps the values of an index.
pub trait Store: Send + Sync + 'static {
    /// A value.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    fn get(&self, column: Column, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Whether a value exists.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    fn has(&self, column: Column, key: &[u8]) -> Result<bool, StoreError>;

    /// Writes all changes or none, even if the machine stops during the write.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be written.
    fn commit(&self, changes: Vec<Change>) -> Result<(), StoreError>;
}
