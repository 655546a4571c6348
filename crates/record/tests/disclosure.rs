// SPDX-License-Identifier: Apache-2.0
//! Disclosure: requests that a hospital refuses, and answers that a requester refuses.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod common;

use bspp_peks::{verify_strict, Ed25519Secret, X25519Secret};
use bspp_record::{
    create_grant, DisclosureContext, DisclosureError, DisclosurePackage, DisclosureRequest,
    EncryptedRecord, Encryptor, GrantError, GrantItem, GrantTerms, Keyword, OpenError,
    ReceivedGrant, SealingError,
};
use bspp_types::{
    Ed25519Key, Ed25519Signature, HospitalId, PurposeOfUse, Request, RequestStatus, H256,
};
use codec::{DecodeAll, Encode};
use common::*;

const EXPIRY: u64 = 2_000_000;
const NOW: u64 = 1_000_000;
const NONCE: [u8; 32] = [31; 32];

fn doctor() -> Ed25519Secret {
    Ed25519Secret::from_seed(&[30; 32])
}

fn secret() -> X25519Secret {
    X25519Secret::from_bytes([22; 32])
}

fn sign_by(key: &Ed25519Secret) -> impl Fn(&[u8]) -> Ed25519Signature + '_ {
    |message| key.sign(message)
}

/// The rule of a chain whose accounts are Ed25519 keys.
fn signed_by(signature: &Ed25519Signature, message: &[u8], account: &Ed25519Key) -> bool {
    verify_strict(account, message, signature).is_ok()
}

type Ask = DisclosureRequest<Ed25519Signature>;
type Context<'a> = DisclosureContext<'a, Ed25519Signature, Ed25519Key>;

struct Scene {
    grant: ReceivedGrant,
    record: EncryptedRecord,
    request: Request<Ed25519Key>,
    chain: H256,
    hospital: HospitalId,
    patient: [u8; 32],
}

fn scene_of(seed: u8) -> Scene {
    let keys = keys(seed);
    let terms = GrantTerms {
        chain: chain(),
        hospital: hospital(),
        requester: doctor().public(),
        requester_key: secret().public().0,
        purpose: PurposeOfUse::Treatment,
        expiry: EXPIRY,
    };
    let hospital_key = hospital_secret().public().0;
    let item = GrantItem {
        filing_month: FILING_MONTH,
        hospital_key,
        keyword: Keyword::identity(),
        may_open: true,
    };
    let (envelope, _) = create_grant(&keys, &terms, &[item], &mut rng(4)).unwrap();
    let grant = envelope
        .receive(&chain(), &doctor().public(), &secret(), NOW)
        .unwrap();
    let mut encryptor = Encryptor::<bspp_peks::DefaultBackend>::new(batch(0));
    let records = encryptor
        .encrypt(
            &patient_of(&keys),
            &small_records()[1],
            [2; 32].into(),
            &mut rng(u64::from(seed)),
        )
        .unwrap();
    let header = &grant.header;
    let request = Request {
        hospital: hospital(),
        requester: doctor().public(),
        requester_hospital: [1; 32].into(),
        grant_key: header.grant_key,
        purpose: header.purpose,
        expiry: header.expiry,
        header_hash: header.hash(),
        status: RequestStatus::Open,
        opened_at: 1,
        matches: 0,
    };
    Scene {
        request,
        record: records[0].clone(),
        grant,
        chain: chain(),
        hospital: hospital(),
        patient: keys.account(&HOSPITAL).public(),
    }
}

impl Scene {
    fn context(&self) -> Context<'_> {
        DisclosureContext {
            chain: &self.chain,
            hospital: &self.hospital,
            patient: &self.patient,
            request: &self.request,
            verifier: signed_by,
            nonce: &NONCE,
            now: NOW,
        }
    }

    fn ask(&self) -> Ask {
        DisclosureRequest::new(&self.grant, self.record.rid, NONCE, sign_by(&doctor()))
    }
}

#[test]
fn verify_should_accept_the_granted_requester() {
    let scene = scene_of(1);
    let ask = scene.ask();
    assert_eq!(ask.verify(&scene.context()), Ok(()));
    let bytes = ask.encode();
    assert_eq!(Ask::decode_all(&mut &bytes[..]).unwrap(), ask);
}

#[test]
fn verify_should_fail_when_the_grant_is_of_another_patient() {
    let (mine, others) = (scene_of(1), scene_of(2));
    // The other patient's grant is valid; the requested record is not of that patient.
    let context = DisclosureContext {
        patient: &mine.patient,
        ..others.context()
    };
    let ask = DisclosureRequest::new(&others.grant, mine.record.rid, NONCE, sign_by(&doctor()));
    assert_eq!(ask.verify(&others.context()), Ok(()));
    assert_eq!(
        ask.verify(&context),
        Err(GrantError::PatientMismatch.into())
    );
}

