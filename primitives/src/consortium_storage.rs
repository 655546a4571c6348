// SPDX-License-Identifier: Apache-2.0
//! Storage of the consortium chain that wallets read by proof: the key of each item.
//!
//! A wallet cannot take the keys from the metadata, because the node that it does not trust gives
//! the metadata. The runtime's tests compare each key with the one of its pallet.

use alloc::vec::Vec;
use bspp_types::{BatchId, FilingMonth, HospitalId, RecordId, RequestId, Sequence};
use codec::Encode;
use sp_io::hashing::{blake2_128, twox_128, twox_64};

fn item(pallet: &str, name: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(32);
    key.extend_from_slice(&twox_128(pallet.as_bytes()));
    key.extend_from_slice(&twox_128(name.as_bytes()));
    key
}

/// Appends a key of a map that has the hasher `Blake2_128Concat`.
fn blake2_128_concat(mut key: Vec<u8>, of: &impl Encode) -> Vec<u8> {
    of.using_encoded(|encoded| {
        key.extend_from_slice(&blake2_128(encoded));
        key.extend_from_slice(encoded);
    });
    key
}

/// Appends a key of a map that has the hasher `Twox64Concat`.
fn twox_64_concat(mut key: Vec<u8>, of: &impl Encode) -> Vec<u8> {
    of.using_encoded(|encoded| {
        key.extend_from_slice(&twox_64(encoded));
        key.extend_from_slice(encoded);
    });
    key
}

/// The time of the block, a `Moment`.
pub fn now() -> Vec<u8> {
    item("Timestamp", "Now")
}

/// The session of the block, a `u32`. Hospital chains have it under the same key.
pub fn session_index() -> Vec<u8> {
    item("Session", "CurrentIndex")
}

/// The members of the council, a `Vec<AccountId>`.
pub fn council_members() -> Vec<u8> {
    item("Council", "Members")
}

/// A hospital, a `HospitalRecord<AccountId>`.
pub fn hospital(id: &HospitalId) -> Vec<u8> {
    blake2_128_concat(item("Consortium", "Hospitals"), id)
}

/// The role of an account, a `Member`.
pub fn member(account: &[u8; 32]) -> Vec<u8> {
    blake2_128_concat(item("Consortium", "Members"), account)
}

/// The months from which a hospital's keys are in force, a `Vec<FilingMonth>`, ascending.
pub fn key_filing_months(hospital: &HospitalId) -> Vec<u8> {
    blake2_128_concat(item("Consortium", "KeyFilingMonths"), hospital)
}

/// The key of a hospital that is in force from a month on, an `X25519Key`.
pub fn encryption_key(hospital: &HospitalId, from: FilingMonth) -> Vec<u8> {
    twox_64_concat(
        blake2_128_concat(item("Consortium", "EncryptionKeys"), hospital),
        &from,
    )
}

/// The registered key of a requester, an `X25519Key`.
pub fn requester_key(account: &[u8; 32]) -> Vec<u8> {
    blake2_128_concat(item("Consortium", "RequesterKeys"), account)
}

/// A batch, a `Batch`.
pub fn batch(id: &BatchId) -> Vec<u8> {
    blake2_128_concat(item("PhiIndex", "Batches"), id)
}

/// The number of batches of a hospital and month, a `u32`.
pub fn batch_count(hospital: &HospitalId, filing_month: FilingMonth) -> Vec<u8> {
    twox_64_concat(
        blake2_128_concat(item("PhiIndex", "BatchCount"), hospital),
        &filing_month,
    )
}

/// A registered entry block, a `RegisteredBlock`.
pub fn registered_block(hospital: &HospitalId, sequence: Sequence) -> Vec<u8> {
    twox_64_concat(
        blake2_128_concat(item("PhiIndex", "RegisteredBlocks"), hospital),
        &sequence,
    )
}

/// A request, a `Request<AccountId>`.
pub fn request(id: &RequestId) -> Vec<u8> {
    blake2_128_concat(item("PeksSearch", "Requests"), id)
}

/// A match of a request, a `Match`.
pub fn matched(request: &RequestId, record: &RecordId) -> Vec<u8> {
    blake2_128_concat(
        blake2_128_concat(item("PeksSearch", "Matches"), request),
        record,
    )
}

/// The revocation of a request that was not opened, a `Tombstone`.
pub fn tombstone(request: &RequestId) -> Vec<u8> {
    blake2_128_concat(item("PeksSearch", "Tombstones"), request)
}
