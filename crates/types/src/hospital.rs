// SPDX-License-Identifier: Apache-2.0
//! Patients, consents and records on a hospital chain.

use crate::{
    BlockNumber, ConsentId, Ed25519Signature, Entry, FilingMonth, RecordId, Sequence, Wraps, H256,
};
use bounded_collections::{BoundedVec, ConstU32};
use bspp_peks::PatientBundle;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Maximum size of a chunk: 1 MiB. Larger ciphertexts are split.
pub const MAX_CHUNK_BYTES: u32 = 1024 * 1024;
/// Maximum number of chunks of a record: 64 MiB of ciphertext.
pub const MAX_CHUNKS: u32 = 64;

/// Hashes of a record's chunks (BLAKE2b-256), in order.
pub type ChunkHashes = BoundedVec<H256, ConstU32<MAX_CHUNKS>>;

/// Terms of a consent: the hospital may store and index records of these filing months.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct ConsentTerms {
    /// The patient's account on this hospital's chain.
    pub patient: [u8; 32],
    /// First month that it covers.
    pub from: FilingMonth,
    /// Last month that it covers.
    pub until: FilingMonth,
    /// A salt, which makes consents with equal terms differ.
    pub salt: [u8; 32],
}

/// A consent as the hospital chain keeps it.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Consent {
    /// The agreed terms.
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

/// A record without its chunks, as it is in the block body.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Record {
    /// The index entry, which the consortium registers too.
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

/// Location of a record.
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
    /// The block whose body contains the record.
    pub block: BlockNumber,
    /// Extrinsic of that block.
    pub extrinsic: u32,
    /// Sequence number of the entry block.
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
    /// The stored record.
    pub record: Record,
}
