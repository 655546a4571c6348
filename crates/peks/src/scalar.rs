// SPDX-License-Identifier: Apache-2.0

//! Secret scalars modulo q, the order of G1 and G2.
//!
//! Their arithmetic is constant-time with `blst`.

use crate::{
    hash::{expand, extract},
    residue::{fr_to_le, mul_add, reduce},
};
use ark_bls12_381::Fr;
use core::fmt;
use rand_core::{CryptoRng, RngCore};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A secret scalar, never zero. Erased when dropped; its `Debug` prints nothing.
///
/// It holds 32 bytes, little-endian, below q.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Scalar([u8; 32]);

impl Scalar {
    /// Reduces 64 uniform bytes, read as a little-endian integer, modulo q.
    ///
    /// The bias is below 2^-256. Zero, whose probability is negligible, becomes one.
    pub fn from_wide(bytes: &[u8; 64]) -> Self {
        Self(reduce(bytes))
    }

    /// A fresh scalar.
    pub fn random<R: RngCore + CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut wide = Zeroizing::new([0u8; 64]);
        rng.fill_bytes(wide.as_mut_slice());
        Self::from_wide(&wide)
    }

    /// HKDF of `ikm` with `salt` and `info`: 64 bytes, reduced modulo q.
    pub(crate) fn derive(salt: &[u8], ikm: &[u8], info: &[&[u8]]) -> Self {
        Self::from_wide(&expand::<64>(&extract(salt, ikm), info))
    }

    /// The 32 bytes of the scalar, little-endian.
    pub fn to_le_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0)
    }

    /// The 32 bytes of the scalar, borrowed.
    pub(crate) fn as_le_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// `self + challenge · secret` modulo q, little-endian: the response of a proof.
    pub(crate) fn respond(&self, challenge: &Fr, secret: &Scalar) -> [u8; 32] {
        mul_add(&self.0, &fr_to_le(challenge), &secret.0)
    }
}

impl fmt::Debug for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scalar")
    }
}
