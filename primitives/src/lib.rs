// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(not(feature = "std"), no_std)]
#![doc = include_str!("../README.md")]

extern crate alloc;

pub mod apis;
pub mod conformance;
pub mod consortium;
pub mod entry;
pub mod epoch;
pub mod hospital;
pub mod merkle;
pub mod messages;
pub mod opaque;
pub mod search;
pub mod traits;

pub use bspp_peks::{BatchHeader, PatientBundle};
pub use conformance::{
    Attestation, AttestationKind, BlockAttestation, ConformanceId, ContentDigest, Evidence, Gate,
    Shortfall, StandingFault, SuspensionReason, Verdict,
};
pub use consortium::*;
pub use entry::*;
pub use epoch::*;
pub use hospital::*;
pub use merkle::*;
pub use opaque::*;
pub use search::*;

pub use sp_core::H256;

/// A hospital's identifier. 32 bytes, chosen at registration; never changes.
pub type HospitalId = H256;
/// Identifier of a batch: `BatchHeader::id`.
pub type BatchId = H256;
/// Identifier of a record: protocol section 6, `rid`.
pub type RecordId = H256;
/// Identifier of a request: BLAKE2b-256 of the one-time grant key `G`.
pub type RequestId = H256;
/// Identifier of a consent: hash of what the patient signed.
pub type ConsentId = H256;
/// Position of an entry block in its hospital chain's unbroken sequence, from 0.
pub type Sequence = u32;
/// Milliseconds since 1970-01-01 UTC, as `pallet-timestamp` counts.
pub type Moment = u64;
/// An X25519 public key.
pub type X25519Key = [u8; 32];
/// An Ed25519 public key.
pub type Ed25519Key = [u8; 32];
/// An Ed25519 signature.
pub type Ed25519Signature = [u8; 64];
