// SPDX-License-Identifier: Apache-2.0

//! Decoding of points: everything that protocol section 1 refuses, in both groups.
#![cfg(feature = "blst")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use ark_bls12_381::{g1, g2, Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveConfig, CurveGroup};
use ark_ff::{One, PrimeField};
use ark_serialize::CanonicalSerialize;
use bspp_peks::{ArkBackend, G1Bytes, G1Point, G2Bytes, G2Point, PairingBackend, PointError};
use proptest::prelude::*;

fn compress<const N: usize>(point: &impl CanonicalSerialize) -> [u8; N] {
    let mut out = [0; N];
    point.serialize_compressed(&mut out[..]).unwrap();
    out
}

/// Points of the curve whose x is 0, 1, 2, …; nearly all are outside the subgroup.
fn g1_curve_points() -> impl Iterator<Item = G1Affine> {
    (0u64..).filter_map(|x| G1Affine::get_point_from_x_unchecked(Fq::from(x), true))
}

fn g2_curve_points() -> impl Iterator<Item = G2Affine> {
    (0u64..).filter_map(|x| {
        G2Affine::get_point_from_x_unchecked(Fq2::new(Fq::from(x), Fq::one()), true)
    })
}

/// Divides a little-endian integer; the remainder must be zero.
fn divide(limbs: &[u64], by: u64) -> Vec<u64> {
    let mut out = limbs.to_vec();
    let mut rest = 0u128;
    for limb in out.iter_mut().rev() {
        let value = (rest << 64) | u128::from(*limb);
        *limb = (value / u128::from(by)) as u64;
        rest = value % u128::from(by);
    }
    assert_eq!(rest, 0, "{by} divides the cofactor");
    out
}

/// Whether blst decodes a compressed point that is in the subgroup and not the identity.
fn blst_accepts_g1(bytes: &[u8; 48]) -> bool {
    blst::min_pk::PublicKey::key_validate(bytes).is_ok()
}

fn blst_accepts_g2(bytes: &[u8; 96]) -> bool {
    blst::min_sig::PublicKey::key_validate(bytes).is_ok()
}

#[test]
fn decoding_should_accept_generators() {
    let (g1, g2) = (G1Point::generator(), G2Point::generator());
    assert_eq!(G1Point::from_bytes(g1.as_bytes()), Ok(g1));
    assert_eq!(G2Point::from_bytes(g2.as_bytes()), Ok(g2));
}

#[test]
fn decoding_should_refuse_wrong_lengths() {
    for length in [0, 1, 47, 49, 95, 97, 192] {
        let bytes = vec![0xc0; length];
        assert_eq!(
            G1Point::from_bytes(&bytes),
            Err(PointError::Encoding),
            "{length}"
        );
        assert_eq!(
            G2Point::from_bytes(&bytes),
            Err(PointError::Encoding),
            "{length}"
        );
    }
}

#[test]
fn decoding_should_refuse_the_identity() {
    let (mut g1, mut g2) = ([0; 48], [0; 96]);
    (g1[0], g2[0]) = (0xc0, 0xc0);
    assert_eq!(G1Bytes(g1).validate(), Err(PointError::Identity));
    assert_eq!(G2Bytes(g2).validate(), Err(PointError::Identity));
}

#[test]
fn decoding_should_refuse_odd_identities() {
    let generator = *G1Point::generator().as_bytes();
    let mut with_x = generator;
    with_x[0] |= 0x40;
    let mut with_sign = [0; 48];
    with_sign[0] = 0xe0;
    let mut with_last_bit = [0; 48];
    (with_last_bit[0], with_last_bit[47]) = (0xc0, 1);
    for bytes in [with_x, with_sign, with_last_bit] {
        assert_eq!(G1Bytes(bytes).validate(), Err(PointError::NonCanonical));
    }
    let mut g2 = [0; 96];
    (g2[0], g2[95]) = (0xc0, 1);
    assert_eq!(G2Bytes(g2).validate(), Err(PointError::NonCanonical));
}

