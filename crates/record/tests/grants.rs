// SPDX-License-Identifier: Apache-2.0
//! Grants and consents: those that a requester and a hospital accept, and those they refuse.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod common;

use bspp_peks::{verify_strict, X25519Secret};
use bspp_record::{
    consent_id, create_grant, sign_withdrawal, verify_close, verify_revocation, GrantEnvelope,
    GrantError, GrantItem, GrantKey, GrantTerms, Keyword, SealingError, SignedConsent,
};
use bspp_types::{messages, PurposeOfUse, Request, RequestStatus};
use codec::Encode;
use common::*;

const REQUESTER: [u8; 32] = [21; 32];
const EXPIRY: u64 = 2_000_000;
const NOW: u64 = 1_000_000;

fn requester_secret() -> X25519Secret {
    X25519Secret::from_bytes([22; 32])
}

fn terms() -> GrantTerms {
    GrantTerms {
        chain: chain(),
        hospital: hospital(),
        requester: REQUESTER,
        requester_key: requester_secret().public().0,
        purpose: PurposeOfUse::Treatment,
        expiry: EXPIRY,
    }
}

fn item(code: &str, filing_month: u16, may_open: bool) -> GrantItem {
    let hospital_key = hospital_secret().public().0;
    GrantItem {
        filing_month,
        hospital_key,
        keyword: Keyword::new("urn:s", code),
        may_open,
    }
}

fn grant_by(seed: u8, terms: &GrantTerms) -> (GrantEnvelope, GrantKey) {
    let items = [
        item("a", FILING_MONTH, true),
        item("a", FILING_MONTH + 1, true),
        item("b", FILING_MONTH, false),
    ];
    create_grant(&keys(seed), terms, &items, &mut rng(4)).unwrap()
}

fn grant() -> (GrantEnvelope, GrantKey) {
    grant_by(1, &terms())
}

fn receive(envelope: &GrantEnvelope) -> Result<bspp_record::ReceivedGrant, GrantError> {
    envelope.receive(&chain(), &REQUESTER, &requester_secret(), NOW)
}

#[test]
fn receive_should_return_checked_trapdoors() {
    let (envelope, key) = grant();
    let received = receive(&envelope).unwrap();
    assert_eq!(received.keywords.len(), 3);
    let opens: Vec<bool> = received
        .keywords
        .iter()
        .map(|granted| granted.open.is_some())
        .collect();
    assert_eq!(opens, [true, true, false]);
    assert!(received.keywords[2].keyword == Keyword::new("urn:s", "b"));
    assert!(received.search_key == *keys(1).search_public());
    assert_eq!(received.open_request.grant_key, key.public());
    let message = messages::grant_key_message(
        &chain(),
        &hospital(),
        &REQUESTER,
        PurposeOfUse::Treatment,
        EXPIRY,
        &received.header.hash(),
    );
    assert!(verify_strict(&key.public(), &message, &received.open_request.signature).is_ok());
    assert_eq!(key.request_id(), received.header.request_id());
    assert_eq!(GrantKey::from_seed(&key.seed()).public(), key.public());
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
            r#"{"type":"bspp-grant","version":1,"grant":"00","more":1}"#,
            "the text is not the JSON of a grant",
        ),
        (
            r#"{"type":"receipt","version":1,"grant":"00"}"#,
            "the text is something else than a grant",
        ),
        (
            r#"{"type":"bspp-grant","version":2,"grant":"00"}"#,
            "the grant has another version",
        ),
        (
            r#"{"type":"bspp-grant","version":1,"grant":"0x"}"#,
            "the grant is not hexadecimal",
        ),
        (
            r#"{"type":"bspp-grant","version":1,"grant":"00"}"#,
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
    let refused =
        |result: Result<_, GrantError>| result.map(|_: bspp_record::ReceivedGrant| ()).unwrap_err();
    assert_eq!(
        refused(envelope.receive(&[1; 32].into(), &REQUESTER, &secret, NOW)),
        GrantError::ChainMismatch
    );
    assert_eq!(
        refused(envelope.receive(&chain(), &[1; 32], &secret, NOW)),
        GrantError::RequesterMismatch
    );
    let other = X25519Secret::from_bytes([23; 32]);
    assert_eq!(
        refused(envelope.receive(&chain(), &REQUESTER, &other, NOW)),
        GrantError::RequesterKeyMismatch
    );
    assert_eq!(
        refused(envelope.receive(&chain(), &REQUESTER, &secret, EXPIRY)),
        GrantError::GrantExpired(EXPIRY)
    );
    assert!(envelope
        .receive(&chain(), &REQUESTER, &secret, EXPIRY - 1)
        .is_ok());
}

