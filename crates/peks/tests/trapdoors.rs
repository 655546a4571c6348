// SPDX-License-Identifier: Apache-2.0

//! Labels and trapdoors: the records that each opens or does not open.
#![cfg(feature = "blst")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use bspp_peks::*;
use common::{label_of, patient, FixedRng, CHAIN, FILING_MONTH, HOSPITAL};
use proptest::prelude::*;

type B = BlstBackend;

fn context() -> Context {
    Context {
        chain: CHAIN,
        hospital: HOSPITAL,
        filing_month: FILING_MONTH,
    }
}

fn batch() -> OpenBatch {
    OpenBatch::open(
        &CHAIN,
        &HOSPITAL,
        &[7; 32],
        1,
        FILING_MONTH,
        &mut FixedRng::new("batch"),
    )
}

#[test]
fn both_sides_should_derive_the_same_label() {
    let hospital = X25519Secret::from_bytes([0x55; 32]);
    let keys = patient(1);
    let patient_side =
        Kappa::patient_side(keys.x25519(), &hospital.public(), &HOSPITAL, FILING_MONTH).unwrap();
    let keyword = Keyword::new("http://loinc.org", "4548-4");
    assert!(patient_side.label(&keyword) == label_of(&keys, &keyword));
}

#[test]
fn label_should_change_when_anything_it_covers_changes() {
    let hospital = X25519Secret::from_bytes([0x55; 32]);
    let other = X25519Secret::from_bytes([0x56; 32]);
    let x = patient(1).x25519_public();
    let label = |secret, x, hospital, filing_month, system: &str, code: &str| {
        let kappa = Kappa::hospital_side(secret, &x, hospital, filing_month).unwrap();
        *kappa.label(&Keyword::new(system, code)).as_bytes()
    };
    let all = [
        label(&hospital, x, &HOSPITAL, FILING_MONTH, "system", "code"),
        label(&other, x, &HOSPITAL, FILING_MONTH, "system", "code"),
        label(
            &hospital,
            patient(2).x25519_public(),
            &HOSPITAL,
            FILING_MONTH,
            "system",
            "code",
        ),
        label(&hospital, x, &[0; 32], FILING_MONTH, "system", "code"),
        label(&hospital, x, &HOSPITAL, FILING_MONTH + 1, "system", "code"),
        label(&hospital, x, &HOSPITAL, FILING_MONTH, "system", "cod"),
        label(&hospital, x, &HOSPITAL, FILING_MONTH, "systemc", "ode"),
        label(&hospital, x, &HOSPITAL, FILING_MONTH, "", "systemcode"),
        label(
            &hospital,
            x,
            &HOSPITAL,
            FILING_MONTH,
            "urn:bspp:slot",
            "identity",
        ),
    ];
    for (i, a) in all.iter().enumerate() {
        assert!(all.iter().skip(i + 1).all(|b| a != b), "{i}");
    }
}

#[test]
fn label_should_be_refused_when_the_other_key_has_small_order() {
    let secret = X25519Secret::from_bytes([0x55; 32]);
    for order in SMALL_ORDER_X25519 {
        let key = X25519Public(hex::decode(order).unwrap().try_into().unwrap());
        assert!(key.is_small_order());
        assert_eq!(
            Kappa::hospital_side(&secret, &key, &HOSPITAL, FILING_MONTH).err(),
            Some(X25519Error::SmallOrder)
        );
        assert_eq!(
            Kappa::patient_side(&secret, &key, &HOSPITAL, FILING_MONTH).err(),
            Some(X25519Error::SmallOrder)
        );
    }
    assert!(!patient(1).x25519_public().is_small_order());
}

/// The points of small order on Curve25519 and its twist, with their non-canonical forms.
///
/// They are from RFC 7748 section 6.1 and the lists in common libraries.
const SMALL_ORDER_X25519: [&str; 7] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

#[test]
fn trapdoor_should_check_against_its_own_key_and_point_only() {
    let keys = patient(1);
    let kw = label_of(&keys, &Keyword::identity());
    let trapdoor = keys.search_trapdoor::<B>(&context(), &kw);
    let q = search_point::<B>(&context(), keys.search_public(), &kw);
    assert!(trapdoor.check::<B>(keys.search_public(), &q));
    assert!(trapdoor.check::<ArkBackend>(keys.search_public(), &q));
    assert!(!trapdoor.check::<B>(patient(2).search_public(), &q));
    assert!(!trapdoor.check::<B>(keys.open_public(), &q));
    let later = Context {
        filing_month: FILING_MONTH + 1,
        ..context()
    };
    assert!(!trapdoor.check::<B>(
        keys.search_public(),
        &search_point::<B>(&later, keys.search_public(), &kw)
    ));
    assert!(!trapdoor.check::<B>(
        keys.search_public(),
        &open_point::<B>(&context(), keys.search_public(), &kw)
    ));
}

#[test]
fn trapdoor_should_survive_its_encoding() {
    let keys = patient(1);
    let kw = label_of(&keys, &Keyword::identity());
    let (t_s, t_o) = (
        keys.search_trapdoor::<B>(&context(), &kw),
        keys.open_trapdoor::<B>(&context(), &kw),
    );
    assert!(SearchTrapdoor::from_bytes(&*t_s.to_bytes()).unwrap() == t_s);
    assert!(OpenTrapdoor::from_bytes(&*t_o.to_bytes()).unwrap() == t_o);
    let mut identity = [0; 96];
    identity[0] = 0xc0;
    assert_eq!(
        SearchTrapdoor::from_bytes(&identity).err(),
        Some(PointError::Identity)
    );
    assert_eq!(
        OpenTrapdoor::from_bytes(&identity[..95]).err(),
        Some(PointError::Encoding)
    );
}

