// SPDX-License-Identifier: Apache-2.0
#![cfg_attr(not(feature = "std"), no_std)]
#![doc = include_str!("../README.md")]

extern crate alloc;

#[cfg(feature = "std")]
pub mod advice;
pub mod apis;
pub mod conformance;
pub mod consortium_storage;
pub mod entry_commitment_storage;
pub mod genesis;
pub mod opaque;
pub mod quota;
pub mod refusal;
pub mod traits;

pub use conformance::{
    Attestation, AttestationKind, BlockAttestation, CallClass, ConformanceId, ContentDigest,
    Evidence, Gate, Shortfall, StandingFault, SuspensionReason, Verdict,
};
pub use opaque::*;
