// SPDX-License-Identifier: Apache-2.0
//! Disclosure: requests that a hospital refuses, and answers that a requester refuses.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod common;

use bspp_peks::{
    verify_strict, DefaultBackend, Ed25519Secret, G1Point, HospitalShare, PatientKeys,
    SearchSecret, X25519Secret,
};
use bspp_record::{
    create_grant, slot_of, DisclosureError, DisclosurePackage, DisclosureRequest, GrantError,
    GrantItem, GrantTerms, Keyword, OpenError, OwnRecordRequest, Question, ReceivedGrant,
    ScopeOpening, SealingError, SharedRecord, SignedPackage, SlotOpening,
};
use bspp_types::{
    day_of, day_start, Authority, Ed25519Key, Ed25519Signature, Entry, LabelRise, LabelState,
    PurposeOfUse, Request, RequestStatus, Requester, H256,
};
use codec::{DecodeAll, Encode};
use common::{records::*, *};

const NOW: u64 = 1_700_000_000_000;
const NONCE: [u8; 32] = [31; 32];

fn doctor() -> Ed25519Secret {
    Ed25519Secret::from_seed(&[30; 32])
}

fn operator() -> Ed25519Secret {
    Ed25519Secret::from_seed(&[32; 32])
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

fn vaccination() -> Keyword {
    Keyword::new("http://snomed.info/sct", "33879002")
}

fn hiv() -> Keyword {
    Keyword::new("http://snomed.info/sct", "86406008")
}

/// A grant and a record with two keywords.
///
/// The grant is for vaccinations, and for records with both a vaccination and HIV.
struct Scene {
    keys: PatientKeys,
    grant: ReceivedGrant,
    made: SharedRecord,
    request: Request<Ed25519Key>,
    point: G1Point,
}

const VACCINATION: usize = 0;
const BOTH: usize = 1;
const LATER_MONTH: usize = 2;

fn scene_of(seed: u8) -> Scene {
    let keys = keys(seed);
    let terms = GrantTerms {
        requester: Requester::Person(doctor().public()),
        requester_key: secret().public().0,
        purpose: PurposeOfUse::Treatment,
        issued_at: NOW - 1_000,
        expiry: day_of(NOW) + 10,
    };
    let item = |keywords: Vec<Keyword>, filing_month| GrantItem {
        filing_month,
        hospital_key: hospital_secret().public().0,
        version: 0,
        keywords,
        may_open: true,
    };
    let items = [
        item(vec![vaccination()], FILING_MONTH),
        item(vec![vaccination(), hiv()], FILING_MONTH),
        item(vec![vaccination()], FILING_MONTH + 1),
    ];
    let grant = create_grant(&keys, 0, &terms, &items, &mut rng(4))
        .unwrap()
        .receive(&chain(), &doctor().public(), &secret(), NOW, &mut rng(5))
        .unwrap();
    let mut encryptor = encryptor_of(0);
    let mut plain = plain();
    plain.keywords = [vaccination(), hiv()].into();
    let made = encryptor
        .encrypt(
            &patient_of(&keys),
            &plain,
            consent(),
            &mut rng(u64::from(seed)),
        )
        .unwrap()
        .remove(0);
    let header = &grant.header;
    let request = Request {
        hospital: hospital(),
        requester: doctor().public(),
        requester_hospital: [1; 32].into(),
        authority: header.authority,
        purpose: header.purpose,
        expiry: header.expiry,
        header_hash: header.hash(),
        status: RequestStatus::Open,
        opened_at: 1,
        matches: 0,
    };
    Scene {
        point: encryptor.batch().point().clone(),
        keys,
        request,
        made,
        grant,
    }
}

impl Scene {
    fn entry(&self) -> &Entry {
        &self.made.encrypted.record.entry
    }

    fn rid(&self) -> H256 {
        self.made.encrypted.rid
    }

    fn account(&self) -> Ed25519Key {
        self.keys.account().public()
    }

    /// The opening of counter `n` of label `label` of an item.
    fn slot(&self, item: usize, label: usize, n: u32) -> SlotOpening {
        let label = &self.grant.items[item].labels[label];
        let secret = SearchSecret::from_trapdoor::<DefaultBackend>(
            &self.point,
            &label.search,
            &self.grant.search_key,
        );
        SlotOpening {
            slot: slot_of(self.entry(), &secret.tag(0)).unwrap(),
            opening: *secret.label_opening(n).as_bytes(),
        }
    }

    /// The honest opening of an item.
    fn opening(&self, item: usize) -> ScopeOpening {
        let labels = self.grant.items[item].labels.len();
        // The item of the later month has the trapdoor of that month: no slot of this record.
        let shown = if item == LATER_MONTH {
            VACCINATION
        } else {
            item
        };
        let slots = (0..labels)
            .map(|label| self.slot(shown, label, 0))
            .collect();
        self.grant.items[item].scope_opening(slots).unwrap()
    }

    fn ask_with(&self, opening: &ScopeOpening, key: &Ed25519Secret) -> Ask {
        let question = Question {
            grant: &self.grant,
            record: self.rid(),
            opening,
            hospital_key: hospital_secret().public().0,
            nonce: NONCE,
        };
        DisclosureRequest::new(&question, sign_by(key), &mut rng(8)).unwrap()
    }

    fn ask(&self) -> Ask {
        self.ask_with(&self.opening(VACCINATION), &doctor())
    }

    fn package(&self) -> DisclosurePackage {
        DisclosurePackage::new(&self.made.encrypted, &self.made.share)
    }
}

#[test]
fn request_of_the_granted_requester_should_pass_every_check() {
    let scene = scene_of(1);
    for item in [VACCINATION, BOTH] {
        let ask = scene.ask_with(&scene.opening(item), &doctor());
        let bytes = ask.encode();
        assert_eq!(Ask::decode_all(&mut &bytes[..]).unwrap(), ask);
        let signed = ask.verify_requester(&chain(), &hospital(), signed_by);
        assert_eq!(signed, Ok(()));
        let requested = ask.verify_request(&chain(), &hospital(), &scene.request, NOW);
        assert_eq!(requested, Ok(()));
        // A hospital tries the keys of several months.
        let secrets = [X25519Secret::from_bytes([1; 32]), hospital_secret()];
        let opening = ask.open_scope(&secrets).unwrap();
        let covered = ask.covers(&opening, &scene.account(), scene.entry(), FILING_MONTH);
        assert_eq!(covered, Ok(()));
        let current = ask.check_currency(&LabelState::default(), FILING_MONTH);
        assert_eq!(current, Ok(()));
    }
}

#[test]
fn replayed_or_stolen_request_should_be_refused() {
    let scene = scene_of(1);
    let ask = scene.ask();
    let refused = |change: &dyn Fn(&mut Ask)| {
        let mut changed = ask.clone();
        change(&mut changed);
        changed.verify_requester(&chain(), &hospital(), signed_by)
    };
    let error = Err(DisclosureError::InvalidSignature);
    // Another party saw the message and sends it for another record, opening or request, or with a
    // nonce of its own.
    assert_eq!(refused(&|ask| ask.record = [1; 32].into()), error);
    assert_eq!(refused(&|ask| ask.nonce = [1; 32]), error);
    assert_eq!(refused(&|ask| ask.opening_hash.0[0] ^= 1), error);
    assert_eq!(refused(&|ask| ask.request = [1; 32].into()), error);
    let elsewhere: H256 = [1; 32].into();
    assert_eq!(
        ask.verify_requester(&elsewhere, &hospital(), signed_by),
        error
    );
    assert_eq!(ask.verify_requester(&chain(), &elsewhere, signed_by), error);
    // A party that saw the header and the opening signs.
    let thief = Ed25519Secret::from_seed(&[66; 32]);
    let stolen = scene.ask_with(&scene.opening(VACCINATION), &thief);
    let refused = stolen.verify_requester(&chain(), &hospital(), signed_by);
    assert_eq!(refused, error);
}

#[test]
fn request_should_be_refused_when_chain_hospital_time_or_the_request_on_chain_differ() {
    let scene = scene_of(1);
    let ask = scene.ask();
    let other: H256 = [1; 32].into();
    let judge = |chain: H256, hospital: H256, request: &Request<Ed25519Key>, now| {
        ask.verify_request(&chain, &hospital, request, now)
    };
    let end = day_start(scene.grant.header.expiry);
    assert_eq!(
        judge(other, hospital(), &scene.request, NOW),
        Err(GrantError::ChainMismatch.into())
    );
    assert_eq!(
        judge(chain(), other, &scene.request, NOW),
        Err(GrantError::HospitalMismatch.into())
    );
    assert_eq!(
        judge(chain(), hospital(), &scene.request, end),
        Err(GrantError::GrantExpired(end).into())
    );
    let mut request = scene.request.clone();
    request.requester = [1; 32];
    assert_eq!(
        judge(chain(), hospital(), &request, NOW),
        Err(GrantError::RequesterMismatch.into())
    );
    request = scene.request.clone();
    request.authority = Authority::GrantKey([1; 32]);
    assert_eq!(
        judge(chain(), hospital(), &request, NOW),
        Err(GrantError::RequestMismatch("authority").into())
    );
    let mut renamed = ask.clone();
    renamed.request = [1; 32].into();
    assert_eq!(
        renamed.verify_request(&chain(), &hospital(), &scene.request, NOW),
        Err(DisclosureError::RequestMismatch)
    );
    // A changed header.
    let mut longer = ask.clone();
    longer.header.expiry += 1;
    assert_eq!(
        longer.verify_request(&chain(), &hospital(), &scene.request, NOW),
        Err(GrantError::RequestMismatch("expiry").into())
    );
}

#[test]
fn scope_opening_should_be_refused_when_it_is_not_for_this_hospital_or_was_swapped() {
    let scene = scene_of(1);
    let not_covered = Err(DisclosureError::NotCovered);
    let ask = scene.ask();
    let stranger = X25519Secret::from_bytes([1; 32]);
    assert_eq!(ask.open_scope([&stranger]), not_covered);
    assert_eq!(ask.open_scope([]), not_covered);
    // The box of another opening, which the requester did not sign for.
    let mut swapped = ask.clone();
    swapped.opening = scene
        .ask_with(&scene.opening(BOTH), &doctor())
        .opening
        .clone();
    assert_eq!(swapped.open_scope([&hospital_secret()]), not_covered);
    let mut changed = ask;
    changed.opening.ciphertext[3] ^= 1;
    assert_eq!(changed.open_scope([&hospital_secret()]), not_covered);
}

/// The test list of label openings: each tweak of an accepted opening has one verdict.
#[test]
fn tweaked_label_openings_should_not_be_covered() {
    let scene = scene_of(1);
    let account = scene.account();
    let covers = |opening: &ScopeOpening, entry: &Entry, month| {
        let ask = scene.ask_with(opening, &doctor());
        ask.covers(opening, &account, entry, month)
    };
    let entry = scene.entry();
    assert_eq!(
        covers(&scene.opening(VACCINATION), entry, FILING_MONTH),
        Ok(())
    );
    assert_eq!(covers(&scene.opening(BOTH), entry, FILING_MONTH), Ok(()));
    let hiv_slot = scene.slot(BOTH, 1, 0);
    let next = scene.slot(VACCINATION, 0, 1);
    type Tweak<'a> = (&'a str, usize, Box<dyn Fn(&mut ScopeOpening) + 'a>);
    let boxed =
        |tweak: fn(&mut ScopeOpening)| -> Box<dyn Fn(&mut ScopeOpening)> { Box::new(tweak) };
    let tweaks: Vec<Tweak<'_>> = vec![
        ("l of n + 1", 0, Box::new(|o| o.slots[0] = next.clone())),
        (
            "the HIV slot under the vaccination leaf",
            0,
            Box::new(|o| o.slots[0] = hiv_slot.clone()),
        ),
        (
            "l of another slot",
            0,
            Box::new(|o| o.slots[0].slot = hiv_slot.slot),
        ),
        (
            "the HIV label in a leaf of the requester's making",
            0,
            Box::new(|o| {
                o.slots[0] = hiv_slot.clone();
                o.leaf.labels[0] = *scene.grant.items[BOTH].labels[1].label.as_bytes();
            }),
        ),
        ("month", 0, boxed(|o| o.leaf.filing_month += 1)),
        ("label", 0, boxed(|o| o.leaf.labels[0][0] ^= 1)),
        ("salt", 0, boxed(|o| o.leaf.salt[0] ^= 1)),
        ("may open", 0, boxed(|o| o.leaf.may_open = false)),
        ("path node", 0, boxed(|o| o.path[5].0[0] ^= 1)),
        ("place", 0, boxed(|o| o.position ^= 1)),
        ("place beyond", 0, boxed(|o| o.position += 4096)),
        (
            "one label fewer",
            1,
            boxed(|o| {
                o.leaf.labels.pop();
                o.slots.pop();
            }),
        ),
        (
            "one label absent",
            1,
            boxed(|o| {
                o.slots.pop();
            }),
        ),
        (
            "one slot for both labels",
            1,
            boxed(|o| o.slots[1] = o.slots[0].clone()),
        ),
        (
            "no label",
            0,
            boxed(|o| {
                o.leaf.labels.pop();
                o.slots.pop();
            }),
        ),
        ("slot beyond", 0, boxed(|o| o.slots[0].slot = 8)),
    ];
    for (name, item, tweak) in tweaks {
        let mut opening = scene.opening(item);
        tweak(&mut opening);
        let refused = Err(DisclosureError::NotCovered);
        assert_eq!(covers(&opening, entry, FILING_MONTH), refused, "{name}");
    }

    let refused = Err(DisclosureError::NotCovered);
    // The leaf of another month, for which the record is not filed.
    let later = scene.opening(LATER_MONTH);
    assert_eq!(covers(&later, entry, FILING_MONTH), refused);
    assert_eq!(covers(&later, entry, FILING_MONTH + 1), refused);
    // A padding slot: its key belongs to no label.
    let used = [&scene.slot(BOTH, 0, 0), &hiv_slot].map(|slot| slot.slot);
    for slot in (0..8).filter(|slot| !used.contains(slot)) {
        let mut opening = scene.opening(VACCINATION);
        opening.slots[0].slot = slot;
        assert_eq!(covers(&opening, entry, FILING_MONTH), refused);
    }
    // Another record of the same patient and label, and one of another batch.
    let mut encryptor = encryptor_of(1);
    let mut plain = plain();
    plain.keywords = [vaccination()].into();
    let patient = patient_of(&scene.keys);
    let other = encrypt(&mut encryptor, &patient, &plain).remove(0);
    let other = &other.encrypted.record.entry;
    let opening = scene.opening(VACCINATION);
    assert_eq!(covers(&opening, other, FILING_MONTH), refused);
    // Another patient's record.
    let ask = scene.ask();
    let others = scene_of(2).account();
    assert_eq!(ask.covers(&opening, &others, entry, FILING_MONTH), refused);
}

