// SPDX-License-Identifier: Apache-2.0

//! Elements of the target group as canonical bytes.

use ark_bls12_381::{Fq, Fq12};
use ark_ff::{AdditiveGroup, BigInt, Field, PrimeField};
use core::fmt;
use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Length of an encoded element of GT.
pub const GT_LEN: usize = 576;

/// `gt(K)` of protocol section 1: an element of GT as 576 bytes.
///
/// The bytes are the twelve Fp coefficients in tower order (c0.c0.c0, c0.c0.c1, c0.c1.c0, …), each
/// with 48 bytes, big-endian.
///
/// The value is a shared secret: it is erased when dropped and compared in constant time, and its
/// `Debug` prints nothing.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct GtBytes([u8; GT_LEN]);

impl GtBytes {
    /// Writes twelve coefficients, each given as six 64-bit limbs.
    ///
    /// The least significant limb comes first. The limbs are not in Montgomery form.
    pub(crate) fn from_limbs<'a>(coefficients: impl Iterator<Item = &'a [u64; 6]>) -> Self {
        let mut out = Self([0u8; GT_LEN]);
        for (chunk, limbs) in out.0.chunks_exact_mut(48).zip(coefficients) {
            for (bytes, limb) in chunk.chunks_exact_mut(8).zip(limbs.iter().rev()) {
                bytes.copy_from_slice(&limb.to_be_bytes());
            }
        }
        out
    }

    pub(crate) fn from_ark(value: &Fq12) -> Self {
        let limb = |x: &Fq| x.into_bigint().0;
        let mut limbs = [[0u64; 6]; 12];
        let coefficients = [&value.c0, &value.c1]
            .into_iter()
            .flat_map(|c| [c.c0, c.c1, c.c2])
            .flat_map(|c| [c.c0, c.c1]);
        for (out, coefficient) in limbs.iter_mut().zip(coefficients) {
            *out = limb(&coefficient);
        }
        let out = Self::from_limbs(limbs.iter());
        limbs.zeroize();
        out
    }

    /// Reads an encoding; `None` if a coefficient is not below p.
    ///
    /// The element may be outside GT, or zero: the caller checks its order.
    pub(crate) fn decode(bytes: &[u8; GT_LEN]) -> Option<Fq12> {
        let mut coefficients = [Fq::ZERO; 12];
        for (out, chunk) in coefficients.iter_mut().zip(bytes.chunks_exact(48)) {
            let mut limbs = [0u64; 6];
            for (limb, bytes) in limbs.iter_mut().rev().zip(chunk.chunks_exact(8)) {
                *limb = u64::from_be_bytes(bytes.try_into().ok()?);
            }
            *out = Fq::from_bigint(BigInt::new(limbs))?;
        }
        Fq12::from_base_prime_field_elems(coefficients)
    }

    /// The canonical bytes.
    pub fn as_bytes(&self) -> &[u8; GT_LEN] {
        &self.0
    }
}

impl ConstantTimeEq for GtBytes {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl PartialEq for GtBytes {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl Eq for GtBytes {}

impl fmt::Debug for GtBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GtBytes")
    }
}
