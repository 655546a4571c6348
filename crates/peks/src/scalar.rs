// SPDX-License-Identifier: Apache-2.0

//! Secret scalars modulo q, the order of G1 and G2.

use crate::hash::{expand, extract};
use ark_bls12_381::Fr;
use ark_ff::{One, PrimeField, Zero};
use core::fmt;
use rand_core::{CryptoRng, RngCore};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A secret scalar, never zero. Erased when dropped; its `Debug` prints nothing.
#[derive(Clone)]
pub struct Scalar(Fr);

impl Scalar {
    /// Reduces 64 uniform bytes, read as a little-endian integer, modulo q.
    ///
    /// The bias is below 2^-256. Zero, whose probability is negligible, becomes one.
    pub fn from_wide(bytes: &[u8; 64]) -> Self {
        let value = Fr::from_le_bytes_mod_order(bytes);
        Self(if value.is_zero() { Fr::one() } else { value })
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
        Zeroizing::new(fr_to_le(&self.0))
    }

    pub(crate) fn fr(&self) -> &Fr {
        &self.0
    }
}

impl fmt::Debug for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scalar")
    }
}

impl Drop for Scalar {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl ZeroizeOnDrop for Scalar {}

pub(crate) fn fr_to_le(value: &Fr) -> [u8; 32] {
    let mut out = [0u8; 32];
    let mut bigint = value.into_bigint();
    for (chunk, limb) in out.chunks_exact_mut(8).zip(bigint.as_ref()) {
        chunk.copy_from_slice(&limb.to_le_bytes());
    }
    bigint.zeroize();
    out
}

/// Reads a public scalar; `None` if it is not below q.
pub(crate) fn fr_from_le(bytes: &[u8; 32]) -> Option<Fr> {
    let mut limbs = [0u64; 4];
    for (limb, chunk) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
        *limb = u64::from_le_bytes(chunk.try_into().ok()?);
    }
    Fr::from_bigint(ark_ff::BigInt::new(limbs))
}
