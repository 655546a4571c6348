// SPDX-License-Identifier: Apache-2.0

//! Labels and trapdoors: the records that each opens or does not open.
#![cfg(feature = "blst")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use bspp_peks::*;
use common::{
    context, label_of, month, patient, scope_of, FixedRng, CHAIN, FILING_MONTH, HOSPITAL,
};
use proptest::prelude::*;

type B = BlstBackend;

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
        Kappa::patient_side(keys.x25519(), &hospital.public(), &scope_of(&keys)).unwrap();
    let keyword = Keyword::new("http://loinc.org", "4548-4");
    assert!(patient_side.label(&keyword) == label_of(&keys, &keyword));
}

#[test]
fn label_should_change_when_anything_it_covers_changes() {
    let hospital = X25519Secret::from_bytes([0x55; 32]);
    let other = X25519Secret::from_bytes([0x56; 32]);
    let (x, scope) = (patient(1).x25519_public(), scope_of(&patient(1)));
    let label = |secret, x, scope, system: &str, code: &str| {
        let kappa = Kappa::hospital_side(secret, &x, &scope).unwrap();
        *kappa.label(&Keyword::new(system, code)).as_bytes()
    };
    let scopes = [
        LabelScope {
            hospital: [0; 32],
            ..scope
        },
        LabelScope {
            filing_month: FILING_MONTH + 1,
            ..scope
        },
        LabelScope {
            version: 1,
            ..scope
        },
        LabelScope {
            bundle_hash: patient(2).bundle_hash(),
            ..scope
        },
    ];
    let mut all = vec![
        label(&hospital, x, scope, "system", "code"),
        label(&other, x, scope, "system", "code"),
        label(
            &hospital,
            patient(2).x25519_public(),
            scope,
            "system",
            "code",
        ),
        label(&hospital, x, scope, "system", "cod"),
        label(&hospital, x, scope, "systemc", "ode"),
        label(&hospital, x, scope, "", "systemcode"),
        label(&hospital, x, scope, "urn:bspp:slot", "identity"),
    ];
    all.extend(scopes.map(|scope| label(&hospital, x, scope, "system", "code")));
    for (i, a) in all.iter().enumerate() {
        assert!(all.iter().skip(i + 1).all(|b| a != b), "{i}");
    }
}

#[test]
fn keys_should_differ_between_chains_hospitals_and_generations() {
    let seed = Seed::from_bytes([1; 32]);
    let derive = |chain, hospital, generation| {
        let keys = PatientKeys::derive(&seed, &chain, &hospital, generation);
        let mut all = vec![
            keys.search_public().as_bytes().to_vec(),
            keys.open_public().as_bytes().to_vec(),
            keys.x25519_public().0.to_vec(),
            keys.account().public().to_vec(),
            keys.bundle_hash().to_vec(),
        ];
        all.extend((0..3).map(|i| keys.grant_key(i).public().to_vec()));
        all
    };
    let again = derive(CHAIN, HOSPITAL, 0);
    let mut all = derive(CHAIN, HOSPITAL, 0);
    assert_eq!(all, again, "a restored seed gives the same keys");
    all.extend(derive([0; 32], HOSPITAL, 0));
    all.extend(derive(CHAIN, [0; 32], 0));
    all.extend(derive(CHAIN, HOSPITAL, 1));
    for (i, a) in all.iter().enumerate() {
        assert!(all.iter().skip(i + 1).all(|b| a != b), "{i}");
    }
}

