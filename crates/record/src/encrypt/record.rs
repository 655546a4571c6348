// SPDX-License-Identifier: Apache-2.0
//! Encrypted records that are ready to be stored.

use bspp_peks::HospitalShare;
use bspp_types::{Record, RecordId};
use codec::{Decode, Encode};
use std::sync::Arc;

/// An encrypted record that is ready to be stored.
///
/// A durable outbox stores it, and sends it again after a failure, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct EncryptedRecord {
    /// The record's identifier.
    pub rid: RecordId,
    /// The entry, wraps, patient and consent.
    pub record: Record,
    /// The ciphertext, which goes to the PHI store. The entries of one record share it.
    pub payload: Arc<Vec<u8>>,
}

/// An encrypted record with the hospital's share.
///
/// The share is stored apart from the record, on media of its own, before the record is sent
/// anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedRecord {
    /// The record.
    pub encrypted: EncryptedRecord,
    /// The share, without which no key opens the record.
    pub share: HospitalShare,
}
