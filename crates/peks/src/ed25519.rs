// SPDX-License-Identifier: Apache-2.0

//! Ed25519 (RFC 8032) with strict verification: account keys and match keys.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use rand_core::{CryptoRng, RngCore};
use scale_info::TypeInfo;
use zeroize::Zeroizing;

/// The reasons for which a signature is refused.
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
pub enum SignatureError {
    /// The key is not a point, not canonically encoded, or of small order.
    InvalidKey,
    /// The signature does not fit the key and the message, or it is malleable.
    InvalidSignature,
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidKey => "the Ed25519 key is invalid",
            Self::InvalidSignature => "the Ed25519 signature is invalid",
        })
    }
}

impl core::error::Error for SignatureError {}

/// Checks that bytes are a usable key.
///
/// A usable key is a point, canonically encoded, and not of small order.
pub fn check_public(public: &[u8; 32]) -> Result<(), SignatureError> {
    strict_key(public).map(|_| ())
}

fn strict_key(public: &[u8; 32]) -> Result<VerifyingKey, SignatureError> {
    let key = VerifyingKey::from_bytes(public).map_err(|_| SignatureError::InvalidKey)?;
    // dalek accepts y ≥ p and a sign bit on x = 0. A second encoding reveals both.
    if key.is_weak() || key.to_edwards().compress().as_bytes() != public {
        return Err(SignatureError::InvalidKey);
    }
    Ok(key)
}

/// Verifies a signature.
///
/// Refuses small-order and non-canonical keys, a small-order `R` and an unreduced `S`. It uses the
/// equation without cofactor, so that all verifiers agree.
pub fn verify_strict(
    public: &[u8; 32],
    message: &[u8],
    signature: &[u8; 64],
) -> Result<(), SignatureError> {
    strict_key(public)?
        .verify_strict(message, &Signature::from_bytes(signature))
        .map_err(|_| SignatureError::InvalidSignature)
}

/// An Ed25519 secret key. Erased when dropped; its `Debug` prints nothing.
#[derive(Clone)]
pub struct Ed25519Secret(SigningKey);

/// A patient's account at one hospital.
pub type AccountKey = Ed25519Secret;

/// The key of one slot. A searcher that can derive it has found the slot.
pub type MatchKey = Ed25519Secret;

impl Ed25519Secret {
    /// The key that follows from a 32-byte seed (RFC 8032 section 5.1.5).
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// A fresh key.
    pub fn generate<R: RngCore + CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut seed = Zeroizing::new([0u8; 32]);
        rng.fill_bytes(seed.as_mut_slice());
        Self::from_seed(&seed)
    }

    /// The seed, for storage in an encrypted file.
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public key.
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// Signs a message.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for Ed25519Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ed25519Secret")
    }
}
