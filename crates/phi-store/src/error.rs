// SPDX-License-Identifier: Apache-2.0
//! Errors: of one store, and of all stores together.

use bspp_types::{H256, MAX_PAYLOAD_BYTES};
use std::time::Duration;

/// The reason why one store fails.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The store does not have the payload.
    #[error("it does not have the payload")]
    Missing,
    /// The store has other bytes than those of the payload.
    #[error("it has a corrupt payload: {0}")]
    Corrupt(&'static str),
    /// The payload was erased, so that nothing writes it again.
    #[error("the payload was erased")]
    Erased,
    /// The store did not answer in time.
    #[error("it did not answer within {0:?}")]
    TooLate(Duration),
    /// The store failed before, or is not the store that it was, and gets no change.
    #[error("it is away: {0}")]
    Away(String),
    /// The store failed.
    #[error("{0}")]
    Failed(String),
}

impl Fault {
    /// Whether the store answered, and lacks the payload or has other bytes.
    pub(crate) fn can_be_repaired(&self) -> bool {
        matches!(self, Self::Missing | Self::Corrupt(_))
    }
}

impl From<object_store::Error> for Fault {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::Missing,
            other => Self::Failed(other.to_string()),
        }
    }
}

/// The answer of one store.
pub(crate) type Answer<T> = core::result::Result<T, Fault>;

/// A store that failed, and the reason.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("store {store}: {fault}")]
pub struct Failure {
    /// The name of the store.
    pub store: String,
    /// The reason.
    pub fault: Fault,
}

fn list(failures: &[Failure]) -> String {
    let texts: Vec<String> = failures.iter().map(Failure::to_string).collect();
    texts.join("; ")
}

/// The reason why the PHI store fails.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhiStoreError {
    /// The configuration cannot be used.
    #[error("InvalidConfig: {0}")]
    InvalidConfig(String),
    /// A file with credentials cannot be used. The text does not quote it.
    #[error("InvalidSecret: {0}")]
    InvalidSecret(String),
    /// The journal cannot be read or written.
    #[error("JournalFailed: {0}")]
    Journal(String),
    /// Another process has the journal open.
    #[error("JournalInUse: another process uses {0}")]
    JournalInUse(String),
    /// The payload is empty or larger than any payload.
    #[error("InvalidLength: the payload has {0} bytes; it must have 1 to {max}", max = MAX_PAYLOAD_BYTES)]
    InvalidLength(usize),
    /// The work on a payload stopped, because the program ends.
    #[error("Stopped: {0}")]
    Stopped(String),
    /// The payload was erased.
    #[error("PayloadErased: the payload {0:?} was erased")]
    Erased(H256),
    /// Too few stores have the payload. It does not count as stored.
    #[error("QuorumNotReached: {reached} of {quorum} stores have the payload {hash:?}; {}", list(.failures))]
    QuorumNotReached {
        /// The payload.
        hash: H256,
        /// The number of stores that have it.
        reached: usize,
        /// The number of stores that must have it.
        quorum: usize,
        /// The other stores.
        failures: Vec<Failure>,
    },
    /// All stores answered, and none has the payload.
    #[error("PayloadNotFound: no store has the payload {0:?}")]
    NotFound(H256),
    /// No store gave the payload, and one or more of them may have it.
    #[error("PayloadUnreadable: no store gave the payload {hash:?}; {}", list(.failures))]
    Unreadable {
        /// The payload.
        hash: H256,
        /// All stores.
        failures: Vec<Failure>,
    },
    /// The payload does not have the leaf that is to be proved.
    #[error("LeafNotFound: the payload {hash:?} has no leaf {position}")]
    LeafNotFound {
        /// The payload.
        hash: H256,
        /// The position of the leaf.
        position: u64,
    },
}

/// The result of an operation on all stores.
pub type Result<T> = core::result::Result<T, PhiStoreError>;

impl PhiStoreError {
    /// The error of a payload that no store gave.
    pub(crate) fn unread(hash: H256, failures: Vec<Failure>) -> Self {
        if failures.iter().all(|one| one.fault == Fault::Missing) {
            Self::NotFound(hash)
        } else {
            Self::Unreadable { hash, failures }
        }
    }
}
