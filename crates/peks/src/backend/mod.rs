// SPDX-License-Identifier: Apache-2.0

//! Pairing backends. All of them give the same bytes.
//!
//! Shared test vectors and a differential test verify that.

mod ark;
#[cfg(feature = "blst")]
mod blst;
#[cfg(feature = "std")]
mod counting;

pub use self::ark::{ArkBackend, ArkG1, ArkPairing, ArkPrepared, DefaultG1, PreparedPoint};
#[cfg(feature = "blst")]
pub use self::blst::{BlstBackend, BlstPrepared};
#[cfg(feature = "std")]
pub use self::counting::Counting;

use crate::{
    gt::GtBytes,
    points::{G1Bytes, G1Point, G2Point, PointError},
    scalar::Scalar,
};
use ark_bls12_381::Fr;

/// The fastest backend of this build: `blst` when the feature is on, arkworks otherwise.
#[cfg(feature = "blst")]
pub type DefaultBackend = BlstBackend;
/// The fastest backend of this build: `blst` when the feature is on, arkworks otherwise.
#[cfg(not(feature = "blst"))]
pub type DefaultBackend = ArkBackend;

/// BLS12-381 as the protocol uses it.
///
/// The types of the points guarantee their validity, so no function can fail.
pub trait PairingBackend: 'static {
    /// A point of G2, prepared for repeated pairings.
    ///
    /// It may be a trapdoor: implementations erase it when dropped.
    type Prepared: Send + Sync;

    /// `hash_to_curve` of RFC 9380, suite `BLS12381G2_XMD:SHA-256_SSWU_RO_`.
    ///
    /// `dst` has a maximum of 255 bytes.
    fn hash_to_g2(dst: &[u8], msg: &[u8]) -> G2Point;

    /// `e(p, q)`.
    fn pairing(p: &G1Point, q: &G2Point) -> GtBytes;

    /// Computes the part of a pairing that depends only on `q`.
    fn prepare(q: &G2Point) -> Self::Prepared;

    /// `e(p, q)` for the `q` that was prepared.
    fn pairing_prepared(p: &G1Point, q: &Self::Prepared) -> GtBytes;

    /// `scalar · point`.
    fn g1_mul(point: &G1Point, scalar: &Scalar) -> G1Point;

    /// `scalar · point`.
    fn g2_mul(point: &G2Point, scalar: &Scalar) -> G2Point;

    /// The sum of `factor · point`. `None` for the identity, and for no terms.
    ///
    /// A factor has 128 bits, little-endian.
    fn g2_sum(terms: &[(&G2Point, &[u8; 16])]) -> Option<G2Point>;
}

/// The arithmetic of G1 that is needed to verify a proof. It handles public values only.
///
/// A runtime implements it on host functions through [`ArkG1`], whose parameter may be any arkworks
/// configuration of the curve, for example `sp_crypto_ec_utils::bls12_381::G1Config`.
pub trait G1Arithmetic {
    /// Decodes and validates a point.
    fn decode(bytes: &G1Bytes) -> Result<G1Point, PointError> {
        bytes.validate()
    }

    /// Whether `response · base = commitment + challenge · statement`.
    fn check(
        base: &G1Point,
        response: &Fr,
        commitment: &G1Point,
        challenge: &Fr,
        statement: &G1Point,
    ) -> bool;
}