#[test]
fn verify_should_fail_when_hospital_chain_time_or_nonce_are_wrong() {
    let scene = scene_of(1);
    let (ask, right) = (scene.ask(), scene.context());
    let other: H256 = [1; 32].into();
    let judge = |context: Context<'_>| ask.verify(&context).unwrap_err();
    assert_eq!(
        judge(DisclosureContext {
            hospital: &other,
            ..right
        }),
        GrantError::HospitalMismatch.into()
    );
    assert_eq!(
        judge(DisclosureContext {
            chain: &other,
            ..right
        }),
        GrantError::ChainMismatch.into()
    );
    assert_eq!(
        judge(DisclosureContext {
            now: EXPIRY,
            ..right
        }),
        GrantError::GrantExpired(EXPIRY).into()
    );
    assert_eq!(
        judge(DisclosureContext {
            nonce: &[1; 32],
            ..right
        }),
        DisclosureError::NonceMismatch
    );
}

#[test]
fn verify_should_fail_when_the_request_on_chain_is_anothers() {
    let scene = scene_of(1);
    let ask = scene.ask();
    let mut request = scene.request.clone();
    request.requester = [1; 32];
    let context = DisclosureContext {
        request: &request,
        ..scene.context()
    };
    assert_eq!(
        ask.verify(&context),
        Err(GrantError::RequesterMismatch.into())
    );
    request = scene.request.clone();
    request.purpose = PurposeOfUse::Research;
    let context = DisclosureContext {
        request: &request,
        ..scene.context()
    };
    assert_eq!(
        ask.verify(&context),
        Err(GrantError::RequestMismatch("purpose").into())
    );
    let mut renamed = ask;
    renamed.request = [1; 32].into();
    assert_eq!(
        renamed.verify(&scene.context()),
        Err(DisclosureError::RequestMismatch)
    );
}

#[test]
fn replayed_or_stolen_request_should_be_refused() {
    let scene = scene_of(1);
    let ask = scene.ask();
    // Another party saw the message and sends it for another record, or with its own nonce.
    let mut other_record = ask.clone();
    other_record.record = [1; 32].into();
    assert_eq!(
        other_record.verify(&scene.context()),
        Err(DisclosureError::InvalidSignature)
    );
    let mut other_nonce = ask.clone();
    other_nonce.nonce = [1; 32];
    let context = DisclosureContext {
        nonce: &[1; 32],
        ..scene.context()
    };
    assert_eq!(
        other_nonce.verify(&context),
        Err(DisclosureError::InvalidSignature)
    );
    // A party that saw the header signs.
    let thief = Ed25519Secret::from_seed(&[66; 32]);
    let stolen = DisclosureRequest::new(&scene.grant, scene.record.rid, NONCE, sign_by(&thief));
    assert_eq!(
        stolen.verify(&scene.context()),
        Err(DisclosureError::InvalidSignature)
    );
    // A changed header.
    let mut longer = ask;
    longer.header.expiry += 1;
    assert_eq!(
        longer.verify(&scene.context()),
        Err(GrantError::RequestMismatch("expiry").into())
    );
}

#[test]
fn open_should_return_the_record_when_it_is_the_one_asked_for() {
    let scene = scene_of(1);
    let package = DisclosurePackage::from(&scene.record);
    let header = &scene.grant.header;
    let sealed = package.seal(header, &mut rng(6)).unwrap();
    let (rid, entry) = (&scene.record.rid, &scene.record.record.entry);
    let opened = DisclosurePackage::open(&sealed, header, rid, entry, &secret()).unwrap();
    assert_eq!(opened, package);
}

#[test]
fn open_should_fail_when_the_answer_is_wrong() {
    let scene = scene_of(1);
    let other = scene_of(2);
    let header = &scene.grant.header;
    let (rid, entry) = (&scene.record.rid, &scene.record.record.entry);
    let package = DisclosurePackage::from(&scene.record);
    let open = |package: &DisclosurePackage| {
        let sealed = package.seal(header, &mut rng(6)).unwrap();
        DisclosurePackage::open(&sealed, header, rid, entry, &secret()).unwrap_err()
    };
    let unsealed = DisclosureError::Sealing(SealingError::InvalidCiphertext);

    let mut tampered = package.clone();
    tampered.ciphertext[30] ^= 1;
    assert_eq!(open(&tampered), OpenError::PayloadHashMismatch.into());
    let mut swapped = package.clone();
    swapped.ciphertext = other.record.ciphertext();
    assert_eq!(open(&swapped), OpenError::PayloadHashMismatch.into());
    let mut fewer = package.clone();
    fewer.wraps.pop();
    assert_eq!(
        open(&fewer),
        OpenError::WrapCountMismatch { wraps: 7, slots: 8 }.into()
    );
    assert_eq!(open(&DisclosurePackage::from(&other.record)), unsealed);

    // The box is for one requester and one grant.
    let sealed = package.seal(header, &mut rng(6)).unwrap();
    let stranger = X25519Secret::from_bytes([99; 32]);
    assert_eq!(
        DisclosurePackage::open(&sealed, header, rid, entry, &stranger),
        Err(unsealed)
    );
    let elsewhere = &other.grant.header;
    assert_eq!(
        DisclosurePackage::open(&sealed, elsewhere, rid, entry, &secret()),
        Err(unsealed)
    );
    // The consortium's entry is another.
    let altered = &other.record.record.entry;
    let refused = DisclosurePackage::open(&sealed, header, rid, altered, &secret());
    assert_eq!(refused, Err(OpenError::RecordMismatch.into()));
}
