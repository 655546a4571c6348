// SPDX-License-Identifier: Apache-2.0

//! A patient's public bundle: the keys that a hospital registers, with proofs of possession.
//!
//! See section 2 of the protocol.

use crate::{
    backend::G1Arithmetic,
    domain,
    ed25519::{self, AccountKey, SignatureError},
    hash::blake2b_256_parts,
    points::{G1Bytes, G1Point, PointError},
    scalar::Scalar,
    schnorr::{ProofError, SchnorrProof},
    x25519::X25519Public,
    ChainId, HospitalId,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use rand_core::{CryptoRng, RngCore};
use scale_info::TypeInfo;

/// The reasons for which a bundle is refused.
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
    /// `A_s` is not a valid point.
    InvalidSearchKey(PointError),
    /// `A_o` is not a valid point.
    InvalidOpenKey(PointError),
    /// `A_s` and `A_o` are equal; every right to find would then be a right to read.
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

/// A patient's public keys for one hospital, signed by the patient's account.
///
/// A bundle has 384 bytes. A value of this type is not checked yet.
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

/// A bundle with valid points, proofs and signature for one chain and hospital.
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

/// The keys that a bundle publishes and whose possession it proves.
pub(crate) struct BundleKeys<'a> {
    /// `a_s` and `A_s`.
    pub(crate) search: (&'a Scalar, &'a G1Point),
    /// `a_o` and `A_o`.
    pub(crate) open: (&'a Scalar, &'a G1Point),
    /// `X`.
    pub(crate) x25519: X25519Public,
    /// The account at the hospital of the bundle.
    pub(crate) account: &'a AccountKey,
}

impl PatientBundle {
    pub(crate) fn create<R: RngCore + CryptoRng + ?Sized>(
        keys: &BundleKeys<'_>,
        chain: &ChainId,
        hospital: &HospitalId,
        rng: &mut R,
    ) -> Self {
        let (search_secret, search) = keys.search;
        let (open_secret, open) = keys.open;
        let mut bundle = Self {
            search: search.to_bytes(),
            open: open.to_bytes(),
            x25519: keys.x25519.0,
            account: keys.account.public(),
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
            search_secret,
            search,
            &context,
            rng,
        );
        bundle.open_proof =
            SchnorrProof::prove(domain::BUNDLE_POP_OPEN, open_secret, open, &context, rng);
        bundle.signature = keys.account.sign(&bundle.signed_message(&hash));
        bundle
    }

    /// `H(BSPP-V02-BUNDLE ‖ chain ‖ hospital ‖ A_s ‖ A_o ‖ X ‖ account)`.
    ///
    /// It covers keys and no proofs, so that a restored seed gives it again.
    pub fn hash(&self, chain: &ChainId, hospital: &HospitalId) -> [u8; 32] {
        keys_hash(
            chain,
            hospital,
            &self.search,
            &self.open,
            &X25519Public(self.x25519),
            &self.account,
        )
    }

    /// `BSPP-V02-SIGN-BUNDLE ‖ hash ‖ search proof ‖ open proof`.
    fn signed_message(&self, hash: &[u8; 32]) -> Vec<u8> {
        let mut message = domain::BUNDLE_SIGN.to_vec();
        message.extend_from_slice(hash);
        for proof in [&self.search_proof, &self.open_proof] {
            message.extend_from_slice(&proof.commitment.0);
            message.extend_from_slice(&proof.response);
        }
        message
    }

    /// Checks points, proofs and signature with plain arkworks.
    pub fn verify(
        &self,
        chain: &ChainId,
        hospital: &HospitalId,
    ) -> Result<ValidBundle, BundleError> {
        self.verify_with::<crate::DefaultG1>(chain, hospital)
    }

    /// Checks points, proofs and signature with the given arithmetic of G1.
    pub fn verify_with<G: G1Arithmetic>(
        &self,
        chain: &ChainId,
        hospital: &HospitalId,
    ) -> Result<ValidBundle, BundleError> {
        if self.search == self.open {
            return Err(BundleError::EqualKeys);
        }
        // The signature is checked first: it is cheap, and strangers cannot cause the expensive
        // checks.
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

/// `H(BSPP-V02-BUNDLE ‖ chain ‖ hospital ‖ A_s ‖ A_o ‖ X ‖ account)`.
pub(crate) fn keys_hash(
    chain: &ChainId,
    hospital: &HospitalId,
    search: &G1Bytes,
    open: &G1Bytes,
    x25519: &X25519Public,
    account: &[u8; 32],
) -> [u8; 32] {
    blake2b_256_parts(&[
        domain::BUNDLE,
        chain,
        hospital,
        &search.0,
        &open.0,
        &x25519.0,
        account,
    ])
}

fn proof_context(hash: &[u8; 32], chain: &ChainId) -> [u8; 64] {
    let mut context = [0u8; 64];
    let (left, right) = context.split_at_mut(32);
    left.copy_from_slice(hash);
    right.copy_from_slice(chain);
    context
}
