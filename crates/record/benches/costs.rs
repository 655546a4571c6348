// SPDX-License-Identifier: Apache-2.0
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]
//! The costs of protocol 2 against those of version 1, side by side in one process.
//!
//! Each figure is the median over `BSPP_BENCH_ROUNDS` rounds (default 40); the versions take turns
//! in each round. Version 1 is gone from the code: here it is the sequence of the same primitives
//! that it used, with a hash point each for search and open, a check of each trapdoor by itself, and
//! neither share, scope nor signature of the package.

use bspp_peks::{
    encryptor_id, verify_strict, Context, DefaultBackend, Ed25519Secret, Kappa, KeywordLabel,
    LabelScope, OpenBatch, OpenSecret, PairingBackend, PatientKeys, Scalar, SearchSecret, Seed,
    X25519Secret,
};
use bspp_record::{
    create_grant, sealing, slot_of, split, DisclosurePackage, DisclosureRequest, Document,
    Encryptor, GrantItem, GrantTerms, Keyword, Patient, PlainRecord, Question, ReceivedGrant,
    ScopeOpening, SharedRecord, SignedPackage, SlotOpening,
};
use bspp_types::{
    day_of, Ed25519Key, Ed25519Signature, PurposeOfUse, Request, RequestStatus, Requester, H256,
};
use codec::Encode;
use rand::{rngs::StdRng, SeedableRng};
use std::{
    env,
    hint::black_box,
    time::{Duration, Instant},
};

type B = DefaultBackend;

const CHAIN: [u8; 32] = [1; 32];
const HOSPITAL: [u8; 32] = [2; 32];
const NOW: u64 = 1_700_000_000_000;
const MONTHS: u16 = 12;
const KEYWORDS: usize = 5;
const FIRST: u16 = 640;
const LAST: u16 = FIRST + MONTHS - 1;
const NONCE: [u8; 32] = [3; 32];

fn rng() -> StdRng {
    StdRng::seed_from_u64(1)
}

fn context() -> Context {
    Context {
        chain: CHAIN,
        hospital: HOSPITAL,
        filing_month: LAST,
    }
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e6
}

/// Measures both versions in turns, and prints the medians.
fn compare(name: &str, rounds: usize, mut first: impl FnMut(), mut second: impl FnMut()) {
    let time = |run: &mut dyn FnMut()| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        before.push(time(&mut first));
        after.push(time(&mut second));
    }
    let (before, after) = (median(before), median(after));
    println!(
        "{name:<58} {before:>10.0} {after:>10.0} {:>6.2}",
        after / before
    );
}

/// The world of one patient, one hospital, one doctor and one record of about 4 KB.
struct World {
    keys: PatientKeys,
    hospital: X25519Secret,
    doctor: Ed25519Secret,
    doctor_key: X25519Secret,
    operator: Ed25519Secret,
    terms: GrantTerms,
    grant: ReceivedGrant,
    batch: bspp_peks::G1Point,
    made: SharedRecord,
    on_chain: Request<Ed25519Key>,
}

