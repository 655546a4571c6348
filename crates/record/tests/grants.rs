// SPDX-License-Identifier: Apache-2.0
//! Grants and consents: those that a requester and a hospital accept, and those they refuse.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod common;

use bspp_peks::{
    verify_strict, Ed25519Secret, Kappa, KeywordLabel, PatientKeys, PointError, Seed, X25519Secret,
};
use bspp_record::{
    consent_id, create_grant, create_supplement, sign_withdrawal, verify_close, verify_revocation,
    verify_tombstone, GrantEnvelope, GrantError, GrantItem, GrantKey, GrantTerms, Keyword,
    ReceivedGrant, ScopeLeaf, ScopeTree, SealingError, SignedConsent, SupplementEnvelope,
};
use bspp_types::{
    day_of, day_start, messages, Authority, PurposeOfUse, Request, RequestStatus, Requester, H256,
};
use codec::Encode;
use common::*;

const REQUESTER: [u8; 32] = [21; 32];
const NOW: u64 = 1_700_000_000_000;

/// First day on which the grants are no longer valid.
fn expiry() -> u32 {
    day_of(NOW) + 10
}

fn requester_secret() -> X25519Secret {
    X25519Secret::from_bytes([22; 32])
}

fn terms() -> GrantTerms {
    GrantTerms {
        requester: Requester::Person(REQUESTER),
        requester_key: requester_secret().public().0,
        purpose: PurposeOfUse::Treatment,
        issued_at: NOW - 1_000,
        expiry: expiry(),
    }
}

fn item_of(codes: &[&str], filing_month: u16, may_open: bool) -> GrantItem {
    GrantItem {
        filing_month,
        hospital_key: hospital_secret().public().0,
        version: 0,
        keywords: codes
            .iter()
            .map(|code| Keyword::new("urn:s", *code))
            .collect(),
        may_open,
    }
}

fn item(code: &str, filing_month: u16, may_open: bool) -> GrantItem {
    item_of(&[code], filing_month, may_open)
}

fn items() -> Vec<GrantItem> {
    vec![
        item("a", FILING_MONTH, true),
        item("a", FILING_MONTH + 1, true),
        item("b", FILING_MONTH, false),
        item_of(&["a", "b"], FILING_MONTH, true),
    ]
}

fn grant_by(seed: u8) -> (GrantEnvelope, GrantKey) {
    let keys = keys(seed);
    let envelope = create_grant(&keys, 0, &terms(), &items(), &mut rng(4)).unwrap();
    (envelope, GrantKey::derive(&keys, 0))
}

fn grant() -> (GrantEnvelope, GrantKey) {
    grant_by(1)
}

fn receive(envelope: &GrantEnvelope) -> Result<ReceivedGrant, GrantError> {
    envelope.receive(&chain(), &REQUESTER, &requester_secret(), NOW, &mut rng(40))
}

#[test]
fn receive_should_return_checked_trapdoors() {
    let (envelope, key) = grant();
    let received = receive(&envelope).unwrap();
    let opens: Vec<Vec<bool>> = received
        .items
        .iter()
        .map(|item| {
            item.labels
                .iter()
                .map(|label| label.open.is_some())
                .collect()
        })
        .collect();
    assert_eq!(
        opens,
        [vec![true], vec![true], vec![false], vec![true, true]]
    );
    assert!(received.items[2].labels[0].keyword == Keyword::new("urn:s", "b"));
    assert!(received.search_key == *keys(1).search_public());
    assert_eq!(received.open_request.authority.key(), &key.public());
    let message = messages::grant_key_message(
        &chain(),
        &hospital(),
        &REQUESTER,
        PurposeOfUse::Treatment,
        expiry(),
        &received.header.hash(),
    );
    assert!(verify_strict(&key.public(), &message, &received.open_request.signature).is_ok());
    assert_eq!(key.request_id(), received.header.request_id());
    // The seed gives the key again: a restored wallet can revoke.
    assert_eq!(Ed25519Secret::from_seed(&key.seed()).public(), key.public());
    assert_ne!(GrantKey::derive(&keys(1), 1).public(), key.public());
}

