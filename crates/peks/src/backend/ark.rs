// SPDX-License-Identifier: Apache-2.0

//! arkworks: portable and `no_std`. In a runtime it leads to the host functions.
//!
//! Its scalar multiplication takes time that depends on the scalar. Programs with long-lived
//! secrets use `blst`.

use super::{G1Arithmetic, PairingBackend};
use crate::{
    gt::GtBytes,
    points::{G1Point, G2Point},
    scalar::Scalar,
};
use ark_bls12_381::{g1, g2, Bls12_381, Fq, Fq12, Fq2, Fr, G2Projective};
use ark_ec::{
    bls12::G2Prepared,
    hashing::{curve_maps::wb::WBMap, map_to_curve_hasher::MapToCurveBasedHasher, HashToCurve},
    pairing::Pairing,
    short_weierstrass::{Affine, SWCurveConfig},
    CurveGroup,
};
use ark_ff::{field_hashers::DefaultFieldHasher, PrimeField, Zero};
use core::marker::PhantomData;
use sha2::Sha256;
use zeroize::Zeroize;

type Hasher =
    MapToCurveBasedHasher<G2Projective, DefaultFieldHasher<Sha256, 128>, WBMap<g2::Config>>;

fn hash_to_g2(dst: &[u8], msg: &[u8]) -> G2Point {
    Hasher::new(dst)
        .and_then(|hasher| hasher.hash(msg))
        .ok()
        .and_then(G2Point::from_affine)
        // The hasher's parameters are constants, and the identity has a probability of 2^-255. The
        // fallback only keeps the function total, because a runtime must not panic.
        .unwrap_or_else(G2Point::generator)
}

fn mul<C: SWCurveConfig<ScalarField = Fr>>(point: &Affine<C>, scalar: &Scalar) -> Affine<C> {
    let mut limbs = [0u64; 4];
    let bytes = scalar.as_le_bytes().chunks_exact(8);
    for (limb, chunk) in limbs.iter_mut().zip(bytes) {
        *limb = chunk
            .iter()
            .rfold(0, |limb, byte| limb << 8 | u64::from(*byte));
    }
    let out = C::mul_affine(point, &limbs).into_affine();
    limbs.zeroize();
    out
}

// The product of a validated point and a nonzero scalar is not the identity; the fallback keeps the
// functions total.
fn g1_mul(point: &G1Point, scalar: &Scalar) -> G1Point {
    G1Point::from_affine(mul(point.affine(), scalar)).unwrap_or_else(G1Point::generator)
}

fn g2_mul(point: &G2Point, scalar: &Scalar) -> G2Point {
    G2Point::from_affine(mul(point.affine(), scalar)).unwrap_or_else(G2Point::generator)
}

fn g2_sum(terms: &[(&G2Point, &[u8; 16])]) -> Option<G2Point> {
    let mut sum = G2Projective::zero();
    for (point, factor) in terms {
        let value = u128::from_le_bytes(**factor);
        // The casts keep the low 64 bits of each half.
        let limbs = [value as u64, (value >> 64) as u64];
        sum += g2::Config::mul_affine(point.affine(), &limbs);
    }
    G2Point::from_affine(sum.into_affine())
}

/// Plain arkworks.
#[derive(Clone, Copy, Debug)]
pub struct ArkBackend;

impl ArkBackend {
    /// `e(p, q)` of public values, for further arithmetic.
    pub(crate) fn pairing_value(p: &G1Point, q: &G2Point) -> Fq12 {
        Bls12_381::pairing(p.affine(), q.affine()).0
    }
}

/// The lines of a Miller loop, erased when dropped.
pub struct ArkPrepared(G2Prepared<ark_bls12_381::Config>);

impl Drop for ArkPrepared {
    fn drop(&mut self) {
        for (a, b, c) in &mut self.0.ell_coeffs {
            a.zeroize();
            b.zeroize();
            c.zeroize();
        }
    }
}

impl PairingBackend for ArkBackend {
    type Prepared = ArkPrepared;

    fn hash_to_g2(dst: &[u8], msg: &[u8]) -> G2Point {
        hash_to_g2(dst, msg)
    }

