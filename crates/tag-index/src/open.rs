// SPDX-License-Identifier: Apache-2.0
//! Opens the index of a node on disk.

use crate::{
    error::IndexError,
    index::TagIndexDb,
    keys::STATUS,
    parity::ParityStore,
    status::SCHEMA,
    store::{Column, Store},
};
use bspp_types::H256;
use codec::Decode;
use std::path::Path;

impl TagIndexDb {
    /// Opens the index of the chain with this genesis hash.
    ///
    /// The function first empties the index if `rebuild` is set or if the index has another layout.
    ///
    /// # Errors
    ///
    /// [`IndexError::GenesisMismatch`] if the index belongs to another chain; otherwise the store's
    /// error.
    pub fn open(path: &Path, genesis: H256, rebuild: bool) -> Result<Self, IndexError> {
        if rebuild {
            ParityStore::remove(path)?;
        }
        let mut store = ParityStore::open(path)?;
        if schema(&store)?.is_some_and(|found| found != SCHEMA) {
            log::warn!(target: "tag-index", "the tag index has another layout; it is filled again");
            drop(store);
            ParityStore::remove(path)?;
            store = ParityStore::open(path)?;
        }
        Self::with_store(store, genesis)
    }
}

/// The layout number, which is read alone, because the rest may have another layout.
fn schema(store: &impl Store) -> Result<Option<u32>, IndexError> {
    store
        .get(Column::Meta, STATUS)?
        .map(|bytes| u32::decode(&mut &bytes[..]).map_err(|_| IndexError::InvalidValue))
        .transpose()
}
