// SPDX-License-Identifier: Apache-2.0

//! blst: native, fast, and constant-time on secrets.
//!
//! Only this module and the arithmetic of scalars have `unsafe`, for calls into C. arkworks and blst
//! both store field elements as six 64-bit limbs in Montgomery form with R = 2^384, so points need no
//! conversion between them.
#![allow(unsafe_code)]

use super::PairingBackend;
use crate::{
    gt::GtBytes,
    points::{G1Point, G2Point},
    scalar::Scalar,
};
use alloc::{boxed::Box, vec};
use ark_bls12_381::{Fq, Fq2, G1Affine, G2Affine};
use ark_ff::BigInt;
use blst::{
    blst_final_exp, blst_fp, blst_fp12, blst_fp2, blst_fp6, blst_hash_to_g2, blst_miller_loop,
    blst_miller_loop_lines, blst_p1, blst_p1_affine, blst_p1_from_affine, blst_p1_mult,
    blst_p1_to_affine, blst_p2, blst_p2_add_or_double, blst_p2_affine, blst_p2_from_affine,
    blst_p2_is_inf, blst_p2_mult, blst_p2_to_affine, blst_precompute_lines, blst_uint64_from_fp,
};
use zeroize::Zeroize;

/// The number of lines of the Miller loop of one point of G2.
///
/// The loop is `blst_precompute_lines` of `blst.h`.
const LINES: usize = 68;
/// The number of bits of q.
const SCALAR_BITS: usize = 255;
/// The number of bits of a factor of a sum.
const FACTOR_BITS: usize = 128;

/// Native blst.
#[derive(Clone, Copy, Debug)]
pub struct BlstBackend;

/// The lines of a Miller loop, erased when dropped.
pub struct BlstPrepared(Box<[blst_fp6]>);

impl Drop for BlstPrepared {
    fn drop(&mut self) {
        self.0.iter_mut().for_each(wipe_fp6);
    }
}

fn wipe_fp6(value: &mut blst_fp6) {
    for fp2 in &mut value.fp2 {
        for fp in &mut fp2.fp {
            fp.l.zeroize();
        }
    }
}

fn fp(value: &Fq) -> blst_fp {
    blst_fp { l: value.0 .0 }
}

fn fp2(value: &Fq2) -> blst_fp2 {
    blst_fp2 {
        fp: [fp(&value.c0), fp(&value.c1)],
    }
}

fn fq(value: &blst_fp) -> Fq {
    Fq::new_unchecked(BigInt(value.l))
}

fn fq2(value: &blst_fp2) -> Fq2 {
    Fq2::new(fq(&value.fp[0]), fq(&value.fp[1]))
}

fn p1(point: &G1Point) -> blst_p1_affine {
    blst_p1_affine {
        x: fp(&point.affine().x),
        y: fp(&point.affine().y),
    }
}

fn p2(point: &G2Point) -> blst_p2_affine {
    blst_p2_affine {
        x: fp2(&point.affine().x),
        y: fp2(&point.affine().y),
    }
}

// blst writes the identity as (0, 0), as arkworks does. The identity cannot occur here: the inputs
// are validated points, nonzero scalars and hashes. The fallbacks keep the functions total.
fn to_g1(point: &blst_p1) -> G1Point {
    let mut affine = blst_p1_affine::default();
    // SAFETY: both pointers are to live, initialised values of the right types for the whole call.
    unsafe { blst_p1_to_affine(&mut affine, point) };
    G1Point::from_affine(G1Affine::new_unchecked(fq(&affine.x), fq(&affine.y)))
        .unwrap_or_else(G1Point::generator)
}

fn to_g2(point: &blst_p2) -> G2Point {
    g2_or_identity(point).unwrap_or_else(G2Point::generator)
}

/// `None` for the identity.
fn g2_or_identity(point: &blst_p2) -> Option<G2Point> {
    // SAFETY: the pointer is to a live, initialised value.
    if unsafe { blst_p2_is_inf(point) } {
        return None;
    }
    let mut affine = blst_p2_affine::default();
    // SAFETY: both pointers are to live, initialised values of the right types for the whole call.
    unsafe { blst_p2_to_affine(&mut affine, point) };
    G2Point::from_affine(G2Affine::new_unchecked(fq2(&affine.x), fq2(&affine.y)))
}