#[test]
fn from_text_should_invert_to_text() {
    let (envelope, _) = grant();
    assert_eq!(
        GrantEnvelope::from_text(&envelope.to_text()).unwrap(),
        envelope
    );
    let wrong = [
        ("", "the text is not the JSON of a grant"),
        (
            r#"{"type":"bspp-grant","version":2,"grant":"00","more":1}"#,
            "the text is not the JSON of a grant",
        ),
        (
            r#"{"type":"receipt","version":2,"grant":"00"}"#,
            "the text is something else than a grant",
        ),
        (
            r#"{"type":"bspp-grant","version":1,"grant":"00"}"#,
            "the grant has another version",
        ),
        (
            r#"{"type":"bspp-grant","version":2,"grant":"0x"}"#,
            "the grant is not hexadecimal",
        ),
        (
            r#"{"type":"bspp-grant","version":2,"grant":"00"}"#,
            "the grant is cut off or changed",
        ),
    ];
    for (text, reason) in wrong {
        assert_eq!(
            GrantEnvelope::from_text(text),
            Err(GrantError::InvalidEnvelope(reason)),
            "{text}"
        );
    }
    let long = " ".repeat(8 * 1024 * 1024 + 1);
    assert_eq!(
        GrantEnvelope::from_text(&long),
        Err(GrantError::InvalidEnvelope("the text is too long"))
    );
}

#[test]
fn receive_should_fail_when_the_grant_is_for_someone_else() {
    let (envelope, _) = grant();
    let secret = requester_secret();
    let refused = |chain: H256, requester: [u8; 32], secret: &X25519Secret, now| {
        envelope
            .receive(&chain, &requester, secret, now, &mut rng(40))
            .map(|_| ())
    };
    let end = day_start(expiry());
    assert_eq!(
        refused([1; 32].into(), REQUESTER, &secret, NOW),
        Err(GrantError::ChainMismatch)
    );
    assert_eq!(
        refused(chain(), [1; 32], &secret, NOW),
        Err(GrantError::RequesterMismatch)
    );
    let other = X25519Secret::from_bytes([23; 32]);
    assert_eq!(
        refused(chain(), REQUESTER, &other, NOW),
        Err(GrantError::RequesterKeyMismatch)
    );
    assert_eq!(
        refused(chain(), REQUESTER, &secret, end),
        Err(GrantError::GrantExpired(end))
    );
    assert_eq!(refused(chain(), REQUESTER, &secret, end - 1), Ok(()));
}

#[test]
fn receive_should_fail_when_anything_in_the_envelope_is_changed() {
    let (envelope, _) = grant();
    let refused = |change: &dyn Fn(&mut GrantEnvelope)| {
        let mut changed = envelope.clone();
        change(&mut changed);
        receive(&changed).unwrap_err()
    };
    type Change<'a> = (&'a str, &'a dyn Fn(&mut GrantEnvelope));
    let signed: [Change<'_>; 10] = [
        ("expiry", &|e| e.header.expiry += 1),
        ("purpose", &|e| e.header.purpose = PurposeOfUse::Research),
        ("hospital", &|e| e.header.hospital = [1; 32].into()),
        ("authority", &|e| {
            e.header.authority = Authority::GrantKey([1; 32])
        }),
        ("kind of requester", &|e| {
            e.header.requester = Requester::Institution(REQUESTER)
        }),
        ("time", &|e| e.header.issued_at += 1),
        ("scope", &|e| e.header.scope_root.0[0] ^= 1),
        ("signature", &|e| e.patient_signature[0] ^= 1),
        ("patient", &|e| e.patient = keys(2).account().public()),
        ("hospital of the patient", &|e| {
            let elsewhere = PatientKeys::derive(&Seed::from_bytes([1; 32]), &CHAIN, &[1; 32], 0);
            e.patient = elsewhere.account().public()
        }),
    ];
    for (name, change) in signed {
        assert_eq!(refused(change), GrantError::PatientMismatch, "{name}");
    }
    assert_eq!(
        refused(&|e| e.grant_signature[40] ^= 1),
        GrantError::GrantKeyMismatch
    );
    let unsealed = GrantError::Sealing(SealingError::InvalidCiphertext);
    assert_eq!(refused(&|e| e.sealed.ciphertext[9] ^= 1), unsealed);
    assert_eq!(refused(&|e| e.sealed.encapsulated[9] ^= 1), unsealed);
    // Trapdoors of another grant, encrypted to the same requester.
    let wanted = [item("c", FILING_MONTH, true)];
    let other = create_grant(&keys(1), 1, &terms(), &wanted, &mut rng(77)).unwrap();
    assert_eq!(refused(&|e| e.sealed = other.sealed.clone()), unsealed);
}

