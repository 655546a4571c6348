// SPDX-License-Identifier: Apache-2.0
//! Proof of conformance (protocol section 9).
//!
//! The module has the attestation of a block's author, and the one check of it.
//! The runtime runs [`check_digest`] when a block begins, and the node runs it before it executes a
//! block. [`AttestationKind::admits`] tells which calls the block may carry. Both give the check the
//! same [`Gate`], which is a function of the parent's post-state and the
//! block's slot alone.

mod attestation;
mod calls;
mod challenge;
mod content;
mod digest;
mod engine;
mod evidence;
mod key;
mod lag;
mod refusal;
mod standing;
mod verdict;

pub use attestation::{attestation_message, Attestation, AttestationKind, BlockAttestation};
pub use calls::CallClass;
pub use challenge::{
    drawn_payload, storage_draw, storage_response, storage_seed, Challenge,
    STORAGE_INHERENT_IDENTIFIER,
};
pub use content::ContentDigest;
pub use digest::{attestation_of, check_digest, slot_of};
pub use engine::{AURA_ENGINE_ID, CONFORMANCE_ENGINE_ID};
pub use evidence::{evidence_commitment, Evidence, Shortfall};
#[cfg(feature = "std")]
pub use key::ConformancePair;
pub use key::{ConformanceId, ConformanceSignature, CONFORMANCE_KEY_TYPE};
pub use lag::{lag_limit, Expiry};
pub use refusal::Refusal;
pub use standing::{AuthorStanding, StandingFault, SuspensionReason};
pub use verdict::{Gate, Verdict};