fn finish(miller: &mut blst_fp12) -> GtBytes {
    let mut value = blst_fp12::default();
    // SAFETY: both pointers are to live, initialised values of the right type for the whole call.
    unsafe { blst_final_exp(&mut value, miller) };
    let mut limbs = [[0u64; 6]; 12];
    let coefficients = value
        .fp6
        .iter()
        .flat_map(|fp6| &fp6.fp2)
        .flat_map(|fp2| &fp2.fp);
    for (out, coefficient) in limbs.iter_mut().zip(coefficients) {
        // SAFETY: the function writes exactly six 64-bit limbs, and `out` is an array of six.
        unsafe { blst_uint64_from_fp(out.as_mut_ptr(), coefficient) };
    }
    let out = GtBytes::from_limbs(limbs.iter());
    limbs.zeroize();
    miller
        .fp6
        .iter_mut()
        .chain(&mut value.fp6)
        .for_each(wipe_fp6);
    out
}

impl PairingBackend for BlstBackend {
    type Prepared = BlstPrepared;

    fn hash_to_g2(dst: &[u8], msg: &[u8]) -> G2Point {
        let mut out = blst_p2::default();
        // SAFETY: the slices give valid pointers with their own lengths; an empty augmentation may
        // be null.
        unsafe {
            blst_hash_to_g2(
                &mut out,
                msg.as_ptr(),
                msg.len(),
                dst.as_ptr(),
                dst.len(),
                core::ptr::null(),
                0,
            )
        };
        to_g2(&out)
    }

    fn pairing(p: &G1Point, q: &G2Point) -> GtBytes {
        let mut miller = blst_fp12::default();
        // SAFETY: all pointers are to live, initialised values of the right types for the whole
        // call.
        unsafe { blst_miller_loop(&mut miller, &p2(q), &p1(p)) };
        finish(&mut miller)
    }

    fn prepare(q: &G2Point) -> BlstPrepared {
        let mut lines = vec![blst_fp6::default(); LINES].into_boxed_slice();
        // SAFETY: `lines` has room for the 68 elements that the function writes.
        unsafe { blst_precompute_lines(lines.as_mut_ptr(), &p2(q)) };
        BlstPrepared(lines)
    }

    fn pairing_prepared(p: &G1Point, q: &BlstPrepared) -> GtBytes {
        let mut miller = blst_fp12::default();
        // SAFETY: `q` holds the 68 lines that `prepare` wrote; the other pointers are to live
        // values of the right types.
        unsafe { blst_miller_loop_lines(&mut miller, q.0.as_ptr(), &p1(p)) };
        finish(&mut miller)
    }

    fn g1_mul(point: &G1Point, scalar: &Scalar) -> G1Point {
        let (mut base, mut out) = (blst_p1::default(), blst_p1::default());
        // SAFETY: all pointers are to live, initialised values; the scalar has 32 bytes, and the
        // call reads 255 bits of it.
        unsafe {
            blst_p1_from_affine(&mut base, &p1(point));
            blst_p1_mult(&mut out, &base, scalar.as_le_bytes().as_ptr(), SCALAR_BITS);
        }
        to_g1(&out)
    }

    fn g2_mul(point: &G2Point, scalar: &Scalar) -> G2Point {
        let (mut base, mut out) = (blst_p2::default(), blst_p2::default());
        // SAFETY: all pointers are to live, initialised values; the scalar has 32 bytes, and the
        // call reads 255 bits of it.
        unsafe {
            blst_p2_from_affine(&mut base, &p2(point));
            blst_p2_mult(&mut out, &base, scalar.as_le_bytes().as_ptr(), SCALAR_BITS);
        }
        to_g2(&out)
    }

    fn g2_sum(terms: &[(&G2Point, &[u8; 16])]) -> Option<G2Point> {
        let mut sum = blst_p2::default();
        for (point, factor) in terms {
            let mut base = blst_p2::default();
            let mut product = blst_p2::default();
            let before = sum;
            // SAFETY: all pointers are to live, initialised values; the factor has 16 bytes, and
            // the call reads 128 bits of it. The default of a point is the identity.
            unsafe {
                blst_p2_from_affine(&mut base, &p2(point));
                blst_p2_mult(&mut product, &base, factor.as_ptr(), FACTOR_BITS);
                blst_p2_add_or_double(&mut sum, &before, &product);
            }
        }
        g2_or_identity(&sum)
    }
}