type RawLabel = (String, String, [u8; 32], [u8; 96], Option<[u8; 96]>);
type RawItem = ([u8; 32], u16, u16, u32, bool, Vec<RawLabel>);

const FILL: [u8; 32] = [33; 32];

fn package(search_key: [u8; 48], open_key: [u8; 48], items: &[RawItem]) -> Vec<u8> {
    (FILL, search_key, open_key, items).encode()
}

/// The root that an attacker commits to, so that the package passes the comparison.
fn root_of(items: &[RawItem]) -> H256 {
    let leaves: Vec<(u16, H256)> = items
        .iter()
        .map(|(salt, position, filing_month, _, may_open, labels)| {
            let labels: Vec<[u8; 32]> = labels.iter().map(|label| label.2).collect();
            let leaf = ScopeLeaf {
                salt: *salt,
                filing_month: *filing_month,
                labels: labels.try_into().unwrap(),
                may_open: *may_open,
            };
            (*position, leaf.hash())
        })
        .collect();
    ScopeTree::new(&FILL, &leaves).unwrap().root()
}

/// Seals a package of an attacker under a header that a patient's account signs.
///
/// An attacker may be a patient.
fn forged(package: &[u8], root: H256) -> GrantEnvelope {
    let (mut envelope, key) = grant();
    envelope.header.scope_root = root;
    let keys = keys(1);
    envelope.patient_signature = keys.account().sign(&envelope.header.message());
    let header = &envelope.header;
    let message = messages::grant_key_message(
        &header.chain,
        &header.hospital,
        header.requester.account(),
        header.purpose,
        header.expiry,
        &header.hash(),
    );
    envelope.grant_signature = Ed25519Secret::from_seed(&key.seed()).sign(&message);
    let info = [bspp_peks::domain::HPKE_GRANT, &header.hash().0].concat();
    envelope.sealed =
        bspp_record::sealing::seal(&header.requester_key, &info, package, &mut rng(7)).unwrap();
    envelope
}