/// Attack: the requester shows an inner node of the scope as a leaf.
#[test]
fn inner_node_as_leaf_should_not_be_covered() {
    let scene = scene_of(1);
    let honest = scene.opening(VACCINATION);
    // The node above the leaf has the path without the first sibling. A leaf has other bytes under
    // another domain, so no leaf has the hash of a node; a shorter path has no place in the message.
    let mut shifted = honest.clone();
    shifted.path.rotate_left(1);
    shifted.position >>= 1;
    let ask = scene.ask_with(&shifted, &doctor());
    let covered = ask.covers(&shifted, &scene.account(), scene.entry(), FILING_MONTH);
    assert_eq!(covered, Err(DisclosureError::NotCovered));
}

#[test]
fn grant_should_be_refused_when_it_is_revoked_or_lacks_a_label_version() {
    let scene = scene_of(1);
    let ask = scene.ask();
    let issued_at = scene.grant.header.issued_at;
    let revoked = |revoke_before| LabelState {
        revoke_before,
        ..LabelState::default()
    };
    let judge = |state: &LabelState| ask.check_currency(state, FILING_MONTH);
    assert_eq!(judge(&revoked(issued_at)), Ok(()));
    assert_eq!(
        judge(&revoked(issued_at + 1)),
        Err(DisclosureError::GrantRevoked)
    );
    // No clock decides: a rise counts by its version, even if its time is before the grant's.
    let risen = |filing_month| LabelState {
        version: 1,
        rises: vec![LabelRise {
            filing_month,
            version: 1,
            raised_on: issued_at - 1,
        }],
        ..LabelState::default()
    };
    assert_eq!(judge(&risen(FILING_MONTH + 1)), Ok(()));
    for month in [FILING_MONTH - 1, FILING_MONTH] {
        assert_eq!(judge(&risen(month)), Err(DisclosureError::Stale));
    }
}

