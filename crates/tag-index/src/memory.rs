// SPDX-License-Identifier: Apache-2.0
//! A store in memory, for tests and measurements.

use crate::store::{Change, Column, Store, StoreError};
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

/// The columns, in the order of [`Column`].
type Columns = [HashMap<Vec<u8>, Vec<u8>>; Column::COUNT as usize];

/// Keeps the values in memory. Clones share them, so an index can be opened again.
#[derive(Clone, Default)]
pub struct MemoryStore(Arc<RwLock<Columns>>);

impl Store for MemoryStore {
    fn get(&self, column: Column, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let columns = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Ok(columns[column as usize].get(key).cloned())
    }

    fn has(&self, column: Column, key: &[u8]) -> Result<bool, StoreError> {
        let columns = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Ok(columns[column as usize].contains_key(key))
    }

    fn commit(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        let mut columns = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for (column, key, value) in changes {
            columns[column as usize].insert(key, value);
        }
        Ok(())
    }
}
