// SPDX-License-Identifier: Apache-2.0
//! Patients, consents and records on a hospital chain, and where their state stands for proofs.

use crate::{
    BlockNumber, ConsentId, Ed25519Signature, Entry, Epoch, PatientBundle, RecordId, Sequence,
    Wraps,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::{ConstU32, H256};
use sp_io::hashing::{twox_128, twox_64};
use sp_runtime::BoundedVec;

/// Bytes of a chunk at most: 1 MiB. Larger ciphertexts are cut.
pub const MAX_CHUNK_BYTES: u32 = 1024 * 1024;
/// Chunks of a record at most: 64 MiB of ciphertext.
pub const MAX_CHUNKS: u32 = 64;

/// Hashes of a record's chunks (BLAKE2b-256), in order.
pub type ChunkHashes = BoundedVec<H256, ConstU32<MAX_CHUNKS>>;

/// What a patient agrees to: that this hospital stores and indexes records filed in these months.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct ConsentTerms {
    /// The patient's account on this hospital's chain.
    pub patient: [u8; 32],
    /// First month covered.
    pub from: Epoch,
    /// Last month covered.
    pub until: Epoch,
    /// Makes consents with equal terms differ.
    pub salt: [u8; 32],
}

/// A consent as the hospital chain keeps it.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Consent {
    /// What was agreed.
    pub terms: ConsentTerms,
    /// The patient's signature over [`crate::messages::consent_message`].
    pub signature: Ed25519Signature,
    /// Whether the patient has withdrawn it.
    pub withdrawn: bool,
}

/// A patient as the hospital chain keeps one.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Patient {
    /// Public keys, with proofs of possession, signed by the patient's account.
    pub bundle: PatientBundle,
    /// Block of the enrolment.
    pub enrolled_at: BlockNumber,
}

/// What is stored of a record besides its chunks. Stands in the block body.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Record {
    /// The index entry, the same that the consortium registers.
    pub entry: Entry,
    /// Wrapped data keys, one for each slot.
    pub wraps: Wraps,
    /// Chunks of the ciphertext, in order.
    pub chunks: ChunkHashes,
    /// The patient's account on this chain.
    pub patient: [u8; 32],
    /// The consent that covers it.
    pub consent: ConsentId,
}

/// Where a record stands.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct RecordLocation {
    /// The patient's account on this chain.
    pub patient: [u8; 32],
    /// Block whose body has the record.
    pub block: BlockNumber,
    /// Extrinsic of that block.
    pub extrinsic: u32,
    /// Entry block in the chain's sequence.
    pub sequence: Sequence,
    /// Position among the block's entries.
    pub leaf: u32,
}

/// A record found in a block's body, with its identifier.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct StoredRecord {
    /// Identifier.
    pub rid: RecordId,
    /// Position among the block's entries.
    pub leaf: u32,
    /// What was stored.
    pub record: Record,
}

/// Storage of `pallet-phi-records` that consortium members verify by proof: names and key.
pub mod entry_block_storage {
    use super::*;

    /// The pallet's name in every hospital runtime.
    pub const PALLET: &str = "PhiRecords";
    /// The map's name: `StorageMap<Twox64Concat, Sequence, EntryBlock>`.
    pub const MAP: &str = "EntryBlocks";

    /// Full storage key of the entry block at `sequence`.
    pub fn key(sequence: Sequence) -> Vec<u8> {
        let encoded = sequence.encode();
        let mut key = Vec::with_capacity(44);
        key.extend_from_slice(&twox_128(PALLET.as_bytes()));
        key.extend_from_slice(&twox_128(MAP.as_bytes()));
        key.extend_from_slice(&twox_64(&encoded));
        key.extend_from_slice(&encoded);
        key
    }
}