#[test]
fn decoding_should_refuse_an_uncompressed_flag() {
    let mut g1 = *G1Point::generator().as_bytes();
    g1[0] &= 0x7f;
    assert_eq!(G1Bytes(g1).validate(), Err(PointError::Encoding));
    let mut g2 = *G2Point::generator().as_bytes();
    g2[0] &= 0x7f;
    assert_eq!(G2Bytes(g2).validate(), Err(PointError::Encoding));
    assert_eq!(G1Bytes([0; 48]).validate(), Err(PointError::Encoding));
}

#[test]
fn decoding_should_refuse_x_beyond_the_modulus() {
    // x + p fits in 381 bits when x is small: the same point, another encoding.
    let mut modulus = [0u8; 48];
    for (chunk, limb) in modulus.chunks_exact_mut(8).zip(Fq::MODULUS.0.iter().rev()) {
        chunk.copy_from_slice(&limb.to_be_bytes());
    }
    let add_modulus = |bytes: &mut [u8], flags: u8| {
        let mut carry = 0;
        bytes[0] &= !flags;
        for (byte, add) in bytes.iter_mut().zip(&modulus).rev() {
            let sum = u16::from(*byte) + u16::from(*add) + carry;
            (*byte, carry) = (sum as u8, sum >> 8);
        }
        assert_eq!(carry, 0);
        assert_eq!(bytes[0] & flags, 0);
    };
    for point in g1_curve_points().take(8) {
        let mut bytes: [u8; 48] = compress(&point);
        let flags = bytes[0] & 0xe0;
        add_modulus(&mut bytes, 0xe0);
        bytes[0] |= flags;
        assert_eq!(G1Bytes(bytes).validate(), Err(PointError::NonCanonical));
    }
    for point in g2_curve_points().take(8) {
        let bytes: [u8; 96] = compress(&point);
        let mut second = bytes;
        add_modulus(&mut second[48..], 0);
        assert_eq!(G2Bytes(second).validate(), Err(PointError::NonCanonical));
        let mut first = bytes;
        let flags = first[0] & 0xe0;
        add_modulus(&mut first[..48], 0xe0);
        first[0] |= flags;
        assert_eq!(G2Bytes(first).validate(), Err(PointError::NonCanonical));
        // Flag bits are not permitted in the second coefficient.
        let mut flagged = bytes;
        flagged[48] |= 0x80;
        assert_eq!(G2Bytes(flagged).validate(), Err(PointError::NonCanonical));
    }
}

#[test]
fn decoding_should_refuse_x_without_a_point() {
    let mut found = 0;
    for x in 0u64..64 {
        if G1Affine::get_point_from_x_unchecked(Fq::from(x), true).is_none() {
            let mut bytes = [0; 48];
            bytes[0] = 0x80;
            bytes[40..].copy_from_slice(&x.to_be_bytes());
            assert_eq!(
                G1Bytes(bytes).validate(),
                Err(PointError::NotOnCurve),
                "{x}"
            );
            found += 1;
        }
        if G2Affine::get_point_from_x_unchecked(Fq2::from(x), true).is_none() {
            let mut bytes = [0; 96];
            bytes[0] = 0x80;
            bytes[88..].copy_from_slice(&x.to_be_bytes());
            assert_eq!(
                G2Bytes(bytes).validate(),
                Err(PointError::NotOnCurve),
                "{x}"
            );
            found += 1;
        }
    }
    assert!(found > 40);
}

#[test]
fn decoding_should_refuse_points_outside_the_subgroup() {
    for point in g1_curve_points().take(64) {
        let bytes = compress(&point);
        let expected = if blst_accepts_g1(&bytes) {
            None
        } else {
            Some(PointError::NotInSubgroup)
        };
        assert_eq!(G1Bytes(bytes).validate().err(), expected);
        assert_eq!(
            expected,
            Some(PointError::NotInSubgroup),
            "no small x lies in the subgroup"
        );
    }
    for point in g2_curve_points().take(64) {
        let bytes = compress(&point);
        assert!(!blst_accepts_g2(&bytes));
        assert_eq!(
            G2Bytes(bytes).validate().err(),
            Some(PointError::NotInSubgroup)
        );
    }
}