fn plain() -> PlainRecord {
    let text = "a".repeat(4000);
    let file = format!(r#"{{"resourceType":"Basic","id":"p","language":"{text}"}}"#);
    let document = Document::parse(file.as_bytes()).unwrap();
    let mut plain = split(&document, [1; 16], &mut rng()).remove(0);
    plain.keywords = (0..15).map(keyword).collect();
    plain
}

fn keyword(number: usize) -> Keyword {
    Keyword::new("urn:s", number.to_string())
}

fn items(hospital: &X25519Secret) -> Vec<GrantItem> {
    (FIRST..=LAST)
        .flat_map(|filing_month| {
            (0..KEYWORDS).map(move |number| (filing_month, vec![keyword(number)]))
        })
        .map(|(filing_month, keywords)| GrantItem {
            filing_month,
            hospital_key: hospital.public().0,
            version: 0,
            keywords,
            may_open: true,
        })
        .collect()
}

fn signed_by(signature: &Ed25519Signature, message: &[u8], account: &Ed25519Key) -> bool {
    verify_strict(account, message, signature).is_ok()
}

impl World {
    fn new() -> Self {
        let keys = PatientKeys::derive(&Seed::from_bytes([4; 32]), &CHAIN, &HOSPITAL, 0);
        let hospital = X25519Secret::from_bytes([5; 32]);
        let doctor = Ed25519Secret::from_seed(&[6; 32]);
        let doctor_key = X25519Secret::from_bytes([7; 32]);
        let terms = GrantTerms {
            requester: Requester::Person(doctor.public()),
            requester_key: doctor_key.public().0,
            purpose: PurposeOfUse::Treatment,
            issued_at: NOW,
            expiry: day_of(NOW) + 30,
        };
        let grant = create_grant(&keys, 0, &terms, &items(&hospital), &mut rng())
            .unwrap()
            .receive(&H256(CHAIN), &doctor.public(), &doctor_key, NOW, &mut rng())
            .unwrap();
        let batch = new_batch();
        let point = batch.point().clone();
        let patient = Patient::new(&keys.bundle(&mut rng()), context(), 0, &hospital).unwrap();
        let made = Encryptor::<B>::new(batch)
            .encrypt(&patient, &plain(), H256([8; 32]), &mut rng())
            .unwrap()
            .remove(0);
        let header = &grant.header;
        let on_chain = Request {
            hospital: H256(HOSPITAL),
            requester: doctor.public(),
            requester_hospital: H256([9; 32]),
            authority: header.authority,
            purpose: header.purpose,
            expiry: header.expiry,
            header_hash: header.hash(),
            status: RequestStatus::Open,
            opened_at: 1,
            matches: 1,
        };
        Self {
            operator: Ed25519Secret::from_seed(&[10; 32]),
            batch: point,
            keys,
            hospital,
            doctor,
            doctor_key,
            terms,
            grant,
            made,
            on_chain,
        }
    }

    fn label(&self) -> KeywordLabel {
        let scope = LabelScope {
            hospital: HOSPITAL,
            filing_month: LAST,
            version: 0,
            bundle_hash: self.keys.bundle_hash(),
        };
        let key = self.hospital.public();
        Kappa::patient_side(self.keys.x25519(), &key, &scope)
            .unwrap()
            .label(&keyword(0))
    }

    fn opening(&self) -> ScopeOpening {
        let item = &self.grant.items[usize::from(MONTHS - 1) * KEYWORDS];
        let secret = SearchSecret::from_trapdoor::<B>(
            &self.batch,
            &item.labels[0].search,
            &self.grant.search_key,
        );
        let entry = &self.made.encrypted.record.entry;
        let shown = SlotOpening {
            slot: slot_of(entry, &secret.tag(0)).unwrap(),
            opening: *secret.label_opening(0).as_bytes(),
        };
        item.scope_opening(vec![shown]).unwrap()
    }

    /// The hospital's answer of protocol 2: its checks, and the sealed package.
    fn disclose(&self, ask: &DisclosureRequest<Ed25519Signature>) -> sealing::SealedBox {
        let (chain, hospital) = (H256(CHAIN), H256(HOSPITAL));
        ask.verify_requester(&chain, &hospital, signed_by).unwrap();
        ask.verify_request(&chain, &hospital, &self.on_chain, NOW)
            .unwrap();
        let opening = ask.open_scope([&self.hospital]).unwrap();
        let entry = &self.made.encrypted.record.entry;
        let account = self.keys.account().public();
        ask.covers(&opening, &account, entry, LAST).unwrap();
        let package = DisclosurePackage::new(&self.made.encrypted, &self.made.share);
        SignedPackage::new(package, &ask.header, |message| self.operator.sign(message))
            .seal(&ask.header, &mut rng())
            .unwrap()
    }

    /// The hospital's answer of version 1: two signatures, wraps and ciphertext sealed.
    fn disclose_v1(&self, ask: &DisclosureRequest<Ed25519Signature>) -> sealing::SealedBox {
        let (chain, hospital) = (H256(CHAIN), H256(HOSPITAL));
        ask.verify_requester(&chain, &hospital, signed_by).unwrap();
        ask.verify_request(&chain, &hospital, &self.on_chain, NOW)
            .unwrap();
        let account = self.keys.account().public();
        ask.header.verify(&ask.patient_signature, &account).unwrap();
        let record = &self.made.encrypted;
        let plain = (record.rid, &record.record.wraps, record.payload.to_vec()).encode();
        sealing::seal(&ask.header.requester_key, b"v1", &plain, &mut rng()).unwrap()
    }
}

fn new_batch() -> OpenBatch {
    let enc = encryptor_id(b"ward 1", &[0; 32]);
    OpenBatch::open(&CHAIN, &HOSPITAL, &enc, 1, LAST, &mut rng())
}

/// `s` and `o` of a new label in version 1: a point and a multiplication each.
fn label_secrets_v1(world: &World, r: &Scalar, label: &KeywordLabel) {
    let sides = [
        (world.keys.search_public(), b"SEARCH".as_slice()),
        (world.keys.open_public(), b"OPEN"),
    ];
    for (key, dst) in sides {
        let q = B::prepare(&B::hash_to_g2(dst, label.as_bytes()));
        black_box(B::pairing_prepared(&B::g1_mul(key, r), &q));
    }
}

fn main() {
    let rounds = env::var("BSPP_BENCH_ROUNDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(40);
    let world = World::new();
    let label = world.label();
    println!(
        "{:<58} {:>10} {:>10} {:>6}",
        "µs, median of one operation", "version 1", "protocol 2", "ratio"
    );

    let (r, batch) = (Scalar::random(&mut rng()), new_batch());
    let known = batch.patient::<B>(world.keys.search_public(), world.keys.open_public());
    compare(
        "encryption: secrets of a new label in a batch",
        rounds,
        || label_secrets_v1(&world, &r, &label),
        || drop(black_box(batch.label_secrets::<B>(&known, &label))),
    );

    let prepared = world.keys.search_trapdoor::<B>(LAST, &label).prepare::<B>();
    let a_s = world.keys.search_public();
    let month_label = world.grant.items[0].month_label(0).unwrap();
    compare(
        "search: one batch, one hit",
        rounds,
        || {
            let secret = SearchSecret::from_trapdoor_prepared::<B>(&world.batch, &prepared, a_s);
            black_box(secret.tag(0));
            // The match key of version 1 followed from the secret and the counter alone.
            let seed = bspp_peks::blake2b_256(&secret.tag(0));
            black_box(Ed25519Secret::from_seed(&seed).public());
        },
        || {
            let secret = SearchSecret::from_trapdoor_prepared::<B>(&world.batch, &prepared, a_s);
            black_box(secret.tag(0));
            black_box(secret.match_key(0, &month_label).public());
        },
    );

    let opening = world.opening();
    let question = Question {
        grant: &world.grant,
        record: world.made.encrypted.rid,
        opening: &opening,
        hospital_key: world.hospital.public().0,
        nonce: NONCE,
    };
    let sign = |message: &[u8]| world.doctor.sign(message);
    let ask = DisclosureRequest::new(&question, sign, &mut rng()).unwrap();
    compare(
        "disclosure: the requester's question",
        rounds,
        || {
            black_box(world.doctor.sign(&[0; 200]));
        },
        || {
            drop(black_box(DisclosureRequest::new(
                &question,
                sign,
                &mut rng(),
            )))
        },
    );
    compare(
        "disclosure: the hospital's checks and answer, 4 KB",
        rounds,
        || drop(black_box(world.disclose_v1(&ask))),
        || drop(black_box(world.disclose(&ask))),
    );
    let (answer_v1, answer) = (world.disclose_v1(&ask), world.disclose(&ask));
    let record = &world.made.encrypted;
    let (rid, entry) = (record.rid, &record.record.entry);
    let operator = world.operator.public();
    let open = |secret: &OpenSecret| {
        black_box(secret.kek(0, &entry.core(), &world.made.share));
    };
    let open_trapdoor = world.keys.open_trapdoor::<B>(LAST, &label);
    let secret = OpenSecret::from_trapdoor::<B>(&world.batch, &open_trapdoor, a_s);
    compare(
        "disclosure: the requester opens and checks the answer",
        rounds,
        || {
            let plain = sealing::open(&world.doctor_key, b"v1", &answer_v1).unwrap();
            black_box(bspp_peks::blake2b_256(&plain));
            open(&secret);
        },
        || {
            let wanted = (&rid, entry);
            let key = (&operator, signed_by as fn(&_, &[u8], &_) -> bool);
            let header = &world.grant.header;
            black_box(
                SignedPackage::open(&answer, header, wanted, &world.doctor_key, key).unwrap(),
            );
            open(&secret);
        },
    );

    let few = rounds.div_ceil(10);
    let items = items(&world.hospital);
    let point = |dst: &[u8], number: usize| B::hash_to_g2(dst, &number.to_le_bytes());
    let scalar = Scalar::random(&mut rng());
    compare(
        "grant of 12 months x 5 keywords: the patient makes it",
        few,
        || {
            for number in 0..items.len() {
                for dst in [b"SEARCH".as_slice(), b"OPEN"] {
                    black_box(B::g2_mul(&point(dst, number), &scalar).to_bytes());
                }
            }
        },
        || {
            drop(black_box(create_grant(
                &world.keys,
                0,
                &world.terms,
                &items,
                &mut rng(),
            )))
        },
    );
    let envelope = create_grant(&world.keys, 0, &world.terms, &items, &mut rng()).unwrap();
    let trapdoors: Vec<_> = world
        .grant
        .items
        .iter()
        .flat_map(|item| &item.labels)
        .collect();
    compare(
        "grant of 12 months x 5 keywords: the requester checks it",
        few,
        || {
            for (number, label) in trapdoors.iter().enumerate() {
                let bytes = label.search.to_bytes();
                for dst in [b"SEARCH".as_slice(), b"OPEN"] {
                    let trapdoor = bspp_peks::SearchTrapdoor::from_bytes(&*bytes).unwrap();
                    let q = point(dst, number);
                    black_box(trapdoor.check::<B>(&world.grant.search_key, &q));
                }
            }
        },
        || {
            let received = envelope.receive(
                &H256(CHAIN),
                &world.doctor.public(),
                &world.doctor_key,
                NOW,
                &mut rng(),
            );
            black_box(received.unwrap());
        },
    );
}
