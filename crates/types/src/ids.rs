// SPDX-License-Identifier: Apache-2.0
//! Identifiers, keys and counters, from which the other types are made.

use crate::H256;

/// A hospital's identifier: 32 bytes, chosen at registration. It never changes.
pub type HospitalId = H256;
/// Identifier of a batch: `BatchHeader::id`.
pub type BatchId = H256;
/// Identifier of a record: `rid` in protocol section 6.
pub type RecordId = H256;
/// Identifier of a request: [`crate::messages::request_id`].
pub type RequestId = H256;
/// Identifier of a consent: [`crate::messages::consent_id`].
pub type ConsentId = H256;
/// Number of an entry block in its hospital chain's sequence, from 0 without a gap.
pub type Sequence = u32;
/// Height of a block of either chain.
pub type BlockNumber = u32;
/// Milliseconds since 1970-01-01 UTC, as `pallet-timestamp` counts.
pub type Moment = u64;
/// An X25519 public key.
pub type X25519Key = [u8; 32];
/// An Ed25519 public key.
pub type Ed25519Key = [u8; 32];
/// An Ed25519 signature.
pub type Ed25519Signature = [u8; 64];