fn open(
    scene: &Scene,
    package: DisclosurePackage,
    signer: &Ed25519Secret,
) -> Result<(), DisclosureError> {
    let header = &scene.grant.header;
    let sealed = SignedPackage::new(package, header, sign_by(signer))
        .seal(header, &mut rng(6))
        .unwrap();
    let wanted = (&scene.rid(), scene.entry());
    let operator = operator().public();
    SignedPackage::open(&sealed, header, wanted, &secret(), (&operator, signed_by)).map(|_| ())
}

#[test]
fn open_should_return_the_record_when_it_is_the_one_asked_for() {
    let scene = scene_of(1);
    let header = &scene.grant.header;
    let signed = SignedPackage::new(scene.package(), header, sign_by(&operator()));
    let sealed = signed.seal(header, &mut rng(6)).unwrap();
    let wanted = (&scene.rid(), scene.entry());
    let operator = operator().public();
    let opened =
        SignedPackage::open(&sealed, header, wanted, &secret(), (&operator, signed_by)).unwrap();
    assert_eq!(opened, signed);
    assert!(opened.package.share() == scene.made.share);
}

/// A hospital that gives garbage out has signed it: the requester can prove it.
#[test]
fn open_should_fail_when_the_answer_is_wrong() {
    let (scene, other) = (scene_of(1), scene_of(2));
    let refused = |package| open(&scene, package, &operator()).unwrap_err();

    let mut tampered = scene.package();
    tampered.ciphertext[30] ^= 1;
    assert_eq!(refused(tampered), OpenError::PayloadHashMismatch.into());
    let mut swapped = scene.package();
    swapped.ciphertext = other.made.encrypted.payload.to_vec();
    assert_eq!(refused(swapped), OpenError::PayloadHashMismatch.into());
    let mut fewer = scene.package();
    fewer.wraps.pop();
    assert_eq!(
        refused(fewer),
        OpenError::WrapCountMismatch { wraps: 7, slots: 8 }.into()
    );
    let mut wraps = scene.package();
    let reversed: Vec<_> = wraps.wraps.iter().rev().copied().collect();
    wraps.wraps = reversed.try_into().unwrap();
    assert_eq!(refused(wraps), OpenError::SealMismatch.into());
    for share in [&other.made.share, &HospitalShare::generate(&mut rng(9))] {
        let wrong = DisclosurePackage::new(&scene.made.encrypted, share);
        assert_eq!(refused(wrong), OpenError::SealMismatch.into());
    }

    // Another key than the operator's signed the answer.
    assert_eq!(
        open(&scene, scene.package(), &doctor()),
        Err(DisclosureError::InvalidPackageSignature)
    );
}

