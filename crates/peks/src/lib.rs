// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(unsafe_code, missing_docs)]
#![deny(clippy::unwrap_used, clippy::expect_used)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

extern crate alloc;

pub mod backend;
pub mod batch;
pub mod bundle;
pub mod dispute;
pub mod domain;
pub mod ed25519;
pub mod gt;
pub mod hash;
pub mod keys;
pub mod label;
pub mod match_proof;
pub mod points;
pub mod record_id;
mod residue;
pub mod scalar;
pub mod schnorr;
pub mod search;
pub mod share;
pub mod tag;
pub mod trapdoor;
pub mod x25519;

#[cfg(feature = "blst")]
pub use backend::BlstBackend;
#[cfg(feature = "std")]
pub use backend::Counting;
pub use backend::{
    ArkBackend, ArkG1, ArkPairing, DefaultBackend, DefaultG1, G1Arithmetic, PairingBackend,
};
pub use batch::{encryptor_id, BatchError, BatchHeader, BatchPatient, OpenBatch, ValidBatch};
pub use bundle::{BundleError, PatientBundle, ValidBundle};
pub use dispute::{OpeningError, OpeningProof, OpeningRole, OpeningStatement, OPENING_PROOF_LEN};
pub use ed25519::{verify_strict, AccountKey, Ed25519Secret, MatchKey, SignatureError};
pub use gt::{GtBytes, GT_LEN};
pub use hash::{blake2b_256, blake2b_256_parts, put_lp};
pub use keys::{PatientKeys, Seed};
pub use label::{label_point, Context, Kappa, Keyword, KeywordLabel, LabelScope, MonthLabel};
pub use match_proof::MatchStatement;
pub use points::{G1Bytes, G1Point, G2Bytes, G2Point, PointError, G1_LEN, G2_LEN};
pub use record_id::{key_commitment, record_core, rid, seal, slots_hash, wraps_hash};
pub use scalar::Scalar;
pub use schnorr::{ProofError, SchnorrProof};
pub use search::{
    search, search_batch, BatchOutcome, BatchPoint, Hit, Match, Search, SearchSummary, TagIndex,
};
pub use share::HospitalShare;
pub use tag::{counter_allowed, LabelOpening, OpenSecret, SearchSecret, GAP};
pub use trapdoor::{OpenTrapdoor, SearchTrapdoor};
pub use x25519::{X25519Error, X25519Public, X25519Secret};

/// A hospital's id on the consortium chain. It never changes.
pub type HospitalId = [u8; 32];
/// Genesis hash of the consortium chain.
pub type ChainId = [u8; 32];
/// The filing month: the number of months since January 1970, UTC.
pub type FilingMonth = u16;
/// The hash that names a batch.
pub type BatchId = [u8; 32];
/// The version of the labels of a patient at a hospital: from 0, raised by a revocation.
pub type LabelVersion = u32;
/// The hash of a record without its share and wraps.
pub type RecordCore = [u8; 32];
/// The hash that names a record.
pub type Rid = [u8; 32];
/// The value that a search looks up: 16 pseudo-random bytes.
pub type Tag = [u8; 16];
