// SPDX-License-Identifier: Apache-2.0

//! blst: constant-time.
#![allow(unsafe_code)]

use blst::{
    blst_lendian_from_scalar, blst_scalar, blst_scalar_from_le_bytes, blst_scalar_from_lendian,
    blst_sk_add_n_check, blst_sk_mul_n_check,
};
use zeroize::Zeroize;

fn read(bytes: &[u8; 32]) -> blst_scalar {
    let mut out = blst_scalar::default();
    // SAFETY: both pointers are to live values of 32 bytes.
    unsafe { blst_scalar_from_lendian(&mut out, bytes.as_ptr()) };
    out
}

fn write(value: &blst_scalar) -> [u8; 32] {
    let mut out = [0; 32];
    // SAFETY: both pointers are to live values of 32 bytes.
    unsafe { blst_lendian_from_scalar(out.as_mut_ptr(), value) };
    out
}

/// 64 bytes modulo q, all little-endian; one instead of zero.
pub(crate) fn reduce(wide: &[u8; 64]) -> [u8; 32] {
    let mut value = blst_scalar::default();
    // SAFETY: the pointers are to live values, and the length is that of the input.
    let nonzero = unsafe { blst_scalar_from_le_bytes(&mut value, wide.as_ptr(), wide.len()) };
    let mut out = write(&value);
    value.b.zeroize();
    // A zero has the last bit clear, so that this writes a one.
    out[0] |= u8::from(!nonzero);
    out
}

/// `a + b·c` modulo q, all little-endian and below q.
pub(crate) fn mul_add(a: &[u8; 32], b: &[u8; 32], c: &[u8; 32]) -> [u8; 32] {
    let (mut a, b, mut c) = (read(a), read(b), read(c));
    let (mut product, mut sum) = (blst_scalar::default(), blst_scalar::default());
    // SAFETY: all pointers are to live, initialised values. The results tell only whether the
    // outputs are zero, which is allowed here.
    unsafe {
        blst_sk_mul_n_check(&mut product, &b, &c);
        blst_sk_add_n_check(&mut sum, &a, &product);
    }
    for secret in [&mut a, &mut c, &mut product] {
        secret.b.zeroize();
    }
    write(&sum)
}