#[test]
fn answer_should_open_for_one_requester_grant_and_record_only() {
    let (scene, other) = (scene_of(1), scene_of(2));
    let header = &scene.grant.header;
    let unsealed = DisclosureError::Sealing(SealingError::InvalidCiphertext);
    let key = operator().public();
    let sealed = SignedPackage::new(scene.package(), header, sign_by(&operator()))
        .seal(header, &mut rng(6))
        .unwrap();
    let open_as = |header, wanted: (&H256, &Entry), secret: &X25519Secret| {
        SignedPackage::open(&sealed, header, wanted, secret, (&key, signed_by)).map(|_| ())
    };
    let (rid, other_rid) = (scene.rid(), other.rid());
    let right = (&rid, scene.entry());
    assert_eq!(open_as(header, right, &secret()), Ok(()));
    let stranger = X25519Secret::from_bytes([99; 32]);
    assert_eq!(open_as(header, right, &stranger), Err(unsealed));
    assert_eq!(
        open_as(&other.grant.header, right, &secret()),
        Err(unsealed)
    );
    assert_eq!(
        open_as(header, (&other_rid, other.entry()), &secret()),
        Err(unsealed)
    );
    // The consortium's entry is another.
    assert_eq!(
        open_as(header, (&rid, other.entry()), &secret()),
        Err(OpenError::RecordMismatch.into())
    );
}

