// SPDX-License-Identifier: Apache-2.0
//! The status of the stores.

use serde::Serialize;

/// The state of all stores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Each store.
    pub stores: Vec<StoreStatus>,
    /// The number of stores that must have a payload.
    pub quorum: usize,
    /// The number of payloads that were erased.
    pub erased: u64,
}

/// The status of one store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StoreStatus {
    /// Its name.
    pub name: String,
    /// The reason why it gets no changes. `None` if it gets them.
    pub away: Option<String>,
    /// The number of payloads that it lacks.
    pub waiting_puts: u64,
    /// The number of payloads that it must delete.
    pub waiting_erasures: u64,
}

impl Status {
    /// The number of stores that get changes.
    pub fn ready(&self) -> usize {
        self.stores.iter().filter(|one| one.away.is_none()).count()
    }

    /// Whether enough stores get changes for a write to count.
    pub fn takes_writes(&self) -> bool {
        self.ready() >= self.quorum
    }
}
