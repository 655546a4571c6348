// SPDX-License-Identifier: Apache-2.0
//! The session key that signs attestations.

use sp_core::crypto::KeyTypeId;

/// Type of the session key that signs attestations.
pub const CONFORMANCE_KEY_TYPE: KeyTypeId = KeyTypeId(*b"conf");

mod app {
    use sp_application_crypto::{app_crypto, sr25519};
    app_crypto!(sr25519, super::CONFORMANCE_KEY_TYPE);
}

/// Public key that verifies attestations (sr25519).
pub type ConformanceId = app::Public;
/// Signature of an attestation (sr25519).
pub type ConformanceSignature = app::Signature;
/// Key pair of an author.
#[cfg(feature = "std")]
pub type ConformancePair = app::Pair;
