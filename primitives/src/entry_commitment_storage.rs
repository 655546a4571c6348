// SPDX-License-Identifier: Apache-2.0
//! Storage of `pallet-phi-records` that consortium members verify by proof: names and key.

use alloc::vec::Vec;
use bspp_types::Sequence;
use codec::Encode;
use sp_io::hashing::{twox_128, twox_64};

/// The pallet's name in every hospital runtime.
pub const PALLET: &str = "PhiRecords";
/// The map's name: `StorageMap<Twox64Concat, Sequence, EntryCommitment>`.
pub const MAP: &str = "EntryCommitments";

/// Full storage key of the entry commitment at `sequence`.
pub fn key(sequence: Sequence) -> Vec<u8> {
    let encoded = sequence.encode();
    let mut key = Vec::with_capacity(44);
    key.extend_from_slice(&twox_128(PALLET.as_bytes()));
    key.extend_from_slice(&twox_128(MAP.as_bytes()));
    key.extend_from_slice(&twox_64(&encoded));
    key.extend_from_slice(&encoded);
    key
}