    fn pairing(p: &G1Point, q: &G2Point) -> GtBytes {
        ArkPairing::<Bls12_381>::pairing(p, q)
    }

    fn prepare(q: &G2Point) -> ArkPrepared {
        ArkPrepared(G2Prepared::from(q.affine()))
    }

    fn pairing_prepared(p: &G1Point, q: &ArkPrepared) -> GtBytes {
        // arkworks consumes the lines. Its own intermediate values cannot be erased; the crate's
        // README says so.
        finish(Bls12_381::pairing(p.affine(), q.0.clone()).0)
    }

    fn g1_mul(point: &G1Point, scalar: &Scalar) -> G1Point {
        g1_mul(point, scalar)
    }

    fn g2_mul(point: &G2Point, scalar: &Scalar) -> G2Point {
        g2_mul(point, scalar)
    }

    fn g2_sum(terms: &[(&G2Point, &[u8; 16])]) -> Option<G2Point> {
        g2_sum(terms)
    }
}

fn finish(mut value: Fq12) -> GtBytes {
    let out = GtBytes::from_ark(&value);
    value.zeroize();
    out
}

/// Any arkworks engine with the types of BLS12-381.
///
/// An example is `sp_crypto_ec_utils::bls12_381::Bls12_381`, which turns pairings into host calls.
/// Hashing to the curve and multiplication by secrets use plain arkworks, because there is not a
/// host function that maps to the curve.
pub struct ArkPairing<E>(PhantomData<fn() -> E>);

/// A point for repeated pairings, used where lines cannot be stored. Erased when dropped.
pub struct PreparedPoint(G2Point);

impl Drop for PreparedPoint {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<E, C1, C2> PairingBackend for ArkPairing<E>
where
    E: Pairing<G1Affine = Affine<C1>, G2Affine = Affine<C2>, TargetField = Fq12>,
    C1: SWCurveConfig<BaseField = Fq>,
    C2: SWCurveConfig<BaseField = Fq2>,
{
    type Prepared = PreparedPoint;

    fn hash_to_g2(dst: &[u8], msg: &[u8]) -> G2Point {
        hash_to_g2(dst, msg)
    }

    fn pairing(p: &G1Point, q: &G2Point) -> GtBytes {
        let (p, q) = (p.affine(), q.affine());
        finish(
            E::pairing(
                Affine::<C1>::new_unchecked(p.x, p.y),
                Affine::<C2>::new_unchecked(q.x, q.y),
            )
            .0,
        )
    }

    fn prepare(q: &G2Point) -> PreparedPoint {
        PreparedPoint(q.clone())
    }

    fn pairing_prepared(p: &G1Point, q: &PreparedPoint) -> GtBytes {
        Self::pairing(p, &q.0)
    }

    fn g1_mul(point: &G1Point, scalar: &Scalar) -> G1Point {
        g1_mul(point, scalar)
    }

    fn g2_mul(point: &G2Point, scalar: &Scalar) -> G2Point {
        g2_mul(point, scalar)
    }

    fn g2_sum(terms: &[(&G2Point, &[u8; 16])]) -> Option<G2Point> {
        g2_sum(terms)
    }
}

/// [`G1Arithmetic`] on any arkworks configuration of BLS12-381's G1.
pub struct ArkG1<C>(PhantomData<fn() -> C>);

/// [`G1Arithmetic`] without host functions.
pub type DefaultG1 = ArkG1<g1::Config>;

impl<C: SWCurveConfig<BaseField = Fq, ScalarField = Fr>> G1Arithmetic for ArkG1<C> {
    fn check(
        base: &G1Point,
        response: &Fr,
        commitment: &G1Point,
        challenge: &Fr,
        statement: &G1Point,
    ) -> bool {
        let point = |p: &G1Point| Affine::<C>::new_unchecked(p.affine().x, p.affine().y);
        let times = |p: &G1Point, k: &Fr| C::mul_affine(&point(p), k.into_bigint().as_ref());
        times(base, response) == times(statement, challenge) + point(commitment)
    }
}