#[test]
fn search_trapdoor_should_not_open() {
    let keys = patient(1);
    let kw = label_of(&keys, &Keyword::identity());
    let batch = batch();
    let rid = [9; 32];
    let kek = batch.open_secret::<B>(keys.open_public(), &kw).kek(0, &rid);
    let (t_s, t_o) = (
        keys.search_trapdoor::<B>(&context(), &kw),
        keys.open_trapdoor::<B>(&context(), &kw),
    );
    let opened = OpenSecret::from_trapdoor::<B>(batch.point(), &t_o, keys.open_public());
    assert_eq!(*opened.kek(0, &rid), *kek);
    // The same point, used as an open trapdoor, with either key.
    let misused = OpenTrapdoor::from_bytes(&*t_s.to_bytes()).unwrap();
    for key in [keys.open_public(), keys.search_public()] {
        assert_ne!(
            *OpenSecret::from_trapdoor::<B>(batch.point(), &misused, key).kek(0, &rid),
            *kek
        );
    }
    // An open trapdoor does not search.
    let misused = SearchTrapdoor::from_bytes(&*t_o.to_bytes()).unwrap();
    let tag = batch.search_secret::<B>(keys.search_public(), &kw).tag(0);
    for key in [keys.open_public(), keys.search_public()] {
        assert_ne!(
            SearchSecret::from_trapdoor::<B>(batch.point(), &misused, key).tag(0),
            tag
        );
    }
}

#[test]
fn trapdoor_of_another_patient_should_find_nothing() {
    // The same keyword at the same hospital: labels, points and secrets all differ.
    let (a, b) = (patient(1), patient(2));
    let batch = batch();
    let tag = batch
        .search_secret::<B>(a.search_public(), &label_of(&a, &Keyword::identity()))
        .tag(0);
    for kw in [
        label_of(&a, &Keyword::identity()),
        label_of(&b, &Keyword::identity()),
    ] {
        let trapdoor = b.search_trapdoor::<B>(&context(), &kw);
        for key in [a.search_public(), b.search_public()] {
            assert_ne!(
                SearchSecret::from_trapdoor::<B>(batch.point(), &trapdoor, key).tag(0),
                tag
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn searcher_should_derive_what_the_encryptor_did(seed: [u8; 32], code in "[a-zA-Z0-9.]{1,12}", n: u32, rid: [u8; 32]) {
        let keys = PatientKeys::from_seed(&Seed::from_bytes(seed));
        let kw = label_of(&keys, &Keyword::new("http://snomed.info/sct", code));
        let batch = batch();
        let (t_s, t_o) = (keys.search_trapdoor::<B>(&context(), &kw), keys.open_trapdoor::<B>(&context(), &kw));
        let s = batch.search_secret::<B>(keys.search_public(), &kw);
        let found = SearchSecret::from_trapdoor_prepared::<B>(batch.point(), &t_s.prepare::<B>(), keys.search_public());
        prop_assert_eq!(s.tag(n), found.tag(n));
        prop_assert_eq!(s.match_key(n).public(), found.match_key(n).public());
        prop_assert_ne!(s.tag(n), s.tag(n.wrapping_add(1)));
        let o = batch.open_secret::<B>(keys.open_public(), &kw);
        let opened = OpenSecret::from_trapdoor_prepared::<ArkBackend>(batch.point(), &t_o.prepare::<ArkBackend>(), keys.open_public());
        prop_assert_eq!(*o.kek(n, &rid), *opened.kek(n, &rid));
        prop_assert_ne!(*o.kek(n, &rid), *o.kek(n.wrapping_add(1), &rid));
        let mut other = rid;
        other[0] ^= 1;
        prop_assert_ne!(*o.kek(n, &rid), *o.kek(n, &other));
    }
}

#[test]
fn debug_should_print_no_secret() {
    let keys = patient(1);
    let kw = label_of(&keys, &Keyword::new("http://snomed.info/sct", "44054006"));
    let batch = batch();
    let mut text = format!(
        "{:?}{:?}{kw:?}{:?}",
        keys,
        Seed::from_bytes([1; 32]),
        Keyword::new("SYSTEM", "CODE")
    );
    text += &format!("{:?}", keys.search_trapdoor::<B>(&context(), &kw));
    text += &format!("{:?}", keys.open_trapdoor::<B>(&context(), &kw));
    text += &format!("{:?}", batch.search_secret::<B>(keys.search_public(), &kw));
    text += &format!("{:?}", batch.open_secret::<B>(keys.open_public(), &kw));
    text += &format!("{:?}{:?}", keys.account(&HOSPITAL), keys.x25519());
    text += &format!(
        "{:?}{:?}",
        Scalar::from_wide(&[5; 64]),
        B::pairing(batch.point(), &G2Point::generator())
    );
    let expected = "PatientKeysSeedKeywordLabelKeywordSearchTrapdoorOpenTrapdoorSearchSecretOpenSecretEd25519SecretX25519SecretScalarGtBytes";
    assert_eq!(text, expected);
    assert!(!format!("{batch:?}").contains("secret"));
}
