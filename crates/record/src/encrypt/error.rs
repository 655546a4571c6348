// SPDX-License-Identifier: Apache-2.0
//! The errors of encryption.

use crate::payload::PayloadError;

/// The reasons for which a record cannot be encrypted. An error spends no counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncryptError {
    /// The patient's label key is for another chain, hospital or filing month than the batch.
    #[error("ContextMismatch: the patient's keys are for another chain, hospital or month than the batch")]
    ContextMismatch,
    /// The next counter of a keyword is too far ahead of the finalized counters.
    ///
    /// Wait, or open another batch.
    #[error("CounterExhausted: too many entries of one keyword wait for finality; wait, or open another batch")]
    CounterExhausted,
    /// The record has more than [`MAX_KEYWORDS`](crate::keywords::MAX_KEYWORDS).
    #[error("MaxKeywordsExceeded: the record has {0} keywords")]
    MaxKeywordsExceeded(usize),
    /// The batch is full.
    ///
    /// It has [`MAX_CACHED_KEYWORDS`](super::MAX_CACHED_KEYWORDS) already, or its indices are used
    /// up.
    #[error("MaxBatchSizeExceeded: the batch is full; open another")]
    MaxBatchSizeExceeded,
    /// The payload cannot be encrypted.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// An entry is wrong. No input is known to cause this.
    #[error("InvalidState: the entry could not be made")]
    InvalidState,
}
