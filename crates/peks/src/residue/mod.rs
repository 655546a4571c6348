// SPDX-License-Identifier: Apache-2.0

//! Arithmetic modulo q on bytes: constant-time with `blst`, arkworks otherwise.

#[cfg(any(test, not(feature = "blst")))]
mod ark;
#[cfg(feature = "blst")]
mod blst;

#[cfg(not(feature = "blst"))]
pub(crate) use self::ark::{mul_add, reduce};
#[cfg(feature = "blst")]
pub(crate) use self::blst::{mul_add, reduce};

use ark_bls12_381::Fr;
use ark_ff::PrimeField;
use zeroize::Zeroize;

/// The 32 bytes of a residue, little-endian.
pub(crate) fn fr_to_le(value: &Fr) -> [u8; 32] {
    let mut out = [0u8; 32];
    let mut bigint = value.into_bigint();
    for (chunk, limb) in out.chunks_exact_mut(8).zip(bigint.as_ref()) {
        chunk.copy_from_slice(&limb.to_le_bytes());
    }
    bigint.zeroize();
    out
}

/// Reads a scalar; `None` if it is not below q.
pub(crate) fn fr_from_le(bytes: &[u8; 32]) -> Option<Fr> {
    let mut limbs = [0u64; 4];
    for (limb, chunk) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
        *limb = u64::from_le_bytes(chunk.try_into().ok()?);
    }
    Fr::from_bigint(ark_ff::BigInt::new(limbs))
}

#[cfg(all(test, feature = "blst"))]
mod tests {
    use super::{ark, blst};
    use proptest::prelude::*;

    const Q: [u8; 32] = [
        0x01, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xfe, 0x5b, 0xfe, 0xff, 0x02, 0xa4, 0xbd, 0x53,
        0x05, 0xd8, 0xa1, 0x09, 0x08, 0xd8, 0x39, 0x33, 0x48, 0x7d, 0x9d, 0x29, 0x53, 0xa7, 0xed,
        0x73,
    ];

    fn agree(wides: [[u8; 64]; 3]) {
        let [a, b, c] = wides.map(|wide| {
            let reduced = blst::reduce(&wide);
            assert_eq!(reduced, ark::reduce(&wide));
            assert_ne!(reduced, [0; 32]);
            reduced
        });
        // A challenge may be zero.
        for b in [b, [0; 32]] {
            assert_eq!(blst::mul_add(&a, &b, &c), ark::mul_add(&a, &b, &c));
        }
    }

    fn wide(low: &[u8; 32], high: &[u8; 32]) -> [u8; 64] {
        let mut out = [0; 64];
        out[..32].copy_from_slice(low);
        out[32..].copy_from_slice(high);
        out
    }

    #[test]
    fn scalars_should_agree_at_the_edges() {
        let (mut less, mut more) = (Q, Q);
        less[0] -= 1;
        more[0] += 1;
        let halves = [[0; 32], Q, less, more, [0xff; 32]];
        for low in &halves {
            for high in &halves {
                agree([wide(low, high), wide(high, low), wide(&less, &[0; 32])]);
            }
        }
    }

    proptest! {
        #[test]
        fn scalars_should_agree(halves: [[u8; 32]; 6]) {
            let [a, b, c, d, e, f] = &halves;
            agree([wide(a, b), wide(c, d), wide(e, f)]);
        }
    }
}
