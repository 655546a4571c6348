// SPDX-License-Identifier: Apache-2.0
//! Verification of proofs in the runtime.
//!
//! `bspp-peks` verifies; host calls do the multiplications in G1.

use bspp_peks::{ArkG1, BatchHeader, PatientBundle};
use bspp_primitives::traits::{BatchVerifier, BundleVerifier};
use bspp_types::HospitalId;
use polkadot_sdk::sp_core::H256;
use sp_crypto_ec_utils::bls12_381::G1Config;

/// G1 with scalar multiplication by a host function.
///
/// The host does not validate points. The decoder validates them before any call.
pub type HostG1 = ArkG1<G1Config>;

/// Verifies batch headers.
pub struct HostBatchVerifier;

impl BatchVerifier for HostBatchVerifier {
    fn verify(header: &BatchHeader, chain: &H256) -> bool {
        header.verify_with::<HostG1>(&chain.0).is_ok()
    }
}

/// Verifies patients' bundles.
pub struct HostBundleVerifier;

impl BundleVerifier for HostBundleVerifier {
    fn verify(bundle: &PatientBundle, chain: &H256, hospital: &HospitalId) -> bool {
        bundle.verify_with::<HostG1>(&chain.0, &hospital.0).is_ok()
    }
}
