// SPDX-License-Identifier: Apache-2.0
//! Encryption under one open batch.
//!
//! It turns plain records into encrypted records with their index entries.

mod counters;
mod encryptor;
mod error;
mod record;

pub use counters::MAX_CACHED_KEYWORDS;
pub use encryptor::Encryptor;
pub use error::EncryptError;
pub use record::{EncryptedRecord, SharedRecord};