#[test]
fn receive_should_fail_when_a_forged_trapdoor_does_not_fit_its_label() {
    let (a, b) = (keys(1), keys(2));
    let (search_key, open_key) = (*a.search_public().as_bytes(), *a.open_public().as_bytes());
    let label = KeywordLabel::from_bytes([5; 32]);
    type B = bspp_peks::DefaultBackend;
    let search = *a.search_trapdoor::<B>(FILING_MONTH, &label).to_bytes();
    let open = *a.open_trapdoor::<B>(FILING_MONTH, &label).to_bytes();
    let others = *b.search_trapdoor::<B>(FILING_MONTH, &label).to_bytes();
    let raw = |label: [u8; 32], search, open| -> RawLabel {
        ("s".into(), "c".into(), label, search, open)
    };
    // Each label is an item of its own, at a place of its own.
    let items = |labels: Vec<RawLabel>| -> Vec<RawItem> {
        labels
            .into_iter()
            .zip(0..)
            .map(|(label, place)| {
                let may_open = label.4.is_some();
                ([9; 32], place, FILING_MONTH, 0, may_open, vec![label])
            })
            .collect()
    };
    let good = raw([5; 32], search, Some(open));
    let receive_items = |items: &[RawItem]| {
        receive(&forged(
            &package(search_key, open_key, items),
            root_of(items),
        ))
    };
    let judge = |labels: Vec<RawLabel>| receive_items(&items(labels)).map(|_| ());

    assert_eq!(judge(vec![good.clone()]), Ok(()));
    assert_eq!(
        judge(vec![good.clone(), raw([6; 32], search, None)]),
        Err(GrantError::TrapdoorMismatch(1))
    );
    assert_eq!(
        judge(vec![raw([5; 32], others, None)]),
        Err(GrantError::TrapdoorMismatch(0))
    );
    // A search trapdoor in the place of the open one.
    assert_eq!(
        judge(vec![good.clone(), raw([5; 32], search, Some(search))]),
        Err(GrantError::TrapdoorMismatch(1))
    );
    let mut identity = [0u8; 96];
    identity[0] = 0xc0;
    assert_eq!(
        judge(vec![raw([5; 32], identity, None)]),
        Err(GrantError::InvalidPoint(PointError::Identity))
    );
    assert_eq!(judge(vec![]), Err(GrantError::NoKeyword));
    let (one, refused) = (items(vec![good.clone()]), |bytes: &[u8], root| {
        receive(&forged(bytes, root)).unwrap_err()
    });
    let equal = package(search_key, search_key, &one);
    assert_eq!(refused(&equal, root_of(&one)), GrantError::EqualKeys);
    let mut no_point = package(search_key, open_key, &one);
    no_point[32] = 0;
    assert!(matches!(
        refused(&no_point, root_of(&one)),
        GrantError::InvalidPoint(_)
    ));
    assert_eq!(
        refused(b"no package", root_of(&one)),
        GrantError::InvalidTrapdoors
    );
    // Trapdoors of a root that the patient did not sign for.
    let other = items(vec![good.clone(), good.clone()]);
    assert_eq!(
        refused(&package(search_key, open_key, &one), root_of(&other)),
        GrantError::TrapdoorsMismatch
    );
    // The leaf says that records may be read, and the open trapdoor is missing.
    let mut silent = one.clone();
    silent[0].5[0].4 = None;
    assert_eq!(
        refused(&package(search_key, open_key, &silent), root_of(&silent)),
        GrantError::InvalidTrapdoors
    );
    // Two items at one place.
    let mut twice = items(vec![good.clone(), good]);
    twice[1].1 = 0;
    assert_eq!(
        refused(&package(search_key, open_key, &twice), root_of(&one)),
        GrantError::InvalidTrapdoors
    );
}

#[test]
fn create_grant_should_fail_when_its_terms_are_wrong() {
    let create = |terms: &GrantTerms, items: &[GrantItem]| {
        create_grant(&keys(1), 0, terms, items, &mut rng(4)).unwrap_err()
    };
    let refused = |items: &[GrantItem]| create(&terms(), items);
    assert_eq!(refused(&[]), GrantError::NoKeyword);
    assert_eq!(
        refused(&[item_of(&[], FILING_MONTH, true)]),
        GrantError::NoKeyword
    );
    assert_eq!(
        refused(&[item_of(&["a", "a"], FILING_MONTH, true)]),
        GrantError::NoKeyword
    );
    let nine = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
    assert_eq!(
        refused(&[item_of(&nine, FILING_MONTH, true)]),
        GrantError::NoKeyword
    );
    let many = vec![item("a", FILING_MONTH, true); 4097];
    assert_eq!(refused(&many), GrantError::MaxItemsExceeded(4097));
    let small_order = GrantItem {
        hospital_key: [0; 32],
        ..item("a", FILING_MONTH, true)
    };
    assert!(matches!(
        refused(&[small_order]),
        GrantError::InvalidHospitalKey(_)
    ));
    let mut terms = terms();
    terms.requester_key = [0; 32];
    assert_eq!(
        create(&terms, &[item("a", FILING_MONTH, true)]),
        GrantError::Sealing(SealingError::InvalidKey)
    );
}