#[test]
fn receive_should_fail_when_anything_in_the_envelope_is_changed() {
    let (envelope, _) = grant();
    let refused = |change: &dyn Fn(&mut GrantEnvelope)| {
        let mut changed = envelope.clone();
        change(&mut changed);
        receive(&changed).unwrap_err()
    };
    assert_eq!(
        refused(&|e| e.header.expiry += 1),
        GrantError::PatientMismatch
    );
    assert_eq!(
        refused(&|e| e.header.purpose = PurposeOfUse::Research),
        GrantError::PatientMismatch
    );
    assert_eq!(
        refused(&|e| e.header.hospital = [1; 32].into()),
        GrantError::PatientMismatch
    );
    assert_eq!(
        refused(&|e| e.header.grant_key[0] ^= 1),
        GrantError::PatientMismatch
    );
    assert_eq!(
        refused(&|e| e.header.trapdoors_hash.0[0] ^= 1),
        GrantError::PatientMismatch
    );
    assert_eq!(
        refused(&|e| e.patient_signature[0] ^= 1),
        GrantError::PatientMismatch
    );
    assert_eq!(
        refused(&|e| e.patient = keys(2).account(&HOSPITAL).public()),
        GrantError::PatientMismatch
    );
    assert_eq!(
        refused(&|e| e.grant_signature[40] ^= 1),
        GrantError::GrantKeyMismatch
    );
    let unsealed = GrantError::Sealing(SealingError::InvalidCiphertext);
    assert_eq!(refused(&|e| e.sealed.ciphertext[9] ^= 1), unsealed);
    assert_eq!(refused(&|e| e.sealed.encapsulated[9] ^= 1), unsealed);
    // Trapdoors of another grant, encrypted to the same requester.
    let (other, _) = create_grant(
        &keys(1),
        &terms(),
        &[item("c", FILING_MONTH, true)],
        &mut rng(77),
    )
    .unwrap();
    assert_eq!(refused(&|e| e.sealed = other.sealed.clone()), unsealed);
}

/// Seals a package of an attacker under a header that a patient's account signs.
///
/// An attacker may be a patient.
fn forged(package: &[u8]) -> GrantEnvelope {
    let key = GrantKey::generate(&mut rng(6));
    let (mut envelope, _) = grant();
    let hash = bspp_peks::blake2b_256_parts(&[bspp_peks::domain::GRANT_TRAPDOORS, package]);
    envelope.header.trapdoors_hash = hash.into();
    envelope.header.grant_key = key.public();
    let account = keys(1).account(&HOSPITAL);
    envelope.patient_signature = account.sign(&envelope.header.message());
    let seed = key.seed();
    let header = &envelope.header;
    let message = messages::grant_key_message(
        &header.chain,
        &header.hospital,
        &header.requester,
        header.purpose,
        header.expiry,
        &header.hash(),
    );
    envelope.grant_signature = bspp_peks::Ed25519Secret::from_seed(&seed).sign(&message);
    let info = [bspp_peks::domain::HPKE_GRANT, &header.hash().0].concat();
    envelope.sealed =
        bspp_record::sealing::seal(&header.requester_key, &info, package, &mut rng(7)).unwrap();
    envelope
}

type RawItem = (u16, String, String, [u8; 32], [u8; 96], Option<[u8; 96]>);

fn package(search_key: [u8; 48], open_key: [u8; 48], items: Vec<RawItem>) -> Vec<u8> {
    ([0u8; 32], search_key, open_key, items).encode()
}

#[test]
fn receive_should_fail_when_a_forged_trapdoor_does_not_fit_its_label() {
    let (a, b) = (keys(1), keys(2));
    let (search_key, open_key) = (*a.search_public().as_bytes(), *a.open_public().as_bytes());
    let label = bspp_peks::KeywordLabel::from_bytes([5; 32]);
    let context = context();
    type B = bspp_peks::DefaultBackend;
    let search = *a.search_trapdoor::<B>(&context, &label).to_bytes();
    let open = *a.open_trapdoor::<B>(&context, &label).to_bytes();
    let others = *b.search_trapdoor::<B>(&context, &label).to_bytes();
    let raw = |label: [u8; 32], search, open| -> RawItem {
        (FILING_MONTH, "s".into(), "c".into(), label, search, open)
    };
    let good = raw([5; 32], search, Some(open));
    let judge =
        |items: Vec<RawItem>| receive(&forged(&package(search_key, open_key, items))).map(|_| ());

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
        judge(vec![raw([5; 32], search, Some(search))]),
        Err(GrantError::TrapdoorMismatch(0))
    );
    let mut identity = [0u8; 96];
    identity[0] = 0xc0;
    assert_eq!(
        judge(vec![raw([5; 32], identity, None)]),
        Err(GrantError::InvalidPoint(bspp_peks::PointError::Identity))
    );
    assert_eq!(judge(vec![]), Err(GrantError::NoKeyword));
    let equal = package(search_key, search_key, vec![good.clone()]);
    assert_eq!(receive(&forged(&equal)).unwrap_err(), GrantError::EqualKeys);
    let mut no_point = package(search_key, open_key, vec![good]);
    no_point[32] = 0;
    assert!(matches!(
        receive(&forged(&no_point)),
        Err(GrantError::InvalidPoint(_))
    ));
    assert_eq!(
        receive(&forged(b"no package")).unwrap_err(),
        GrantError::InvalidTrapdoors
    );
}

