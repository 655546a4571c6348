// SPDX-License-Identifier: Apache-2.0

//! arkworks, the generic engine and blst give the same bytes for everything.
#![cfg(feature = "blst")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use bspp_peks::{
    ArkBackend, ArkPairing, BlstBackend, G1Point, G2Point, GtBytes, PairingBackend, Scalar,
};
use proptest::prelude::*;

type Generic = ArkPairing<ark_bls12_381::Bls12_381>;

struct Results {
    hashed: G2Point,
    p: G1Point,
    q: G2Point,
    gt: [GtBytes; 2],
    sum: Option<G2Point>,
}

fn run<B: PairingBackend>(dst: &[u8], msg: &[u8], a: &Scalar, b: &Scalar) -> Results {
    let hashed = B::hash_to_g2(dst, msg);
    let p = B::g1_mul(&G1Point::generator(), a);
    let q = B::g2_mul(&hashed, b);
    let gt = [B::pairing(&p, &q), B::pairing_prepared(&p, &B::prepare(&q))];
    let factor = |scalar: &Scalar| -> [u8; 16] { scalar.to_le_bytes()[..16].try_into().unwrap() };
    let sum = B::g2_sum(&[(&hashed, &factor(a)), (&q, &factor(b)), (&hashed, &[0; 16])]);
    Results {
        hashed,
        p,
        q,
        gt,
        sum,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn backends_should_agree(
        dst in prop::collection::vec(any::<u8>(), 1..=255),
        msg in prop::collection::vec(any::<u8>(), 0..400),
        a in prop::array::uniform32(any::<u8>()),
        b in prop::array::uniform32(any::<u8>()),
    ) {
        let wide = |x: [u8; 32], y: [u8; 32]| Scalar::from_wide(&[x, y].concat().try_into().unwrap());
        let (a, b) = (wide(a, b), wide(b, a));
        let ark = run::<ArkBackend>(&dst, &msg, &a, &b);
        let generic = run::<Generic>(&dst, &msg, &a, &b);
        let blst = run::<BlstBackend>(&dst, &msg, &a, &b);
        for other in [&generic, &blst] {
            prop_assert!(ark.hashed == other.hashed, "hash to G2");
            prop_assert!(ark.p == other.p, "multiplication in G1");
            prop_assert!(ark.q == other.q, "multiplication in G2");
            prop_assert!(ark.gt[0] == other.gt[0], "pairing");
            prop_assert!(ark.sum == other.sum && ark.sum.is_some(), "sum in G2");
        }
        for results in [&ark, &generic, &blst] {
            prop_assert!(results.gt[0] == results.gt[1], "prepared pairing");
            // The validation of one library accepts every result of the other.
            prop_assert!(G2Point::from_bytes(results.hashed.as_bytes()).is_ok());
            prop_assert!(G2Point::from_bytes(results.q.as_bytes()).is_ok());
            prop_assert!(G1Point::from_bytes(results.p.as_bytes()).is_ok());
        }
    }

    #[test]
    fn pairing_should_be_bilinear(a in any::<[u8; 32]>(), msg in any::<[u8; 8]>()) {
        let a = Scalar::from_wide(&[a, a].concat().try_into().unwrap());
        let (p, q) = (G1Point::generator(), BlstBackend::hash_to_g2(b"test", &msg));
        let left = BlstBackend::pairing(&BlstBackend::g1_mul(&p, &a), &q);
        let right = BlstBackend::pairing(&p, &BlstBackend::g2_mul(&q, &a));
        prop_assert!(left == right);
        prop_assert!(left != BlstBackend::pairing(&p, &q));
    }
}

#[test]
fn backends_should_agree_on_edge_scalars() {
    let edge = |n: u64| {
        let mut wide = [0; 64];
        wide[..8].copy_from_slice(&n.to_le_bytes());
        Scalar::from_wide(&wide)
    };
    // q − 1, the largest scalar, is −1.
    let mut largest = [0; 64];
    let q = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";
    for (byte, value) in largest.iter_mut().zip(hex::decode(q).unwrap().iter().rev()) {
        *byte = *value;
    }
    let zero = Scalar::from_wide(&largest);
    assert_eq!(
        *zero.to_le_bytes(),
        *edge(1).to_le_bytes(),
        "q reduces to zero, which becomes one"
    );
    largest[0] = 0;
    let minus_one = Scalar::from_wide(&largest);
    let (g1, g2) = (G1Point::generator(), G2Point::generator());
    for scalar in [edge(1), edge(2), edge(u64::MAX), minus_one.clone()] {
        assert_eq!(
            ArkBackend::g1_mul(&g1, &scalar),
            BlstBackend::g1_mul(&g1, &scalar)
        );
        assert_eq!(
            ArkBackend::g2_mul(&g2, &scalar),
            BlstBackend::g2_mul(&g2, &scalar)
        );
    }
    assert_eq!(BlstBackend::g1_mul(&g1, &edge(1)), g1);
    let twice = BlstBackend::g1_mul(&BlstBackend::g1_mul(&g1, &minus_one), &minus_one);
    assert_eq!(twice, g1);
}

fn sums<B: PairingBackend>() {
    let g2 = G2Point::generator();
    let factor = u128::to_le_bytes;
    assert_eq!(B::g2_sum(&[]), None, "no terms");
    assert_eq!(B::g2_sum(&[(&g2, &factor(0))]), None, "a factor of zero");
    assert_eq!(B::g2_sum(&[(&g2, &factor(1))]), Some(g2.clone()));
    let twice = B::g2_sum(&[(&g2, &factor(2))]);
    assert_eq!(
        B::g2_sum(&[(&g2, &factor(1)), (&g2, &factor(1))]),
        twice,
        "a doubling"
    );
    let mut bytes = *g2.as_bytes();
    bytes[0] ^= 0x20;
    let minus = G2Point::from_bytes(&bytes).unwrap();
    assert_eq!(
        B::g2_sum(&[(&g2, &factor(5)), (&minus, &factor(5))]),
        None,
        "opposites"
    );
    let large = B::g2_sum(&[(&g2, &factor(u128::MAX))]).unwrap();
    let back = B::g2_sum(&[
        (&large, &factor(1)),
        (&g2, &factor(1)),
        (&minus, &factor(1)),
    ]);
    assert_eq!(back, Some(large));
}

#[test]
fn sums_should_be_right_at_the_edges() {
    sums::<ArkBackend>();
    sums::<Generic>();
    sums::<BlstBackend>();
}