/// The number of items shows in the length of the sealed box to the requester only.
#[test]
fn header_should_hide_the_number_and_places_of_items() {
    let header = |items: &[GrantItem], seed| {
        let grant = create_grant(&keys(1), 0, &terms(), items, &mut rng(seed)).unwrap();
        (grant.header.encode().len(), grant.header.scope_root)
    };
    let one = header(&items()[..1], 1);
    let four = header(&items(), 1);
    assert_eq!(one.0, four.0);
    // The same items give another root each time: roots of equal scopes cannot be compared.
    assert_ne!(header(&items(), 1).1, header(&items(), 2).1);
}

fn supplement(issued_at: u64, version: u32) -> SupplementEnvelope {
    let mut items = items();
    items.push(GrantItem {
        version,
        ..item("a", FILING_MONTH, true)
    });
    create_supplement(&keys(1), &grant().0.header, &items, issued_at, &mut rng(5)).unwrap()
}

fn apply(received: &mut ReceivedGrant, envelope: &SupplementEnvelope) -> Result<(), GrantError> {
    received.apply(envelope, &requester_secret(), &mut rng(41))
}

#[test]
fn supplement_should_give_trapdoors_of_the_new_label_version() {
    let mut received = receive(&grant().0).unwrap();
    let envelope = supplement(NOW, 1);
    let text = envelope.to_text();
    assert_eq!(SupplementEnvelope::from_text(&text).unwrap(), envelope);
    apply(&mut received, &envelope).unwrap();
    assert_eq!(received.items.len(), 5);
    assert_eq!(received.supplement, Some(envelope.signed()));
    let label = |version| {
        let key = hospital_secret().public();
        let scope = scope_at(&keys(1), version);
        let kappa = Kappa::patient_side(keys(1).x25519(), &key, &scope).unwrap();
        *kappa.label(&Keyword::new("urn:s", "a")).as_bytes()
    };
    assert!(*received.items[0].labels[0].label.as_bytes() == label(0));
    assert!(*received.items[4].labels[0].label.as_bytes() == label(1));
    assert_ne!(label(0), label(1));
}

#[test]
fn supplement_should_be_refused_when_it_is_anothers_older_or_changed() {
    let right = supplement(NOW, 1);
    let refused = |change: &dyn Fn(&mut SupplementEnvelope)| {
        let mut changed = right.clone();
        change(&mut changed);
        apply(&mut receive(&grant().0).unwrap(), &changed).unwrap_err()
    };
    let mismatch = GrantError::SupplementMismatch;
    assert_eq!(refused(&|e| e.signature[0] ^= 1), mismatch);
    assert_eq!(refused(&|e| e.supplement.issued_at += 1), mismatch);
    assert_eq!(refused(&|e| e.supplement.scope_root.0[0] ^= 1), mismatch);
    assert_eq!(
        refused(&|e| e.sealed.ciphertext[0] ^= 1),
        GrantError::Sealing(SealingError::InvalidCiphertext)
    );
    // A supplement of another grant of the same patient.
    let other = create_grant(&keys(1), 1, &terms(), &items(), &mut rng(6)).unwrap();
    let elsewhere = create_supplement(&keys(1), &other.header, &items(), NOW, &mut rng(5)).unwrap();
    let mut received = receive(&grant().0).unwrap();
    assert_eq!(apply(&mut received, &elsewhere), Err(mismatch));
    // One that another patient signed, with trapdoors of that patient.
    let header = grant().0.header;
    let others = create_supplement(&keys(2), &header, &items(), NOW, &mut rng(5)).unwrap();
    assert_eq!(apply(&mut received, &others), Err(mismatch));
    // One that is older than the header, and one that is older than the present one.
    let before = create_supplement(&keys(1), &header, &items(), 1, &mut rng(5)).unwrap();
    assert_eq!(apply(&mut received, &before), Err(mismatch));
    apply(&mut received, &supplement(NOW + 5, 2)).unwrap();
    assert_eq!(apply(&mut received, &right), Err(mismatch));
    // A patient makes none for a grant of another hospital.
    let mut foreign = header;
    foreign.hospital = [1; 32].into();
    let made = create_supplement(&keys(1), &foreign, &items(), NOW, &mut rng(5));
    assert_eq!(made.map(|_| ()), Err(GrantError::PatientMismatch));
}