/// Points of each small order of the cofactor are refused, alone and added to a good point.
///
/// The subgroup checks use endomorphisms. These points would reveal a wrong check.
#[test]
fn decoding_should_refuse_points_with_a_part_of_small_order() {
    let q = Fr::MODULUS;
    let mut met = 0;
    for prime in [3u64, 11, 10_177, 859_267, 52_437_899] {
        let mut rest = divide(g1::Config::COFACTOR, prime);
        if prime != 3 {
            rest = divide(&rest, prime);
        }
        for point in g1_curve_points().take(6) {
            let torsion = point
                .mul_bigint(q)
                .into_affine()
                .mul_bigint(&rest)
                .into_affine();
            if torsion.is_zero() {
                continue;
            }
            met += 1;
            for bad in [torsion, (torsion + G1Affine::generator()).into_affine()] {
                let bytes = compress(&bad);
                assert!(!blst_accepts_g1(&bytes));
                assert_eq!(
                    G1Bytes(bytes).validate().err(),
                    Some(PointError::NotInSubgroup),
                    "order {prime}"
                );
            }
        }
    }
    for (prime, square) in [
        (13u64, true),
        (23, true),
        (2713, false),
        (11_953, false),
        (262_069, false),
    ] {
        let mut rest = divide(g2::Config::COFACTOR, prime);
        if square {
            rest = divide(&rest, prime);
        }
        for point in g2_curve_points().take(6) {
            let torsion = point
                .mul_bigint(q)
                .into_affine()
                .mul_bigint(&rest)
                .into_affine();
            if torsion.is_zero() {
                continue;
            }
            met += 1;
            for bad in [torsion, (torsion + G2Affine::generator()).into_affine()] {
                let bytes = compress(&bad);
                assert!(!blst_accepts_g2(&bytes));
                assert_eq!(
                    G2Bytes(bytes).validate().err(),
                    Some(PointError::NotInSubgroup),
                    "order {prime}"
                );
            }
        }
    }
    assert!(met > 40, "{met}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Both libraries agree on whether any bytes are a point.
    ///
    /// Accepted bytes are equal to the encoding of their point.
    #[test]
    fn decoding_should_agree_with_blst_when_a_bit_flips(seed: [u8; 16], bit in 0usize..384, second in 0usize..384) {
        let point = ArkBackend::hash_to_g2(b"test", &seed);
        let g1 = G1Affine::from((G1Affine::generator() * Fr::from_le_bytes_mod_order(&seed)).into_affine());
        let mut bytes: [u8; 48] = compress(&g1);
        bytes[bit / 8] ^= 1 << (bit % 8);
        let verdict = G1Bytes(bytes).validate();
        prop_assert_eq!(verdict.is_ok(), blst_accepts_g1(&bytes));
        if let Ok(point) = verdict {
            prop_assert_eq!(point.as_bytes(), &bytes);
        }
        let mut bytes = *point.as_bytes();
        bytes[second / 8 + 48 * (bit % 2)] ^= 1 << (second % 8);
        let verdict = G2Bytes(bytes).validate();
        prop_assert_eq!(verdict.is_ok(), blst_accepts_g2(&bytes));
        if let Ok(point) = verdict {
            prop_assert_eq!(point.as_bytes(), &bytes);
        }
    }
}

#[test]
fn negating_a_point_should_flip_one_bit_only() {
    let mut bytes = *G1Point::generator().as_bytes();
    bytes[0] ^= 0x20;
    let negative = G1Bytes(bytes).validate().unwrap();
    assert_eq!(negative.affine().y, -G1Point::generator().affine().y);
}
