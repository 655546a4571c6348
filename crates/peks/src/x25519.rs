// SPDX-License-Identifier: Apache-2.0

//! X25519 (RFC 7748). All-zero results are refused.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use rand_core::{CryptoRng, RngCore};
use scale_info::TypeInfo;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

/// The reasons for which a key agreement is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum X25519Error {
    /// The key of the other party has small order: the shared secret would be zero.
    SmallOrder,
}

impl fmt::Display for X25519Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the X25519 key has small order")
    }
}

impl core::error::Error for X25519Error {}

/// An X25519 public key.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Debug,
    Encode,
    Decode,
    DecodeWithMemTracking,
    TypeInfo,
    MaxEncodedLen,
)]
pub struct X25519Public(pub [u8; 32]);

impl X25519Public {
    /// Whether a key agreement with this key would give zero.
    ///
    /// Every place that registers a key refuses such a key.
    pub fn is_small_order(&self) -> bool {
        // Any clamped scalar is a multiple of 8, so its product with a small-order point is zero.
        X25519Secret::from_bytes([1; 32]).agree(self).is_err()
    }
}

impl From<[u8; 32]> for X25519Public {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

/// An X25519 secret key. Erased when dropped; its `Debug` prints nothing.
#[derive(Clone)]
pub struct X25519Secret(StaticSecret);

impl X25519Secret {
    /// Makes a key from 32 uniform bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(StaticSecret::from(bytes))
    }

    /// A fresh key.
    pub fn generate<R: RngCore + CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut bytes = Zeroizing::new([0u8; 32]);
        rng.fill_bytes(bytes.as_mut_slice());
        Self::from_bytes(*bytes)
    }

    /// The secret bytes, for storage in an encrypted file.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public key.
    pub fn public(&self) -> X25519Public {
        X25519Public(PublicKey::from(&self.0).to_bytes())
    }

    /// The shared secret, or an error if it would be zero (RFC 7748 section 6.1).
    pub fn agree(&self, other: &X25519Public) -> Result<Zeroizing<[u8; 32]>, X25519Error> {
        let shared = self.0.diffie_hellman(&PublicKey::from(other.0));
        if !shared.was_contributory() {
            return Err(X25519Error::SmallOrder);
        }
        Ok(Zeroizing::new(shared.to_bytes()))
    }
}

impl fmt::Debug for X25519Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("X25519Secret")
    }
}