#[test]
fn own_record_should_be_given_to_the_account_that_asks_only() {
    let (scene, other) = (scene_of(1), scene_of(2));
    let (chain, hospital) = (chain(), hospital());
    let there = (&chain, &hospital);
    let rid = scene.rid();
    let ask = OwnRecordRequest::new(scene.keys.account(), there, rid, NONCE);
    assert_eq!(ask.verify(&chain, &hospital), Ok(()));
    let refused = |change: &dyn Fn(&mut OwnRecordRequest)| {
        let mut changed = ask.clone();
        change(&mut changed);
        changed.verify(&chain, &hospital)
    };
    let error = Err(DisclosureError::InvalidSignature);
    assert_eq!(refused(&|ask| ask.record = [1; 32].into()), error);
    assert_eq!(refused(&|ask| ask.nonce = [1; 32]), error);
    assert_eq!(refused(&|ask| ask.patient = other.account()), error);
    assert_eq!(ask.verify(&[1; 32].into(), &hospital), error);
    assert_eq!(ask.verify(&chain, &[1; 32].into()), error);

    let key = scene.keys.x25519_public().0;
    let sealed = OwnRecordRequest::seal(&scene.package(), there, &key, &mut rng(7)).unwrap();
    let wanted = (&rid, scene.entry());
    let opened = OwnRecordRequest::open(&sealed, there, wanted, scene.keys.x25519()).unwrap();
    assert_eq!(opened, scene.package());
    let unsealed = DisclosureError::Sealing(SealingError::InvalidCiphertext);
    let by_other = OwnRecordRequest::open(&sealed, there, wanted, other.keys.x25519());
    assert_eq!(by_other.map(|_| ()), Err(unsealed));
    let as_other = (&other.rid(), other.entry());
    let swapped = OwnRecordRequest::open(&sealed, there, as_other, scene.keys.x25519());
    assert_eq!(swapped.map(|_| ()), Err(unsealed));
    let wrong = DisclosurePackage::new(&scene.made.encrypted, &other.made.share);
    let sealed = OwnRecordRequest::seal(&wrong, there, &key, &mut rng(7)).unwrap();
    let opened = OwnRecordRequest::open(&sealed, there, wanted, scene.keys.x25519());
    assert_eq!(
        opened.map(|_| ()),
        Err(DisclosureError::Record(OpenError::SealMismatch))
    );
}
