// SPDX-License-Identifier: Apache-2.0

//! arkworks: portable. Its time depends on its inputs.

use super::{fr_from_le, fr_to_le};
use ark_bls12_381::Fr;
use ark_ff::{One, PrimeField, Zero};
use zeroize::Zeroize;

/// 64 bytes modulo q, all little-endian; one instead of zero.
pub(crate) fn reduce(wide: &[u8; 64]) -> [u8; 32] {
    let mut value = Fr::from_le_bytes_mod_order(wide);
    let out = fr_to_le(&if value.is_zero() { Fr::one() } else { value });
    value.zeroize();
    out
}

/// `a + b·c` modulo q, all little-endian and below q.
pub(crate) fn mul_add(a: &[u8; 32], b: &[u8; 32], c: &[u8; 32]) -> [u8; 32] {
    let read = |bytes| fr_from_le(bytes).unwrap_or_default();
    fr_to_le(&(read(a) + read(b) * read(c)))
}