#[test]
fn supplement_text_should_be_refused_when_it_is_something_else() {
    let grant_text = grant().0.to_text();
    let too_long = " ".repeat(8 * 1024 * 1024 + 1);
    for text in ["", &grant_text, &too_long] {
        let refused = SupplementEnvelope::from_text(text);
        assert!(matches!(refused, Err(GrantError::InvalidEnvelope(_))));
    }
}

#[test]
fn header_check_should_fail_when_hospital_chain_or_time_are_wrong() {
    let (header, end) = (grant().0.header, day_start(expiry()));
    assert_eq!(header.check(&chain(), &hospital(), NOW), Ok(()));
    assert_eq!(
        header.check(&[1; 32].into(), &hospital(), NOW),
        Err(GrantError::ChainMismatch)
    );
    assert_eq!(
        header.check(&chain(), &[1; 32].into(), NOW),
        Err(GrantError::HospitalMismatch)
    );
    assert_eq!(
        header.check(&chain(), &hospital(), end),
        Err(GrantError::GrantExpired(end))
    );
}

#[test]
fn header_verify_should_fail_when_the_grant_is_of_another_patient() {
    let (mine, _) = grant();
    let mine_account = keys(1).account().public();
    assert_eq!(
        mine.header.verify(&mine.patient_signature, &mine_account),
        Ok(())
    );
    // A valid grant of another patient, for this patient's record.
    let (others, _) = grant_by(2);
    assert!(receive(&others).is_ok());
    let refused = others
        .header
        .verify(&others.patient_signature, &mine_account);
    assert_eq!(refused, Err(GrantError::PatientMismatch));
    // The same patient's account at another hospital.
    let elsewhere = PatientKeys::derive(&Seed::from_bytes([1; 32]), &CHAIN, &[1; 32], 0)
        .account()
        .public();
    assert_eq!(
        mine.header.verify(&mine.patient_signature, &elsewhere),
        Err(GrantError::PatientMismatch)
    );
}

#[test]
fn check_request_should_fail_when_any_field_differs() {
    let header = grant().0.header;
    let request = Request {
        hospital: hospital(),
        requester: REQUESTER,
        requester_hospital: [1; 32].into(),
        authority: header.authority,
        purpose: header.purpose,
        expiry: header.expiry,
        header_hash: header.hash(),
        status: RequestStatus::Open,
        opened_at: 1,
        matches: 0,
    };
    assert_eq!(header.check_request(&request), Ok(()));
    let refused = |change: &dyn Fn(&mut Request<[u8; 32]>)| {
        let mut changed = request.clone();
        change(&mut changed);
        header.check_request(&changed).unwrap_err()
    };
    assert_eq!(
        refused(&|r| r.requester = [1; 32]),
        GrantError::RequesterMismatch
    );
    assert_eq!(
        refused(&|r| r.hospital = [1; 32].into()),
        GrantError::RequestMismatch("hospital")
    );
    assert_eq!(
        refused(&|r| r.authority = Authority::GrantKey([1; 32])),
        GrantError::RequestMismatch("authority")
    );
    assert_eq!(
        refused(&|r| r.purpose = PurposeOfUse::Research),
        GrantError::RequestMismatch("purpose")
    );
    assert_eq!(
        refused(&|r| r.expiry += 1),
        GrantError::RequestMismatch("expiry")
    );
    assert_eq!(
        refused(&|r| r.header_hash = [1; 32].into()),
        GrantError::RequestMismatch("header hash")
    );
}