#[test]
fn create_grant_should_fail_when_its_terms_are_wrong() {
    let create =
        |items: &[GrantItem]| create_grant(&keys(1), &terms(), items, &mut rng(4)).unwrap_err();
    assert_eq!(create(&[]), GrantError::NoKeyword);
    let many = vec![item("a", FILING_MONTH, true); 4097];
    assert_eq!(create(&many), GrantError::MaxKeywordsExceeded(4097));
    let small_order = GrantItem {
        hospital_key: [0; 32],
        ..item("a", FILING_MONTH, true)
    };
    assert!(matches!(
        create(&[small_order]),
        GrantError::InvalidHospitalKey(_)
    ));
    let mut terms = terms();
    terms.requester_key = [0; 32];
    let refused = create_grant(
        &keys(1),
        &terms,
        &[item("a", FILING_MONTH, true)],
        &mut rng(4),
    )
    .unwrap_err();
    assert_eq!(refused, GrantError::Sealing(SealingError::InvalidKey));
}

#[test]
fn header_check_should_fail_when_hospital_chain_or_time_are_wrong() {
    let header = grant().0.header;
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
        header.check(&chain(), &hospital(), EXPIRY),
        Err(GrantError::GrantExpired(EXPIRY))
    );
}

#[test]
fn header_verify_should_fail_when_the_grant_is_of_another_patient() {
    let (mine, _) = grant();
    let mine_account = keys(1).account(&HOSPITAL).public();
    assert_eq!(
        mine.header.verify(&mine.patient_signature, &mine_account),
        Ok(())
    );
    // A valid grant of another patient, for this patient's record.
    let (others, _) = grant_by(2, &terms());
    assert!(receive(&others).is_ok());
    let refused = others
        .header
        .verify(&others.patient_signature, &mine_account);
    assert_eq!(refused, Err(GrantError::PatientMismatch));
    // The same patient's account at another hospital.
    let elsewhere = keys(1).account(&[1; 32]).public();
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
        grant_key: header.grant_key,
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
        refused(&|r| r.grant_key[0] ^= 1),
        GrantError::RequestMismatch("grant key")
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
    assert_eq!(request, key.request_id());
    assert_eq!(
        verify_revocation(&chain(), &key.public(), &signature),
        Ok(())
    );
    let refused = Err(GrantError::InvalidSignature);
    assert_eq!(
        verify_revocation(&[1; 32].into(), &key.public(), &signature),
        refused
    );
    assert_eq!(verify_close(&chain(), &key.public(), &signature), refused);
    let other = GrantKey::generate(&mut rng(50));
    assert_eq!(
        verify_revocation(&chain(), &other.public(), &signature),
        refused
    );
    let (_, closing) = key.closing(&chain());
    assert_eq!(verify_close(&chain(), &key.public(), &closing), Ok(()));
    assert_eq!(
        verify_revocation(&chain(), &key.public(), &closing),
        refused
    );
}

#[test]
fn consent_should_verify_only_for_its_terms_hospital_and_chain() {
    let keys = keys(1);
    let consent = SignedConsent::sign(
        &keys,
        &chain(),
        &hospital(),
        (FILING_MONTH, FILING_MONTH + 1),
        &mut rng(8),
    );
    assert!(consent.verify(&chain(), &hospital()).is_ok());
    assert!(consent.verify(&[1; 32].into(), &hospital()).is_err());
    assert!(consent.verify(&chain(), &[1; 32].into()).is_err());
    let mut longer = consent.clone();
    longer.terms.until += 1;
    assert!(longer.verify(&chain(), &hospital()).is_err());
    let again = SignedConsent::sign(
        &keys,
        &chain(),
        &hospital(),
        (FILING_MONTH, FILING_MONTH + 1),
        &mut rng(9),
    );
    let id = consent_id(&chain(), &hospital(), &consent.terms);
    assert_ne!(id, consent_id(&chain(), &hospital(), &again.terms));
    let withdrawal = sign_withdrawal(&keys, &chain(), &hospital(), &id);
    let message = messages::consent_withdrawal_message(&chain(), &hospital(), &id);
    assert!(verify_strict(&consent.terms.patient, &message, &withdrawal).is_ok());
}

#[test]
fn debug_should_print_no_keyword_or_trapdoor() {
    let (envelope, key) = create_grant(
        &keys(1),
        &terms(),
        &[item("diabetes", FILING_MONTH, true)],
        &mut rng(4),
    )
    .unwrap();
    let received = receive(&envelope).unwrap();
    let printed = format!(
        "{key:?} {received:?} {:?} {:?}",
        received.keywords,
        item("diabetes", FILING_MONTH, true)
    );
    assert!(!printed.contains("diabetes"), "{printed}");
    let seed = format!("{:?}", *key.seed());
    assert!(
        !printed.contains(seed.trim_matches(['[', ']'])),
        "{printed}"
    );
}