#[test]
fn label_should_be_refused_when_the_other_key_has_small_order() {
    let secret = X25519Secret::from_bytes([0x55; 32]);
    let scope = scope_of(&patient(1));
    for order in SMALL_ORDER_X25519 {
        let key = X25519Public(hex::decode(order).unwrap().try_into().unwrap());
        assert!(key.is_small_order());
        assert_eq!(
            Kappa::hospital_side(&secret, &key, &scope).err(),
            Some(X25519Error::SmallOrder)
        );
        assert_eq!(
            Kappa::patient_side(&secret, &key, &scope).err(),
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

fn point_of(keys: &PatientKeys, filing_month: FilingMonth, kw: &KeywordLabel) -> G2Point {
    let context = Context {
        filing_month,
        ..context()
    };
    label_point::<B>(&context, keys.search_public(), keys.open_public(), kw)
}

fn secrets(batch: &OpenBatch, keys: &PatientKeys, kw: &KeywordLabel) -> (SearchSecret, OpenSecret) {
    let patient = batch.patient::<B>(keys.search_public(), keys.open_public());
    batch.label_secrets(&patient, kw)
}

#[test]
fn trapdoor_should_check_against_its_own_key_and_point_only() {
    let keys = patient(1);
    let kw = label_of(&keys, &Keyword::identity());
    let trapdoor = keys.search_trapdoor::<B>(FILING_MONTH, &kw);
    let q = point_of(&keys, FILING_MONTH, &kw);
    assert!(trapdoor.check::<B>(keys.search_public(), &q));
    assert!(trapdoor.check::<ArkBackend>(keys.search_public(), &q));
    assert!(!trapdoor.check::<B>(patient(2).search_public(), &q));
    assert!(!trapdoor.check::<B>(keys.open_public(), &q));
    for q in [
        point_of(&keys, FILING_MONTH + 1, &kw),
        point_of(&patient(2), FILING_MONTH, &kw),
        label_point::<B>(&context(), keys.open_public(), keys.search_public(), &kw),
    ] {
        assert!(!trapdoor.check::<B>(keys.search_public(), &q));
    }
    let (t_s, t_o) = keys.trapdoors::<B>(FILING_MONTH, &kw);
    assert!(t_s == trapdoor && t_o == keys.open_trapdoor::<B>(FILING_MONTH, &kw));
    assert!(t_o.check::<B>(keys.open_public(), &q));
}

#[test]
fn many_trapdoors_should_check_together_only_when_each_is_right() {
    type Counted = Counting<B, 3>;
    let keys = patient(1);
    let labels: Vec<_> = ["a", "b", "c", "d"]
        .map(|code| label_of(&keys, &Keyword::new("http://loinc.org", code)))
        .into();
    let points: Vec<_> = labels
        .iter()
        .map(|kw| point_of(&keys, FILING_MONTH, kw))
        .collect();
    let search: Vec<_> = labels
        .iter()
        .map(|kw| keys.search_trapdoor::<B>(FILING_MONTH, kw))
        .collect();
    let open: Vec<_> = labels
        .iter()
        .map(|kw| keys.open_trapdoor::<B>(FILING_MONTH, kw))
        .collect();
    let mut rng = FixedRng::new("factors");
    let right: Vec<_> = search.iter().zip(&points).collect();
    let a = keys.search_public();
    Counted::reset();
    assert!(SearchTrapdoor::check_all::<Counted, _>(&right, a, &mut rng));
    assert_eq!(Counted::pairings(), 2);
    assert!(SearchTrapdoor::check_all::<ArkBackend, _>(
        &right, a, &mut rng
    ));
    assert!(SearchTrapdoor::check_all::<B, _>(&[], a, &mut rng));
    let opens: Vec<_> = open.iter().zip(&points).collect();
    assert!(OpenTrapdoor::check_all::<B, _>(
        &opens,
        keys.open_public(),
        &mut rng
    ));
    assert!(!OpenTrapdoor::check_all::<B, _>(&opens, a, &mut rng));
    assert!(!SearchTrapdoor::check_all::<B, _>(
        &right,
        patient(2).search_public(),
        &mut rng
    ));
    for i in 0..right.len() {
        // One trapdoor of another label, and two exchanged: their plain sum is right.
        let mut wrong = right.clone();
        wrong[i].0 = right[(i + 1) % right.len()].0;
        assert!(
            !SearchTrapdoor::check_all::<B, _>(&wrong, a, &mut rng),
            "{i}"
        );
        wrong[(i + 1) % right.len()].0 = right[i].0;
        assert!(
            !SearchTrapdoor::check_all::<B, _>(&wrong, a, &mut rng),
            "{i}"
        );
    }
}

#[test]
fn secrets_should_be_those_of_the_batch_when_the_patient_is_of_another() {
    let (keys, batch) = (patient(1), batch());
    let kw = label_of(&keys, &Keyword::identity());
    let other = OpenBatch::open(
        &CHAIN,
        &HOSPITAL,
        &[7; 32],
        2,
        FILING_MONTH,
        &mut FixedRng::new("other batch"),
    );
    let foreign = other.patient::<B>(keys.search_public(), keys.open_public());
    assert_eq!(
        batch.label_secrets(&foreign, &kw).0.tag(0),
        secrets(&batch, &keys, &kw).0.tag(0)
    );
}

#[test]
fn match_key_should_commit_to_slot_month_and_label() {
    let (keys, batch) = (patient(1), batch());
    let kw = label_of(&keys, &Keyword::identity());
    let other = label_of(&keys, &Keyword::new("http://snomed.info/sct", "86406008"));
    let s = secrets(&batch, &keys, &kw).0;
    let l = s.label_opening(3);
    assert_eq!(
        LabelOpening::from_bytes(*l.as_bytes())
            .match_key(&month(&kw))
            .public(),
        s.match_key(3, &month(&kw)).public()
    );
    let later = MonthLabel {
        filing_month: FILING_MONTH + 1,
        kw: kw.clone(),
    };
    let all = [
        l.match_key(&month(&kw)).public(),
        l.match_key(&month(&other)).public(),
        l.match_key(&later).public(),
        s.label_opening(4).match_key(&month(&kw)).public(),
        secrets(&batch, &keys, &other)
            .0
            .match_key(3, &month(&kw))
            .public(),
    ];
    for (i, a) in all.iter().enumerate() {
        assert!(all.iter().skip(i + 1).all(|b| a != b), "{i}");
    }
}

#[test]
fn kek_should_take_secret_and_share() {
    let (keys, batch) = (patient(1), batch());
    let kw = label_of(&keys, &Keyword::identity());
    let next = Kappa::hospital_side(
        &X25519Secret::from_bytes([0x55; 32]),
        &keys.x25519_public(),
        &LabelScope {
            version: 1,
            ..scope_of(&keys)
        },
    )
    .unwrap()
    .label(&Keyword::identity());
    let (core, share) = ([9; 32], HospitalShare::from_bytes([8; 32]));
    let o = secrets(&batch, &keys, &kw).1;
    let sibling = HospitalShare::generate(&mut FixedRng::new("share"));
    let all = [
        *o.kek(0, &core, &share),
        *o.kek(1, &core, &share),
        *o.kek(0, &[10; 32], &share),
        *o.kek(0, &core, &sibling),
        *secrets(&batch, &keys, &next).1.kek(0, &core, &share),
    ];
    for (i, a) in all.iter().enumerate() {
        assert!(all.iter().skip(i + 1).all(|b| a != b), "{i}");
    }
    assert_ne!(share.commitment(&core), share.commitment(&[10; 32]));
    assert_ne!(share.commitment(&core), sibling.commitment(&core));
}

#[test]
fn rid_should_cover_every_part_in_its_place() {
    let parts = |batch: u8, index, payload: u8, key: u8, slots: u8, share: u8, wraps: u8| {
        let core = record_core(
            &[batch; 32],
            index,
            &[payload; 32],
            &[key; 32],
            &[slots; 32],
        );
        rid(&core, &seal(&[share; 32], &[wraps; 32]))
    };
    let all = [
        parts(1, 2, 3, 4, 5, 6, 7),
        parts(0, 2, 3, 4, 5, 6, 7),
        parts(1, 0, 3, 4, 5, 6, 7),
        parts(1, 2, 4, 3, 5, 6, 7),
        parts(1, 2, 3, 5, 4, 6, 7),
        parts(1, 2, 3, 4, 0, 6, 7),
        parts(1, 2, 3, 4, 5, 7, 6),
        parts(1, 2, 3, 4, 5, 6, 0),
    ];
    for (i, a) in all.iter().enumerate() {
        assert!(all.iter().skip(i + 1).all(|b| a != b), "{i}");
    }
    let (a, b) = ([1; 48], [2; 48]);
    assert_ne!(wraps_hash([&a, &b]), wraps_hash([&b, &a]));
    assert_ne!(wraps_hash([&a]), wraps_hash([&a, &a]));
}

#[test]
fn trapdoor_should_survive_its_encoding() {
    let keys = patient(1);
    let kw = label_of(&keys, &Keyword::identity());
    let (t_s, t_o) = (
        keys.search_trapdoor::<B>(FILING_MONTH, &kw),
        keys.open_trapdoor::<B>(FILING_MONTH, &kw),
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
    let (core, share) = ([9; 32], HospitalShare::from_bytes([8; 32]));
    let (s, o) = secrets(&batch, &keys, &kw);
    let kek = o.kek(0, &core, &share);
    let (t_s, t_o) = keys.trapdoors::<B>(FILING_MONTH, &kw);
    let opened = OpenSecret::from_trapdoor::<B>(batch.point(), &t_o, keys.open_public());
    assert_eq!(*opened.kek(0, &core, &share), *kek);
    // The same point, used as an open trapdoor, with either key.
    let misused = OpenTrapdoor::from_bytes(&*t_s.to_bytes()).unwrap();
    for key in [keys.open_public(), keys.search_public()] {
        let opened = OpenSecret::from_trapdoor::<B>(batch.point(), &misused, key);
        assert_ne!(*opened.kek(0, &core, &share), *kek);
    }
    // An open trapdoor does not search.
    let misused = SearchTrapdoor::from_bytes(&*t_o.to_bytes()).unwrap();
    for key in [keys.open_public(), keys.search_public()] {
        let found = SearchSecret::from_trapdoor::<B>(batch.point(), &misused, key);
        assert_ne!(found.tag(0), s.tag(0));
    }
}

#[test]
fn trapdoor_of_another_patient_should_find_nothing() {
    // The same keyword at the same hospital: labels, points and secrets all differ.
    let (a, b) = (patient(1), patient(2));
    let batch = batch();
    let tag = secrets(&batch, &a, &label_of(&a, &Keyword::identity()))
        .0
        .tag(0);
    for kw in [
        label_of(&a, &Keyword::identity()),
        label_of(&b, &Keyword::identity()),
    ] {
        let trapdoor = b.search_trapdoor::<B>(FILING_MONTH, &kw);
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
    fn searcher_should_derive_what_the_encryptor_did(
        seed: [u8; 32],
        code in "[a-zA-Z0-9.]{1,12}",
        n: u32,
        core: [u8; 32],
        share: [u8; 32],
    ) {
        let keys = PatientKeys::derive(&Seed::from_bytes(seed), &CHAIN, &HOSPITAL, 0);
        let kw = label_of(&keys, &Keyword::new("http://snomed.info/sct", code));
        let (batch, share) = (batch(), HospitalShare::from_bytes(share));
        let (t_s, t_o) = keys.trapdoors::<B>(FILING_MONTH, &kw);
        let (s, o) = secrets(&batch, &keys, &kw);
        let (t_s, t_o) = (t_s.prepare::<B>(), t_o.prepare::<ArkBackend>());
        let (a_s, a_o) = (keys.search_public(), keys.open_public());
        let found = SearchSecret::from_trapdoor_prepared::<B>(batch.point(), &t_s, a_s);
        let label = month(&kw);
        prop_assert_eq!(s.tag(n), found.tag(n));
        prop_assert_eq!(s.match_key(n, &label).public(), found.match_key(n, &label).public());
        prop_assert_ne!(s.tag(n), s.tag(n.wrapping_add(1)));
        let opened = OpenSecret::from_trapdoor_prepared::<ArkBackend>(batch.point(), &t_o, a_o);
        prop_assert_eq!(*o.kek(n, &core, &share), *opened.kek(n, &core, &share));
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
    text += &format!("{:?}", keys.search_trapdoor::<B>(FILING_MONTH, &kw));
    text += &format!("{:?}", keys.open_trapdoor::<B>(FILING_MONTH, &kw));
    let (search, open) = secrets(&batch, &keys, &kw);
    text += &format!(
        "{search:?}{open:?}{:?}{:?}",
        search.label_opening(0),
        month(&kw)
    );
    text += &format!("{:?}{:?}", keys.account(), keys.x25519());
    text += &format!("{:?}", HospitalShare::from_bytes([8; 32]));
    text += &format!(
        "{:?}",
        batch.patient::<B>(keys.search_public(), keys.open_public())
    );
    text += &format!(
        "{:?}{:?}",
        Scalar::from_wide(&[5; 64]),
        B::pairing(batch.point(), &G2Point::generator())
    );
    let expected = "PatientKeysSeedKeywordLabelKeywordSearchTrapdoorOpenTrapdoor\
        SearchSecretOpenSecretLabelOpeningMonthLabelEd25519SecretX25519SecretHospitalShare\
        BatchPatientScalarGtBytes";
    assert_eq!(text, expected);
    assert!(!format!("{batch:?}").contains("secret"));
}