#[test]
fn revocation_should_verify_only_for_its_grant_chain_and_use() {
    let (_, key) = grant();
    let (request, signature) = key.revocation(&chain());
    let authority = Authority::GrantKey(key.public());
    let elsewhere: H256 = [1; 32].into();
    let refused = Err(GrantError::InvalidSignature);
    assert_eq!(request, key.request_id());
    assert_eq!(verify_revocation(&chain(), &authority, &signature), Ok(()));
    assert_eq!(
        verify_revocation(&elsewhere, &authority, &signature),
        refused
    );
    let other = Authority::GrantKey(GrantKey::derive(&keys(1), 1).public());
    assert_eq!(verify_revocation(&chain(), &other, &signature), refused);
    let (_, closing) = key.closing(&chain());
    assert_eq!(verify_close(&chain(), &authority, &closing), Ok(()));
    let (_, tombstone) = key.tombstone(&chain(), expiry());
    let verify = |day, signature| verify_tombstone(&chain(), &authority, day, signature);
    assert_eq!(verify(expiry(), &tombstone), Ok(()));
    assert_eq!(verify(expiry() + 1, &tombstone), refused);
    // None serves as another one.
    for signature in [&closing, &tombstone] {
        let revoked = verify_revocation(&chain(), &authority, signature);
        assert_eq!(revoked, refused);
    }
    for signature in [&signature, &tombstone] {
        assert_eq!(verify_close(&chain(), &authority, signature), refused);
    }
    for signature in [&signature, &closing] {
        assert_eq!(verify(expiry(), signature), refused);
    }
}

#[test]
fn consent_should_verify_only_for_its_terms_hospital_and_chain() {
    let keys = keys(1);
    let consent = SignedConsent::sign(&keys, (FILING_MONTH, FILING_MONTH + 1), &mut rng(8));
    assert!(consent.verify(&chain(), &hospital()).is_ok());
    assert!(consent.verify(&[1; 32].into(), &hospital()).is_err());
    assert!(consent.verify(&chain(), &[1; 32].into()).is_err());
    let mut longer = consent.clone();
    longer.terms.until += 1;
    assert!(longer.verify(&chain(), &hospital()).is_err());
    let again = SignedConsent::sign(&keys, (FILING_MONTH, FILING_MONTH + 1), &mut rng(9));
    let id = consent_id(&chain(), &hospital(), &consent.terms);
    assert_ne!(id, consent_id(&chain(), &hospital(), &again.terms));
    let withdrawal = sign_withdrawal(&keys, &id);
    let message = messages::consent_withdrawal_message(&chain(), &hospital(), &id);
    assert!(verify_strict(&consent.terms.patient, &message, &withdrawal).is_ok());
}

#[test]
fn debug_should_print_no_keyword_or_trapdoor() {
    let wanted = [item("diabetes", FILING_MONTH, true)];
    let envelope = create_grant(&keys(1), 0, &terms(), &wanted, &mut rng(4)).unwrap();
    let (key, received) = (GrantKey::derive(&keys(1), 0), receive(&envelope).unwrap());
    let printed = format!(
        "{key:?} {received:?} {:?} {:?}",
        received.items,
        item("diabetes", FILING_MONTH, true)
    );
    assert!(!printed.contains("diabetes"), "{printed}");
    let seed = format!("{:?}", *key.seed());
    assert!(
        !printed.contains(seed.trim_matches(['[', ']'])),
        "{printed}"
    );
}
