// SPDX-License-Identifier: Apache-2.0

//! A patient's public bundle: what a hospital registers, with proofs of possession (protocol section 2).

use crate::{
    backend::G1Arithmetic,
    domain,
    ed25519::{self, SignatureError},
    hash::blake2b_256_parts,
    keys::PatientKeys,
    points::{G1Bytes, G1Point, PointError},
    schnorr::{ProofError, SchnorrProof},
    x25519::X25519Public,
    ChainId, HospitalId,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use rand_core::{CryptoRng, RngCore};
use scale_info::TypeInfo;

/// Why a bundle is refused.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Debug,
    Encode,
    Decode,
    DecodeWithMemTracking,
    TypeInfo,
    MaxEncodedLen,
)]
pub enum BundleError {
    /// `A_s` is no valid point.
    InvalidSearchKey(PointError),
    /// `A_o` is no valid point.
    InvalidOpenKey(PointError),
    /// `A_s` and `A_o` are one key, which would turn every right to find into a right to read.
    EqualKeys,
    /// `X` has small order.
    InvalidX25519Key,
    /// The proof of possession of `a_s` fails.
    InvalidSearchProof(ProofError),
    /// The proof of possession of `a_o` fails.
    InvalidOpenProof(ProofError),
    /// The account's key or signature is invalid.
    InvalidSignature(SignatureError),
}

impl fmt::Display for BundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidSearchKey(error) => write!(f, "the search key is invalid: {error}"),
            Self::InvalidOpenKey(error) => write!(f, "the open key is invalid: {error}"),
            Self::EqualKeys => f.write_str("search key and open key are the same"),
            Self::InvalidX25519Key => f.write_str("the X25519 key has small order"),
            Self::InvalidSearchProof(error) => {
                write!(f, "possession of the search key is not proved: {error}")
            }
            Self::InvalidOpenProof(error) => {
                write!(f, "possession of the open key is not proved: {error}")
            }
            Self::InvalidSignature(error) => {
                write!(f, "the account did not sign the bundle: {error}")
            }
        }
    }
}

impl core::error::Error for BundleError {}

/// A patient's public keys for one hospital, signed whole by the account. 384 bytes; nothing about it is checked yet.
#[derive(
    Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen,
)]
pub struct PatientBundle {
    /// `A_s = a_s·g1`.
    pub search: G1Bytes,
    /// `A_o = a_o·g1`.
    pub open: G1Bytes,
    /// `X`.
    pub x25519: [u8; 32],
    /// Ed25519 key of the account at this hospital.
    pub account: [u8; 32],
    /// Proof of possession of `a_s`.
    pub search_proof: SchnorrProof,
    /// Proof of possession of `a_o`.
    pub open_proof: SchnorrProof,
    /// The account's signature.
    pub signature: [u8; 64],
}

/// A bundle whose points, proofs and signature hold for one chain and hospital.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ValidBundle {
    /// `A_s`.
    pub search: G1Point,
    /// `A_o`.
    pub open: G1Point,
    /// `X`.
    pub x25519: X25519Public,
    /// Ed25519 key of the account.
    pub account: [u8; 32],
    /// Hash of the bundle's keys, chain and hospital.
    pub hash: [u8; 32],
}

impl PatientBundle {
    pub(crate) fn create<R: RngCore + CryptoRng + ?Sized>(
        keys: &PatientKeys,
        chain: &ChainId,
        hospital: &HospitalId,
        rng: &mut R,
    ) -> Self {
        let account = keys.account(hospital);
        let mut bundle = Self {
            search: keys.search_public().to_bytes(),
            open: keys.open_public().to_bytes(),
            x25519: keys.x25519_public().0,
            account: account.public(),
            search_proof: SchnorrProof {
                commitment: G1Bytes([0; 48]),
                response: [0; 32],
            },
            open_proof: SchnorrProof {
                commitment: G1Bytes([0; 48]),
                response: [0; 32],
            },
            signature: [0; 64],
        };
        let hash = bundle.hash(chain, hospital);
        let context = proof_context(&hash, chain);
        bundle.search_proof = SchnorrProof::prove(
            domain::BUNDLE_POP_SEARCH,
            keys.search_scalar(),
            keys.search_public(),
            &context,
            rng,
        );
        bundle.open_proof = SchnorrProof::prove(
            domain::BUNDLE_POP_OPEN,
            keys.open_scalar(),
            keys.open_public(),
            &context,
            rng,
        );
        bundle.signature = account.sign(&bundle.signed_message(&hash));
        bundle
    }

    /// `H(BSPP-V01-BUNDLE ‖ chain ‖ hospital ‖ A_s ‖ A_o ‖ X ‖ account)`.
    pub fn hash(&self, chain: &ChainId, hospital: &HospitalId) -> [u8; 32] {
        blake2b_256_parts(&[
            domain::BUNDLE,
            chain,
            hospital,
            &self.search.0,
            &self.open.0,
            &self.x25519,
            &self.account,
        ])
    }

    /// `BSPP-V01-SIGN-BUNDLE ‖ hash ‖ search proof ‖ open proof`.
    fn signed_message(&self, hash: &[u8; 32]) -> Vec<u8> {
        let mut message = domain::BUNDLE_SIGN.to_vec();
        message.extend_from_slice(hash);
        for proof in [&self.search_proof, &self.open_proof] {
            message.extend_from_slice(&proof.commitment.0);
            message.extend_from_slice(&proof.response);
        }
        message
    }

    /// Checks everything with plain arkworks.
    pub fn verify(
        &self,
        chain: &ChainId,
        hospital: &HospitalId,
    ) -> Result<ValidBundle, BundleError> {
        self.verify_with::<crate::DefaultG1>(chain, hospital)
    }

    /// Checks everything with the given arithmetic of G1.
    pub fn verify_with<G: G1Arithmetic>(
        &self,
        chain: &ChainId,
        hospital: &HospitalId,
    ) -> Result<ValidBundle, BundleError> {
        if self.search == self.open {
            return Err(BundleError::EqualKeys);
        }
        // The signature first: it is cheap, and it keeps strangers from causing the rest.
        let hash = self.hash(chain, hospital);
        ed25519::verify_strict(&self.account, &self.signed_message(&hash), &self.signature)
            .map_err(BundleError::InvalidSignature)?;
        let search = G::decode(&self.search).map_err(BundleError::InvalidSearchKey)?;
        let open = G::decode(&self.open).map_err(BundleError::InvalidOpenKey)?;
        let x25519 = X25519Public(self.x25519);
        if x25519.is_small_order() {
            return Err(BundleError::InvalidX25519Key);
        }
        let context = proof_context(&hash, chain);
        self.search_proof
            .verify_with::<G>(domain::BUNDLE_POP_SEARCH, &search, &context)
            .map_err(BundleError::InvalidSearchProof)?;
        self.open_proof
            .verify_with::<G>(domain::BUNDLE_POP_OPEN, &open, &context)
            .map_err(BundleError::InvalidOpenProof)?;
        Ok(ValidBundle {
            search,
            open,
            x25519,
            account: self.account,
            hash,
        })
    }
}

fn proof_context(hash: &[u8; 32], chain: &ChainId) -> [u8; 64] {
    let mut context = [0u8; 64];
    let (left, right) = context.split_at_mut(32);
    left.copy_from_slice(hash);
    right.copy_from_slice(chain);
    context
}
