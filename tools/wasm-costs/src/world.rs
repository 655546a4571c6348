// SPDX-License-Identifier: Apache-2.0
//! One patient, one hospital, one doctor and one record of 4 KB, and the steps between them.
//!
//! Each step is the sequence of calls of `bspp-peks` that `bspp-record` makes for it. `bspp-record` itself
//! needs the standard library (FHIR, compression), which the target does not have. Each step checks its
//! result, so a build that computes something else fails.

use crate::{
    rng::Seeded,
    sealing::{open, seal, Sealed},
};
use alloc::{string::ToString, vec, vec::Vec};
use bspp_peks::{
    blake2b_256, blake2b_256_parts, encryptor_id, label_point, verify_strict, BatchPatient,
    DefaultBackend, Ed25519Secret, HospitalShare, Kappa, Keyword, KeywordLabel, LabelOpening,
    LabelScope, MonthLabel, OpenBatch, OpenSecret, OpenTrapdoor, PairingBackend, PatientKeys,
    RecordCore, SearchSecret, SearchTrapdoor, Seed, X25519Secret,
};
use chacha20poly1305::{
    aead::{Aead, KeyInit},
    XChaCha20Poly1305, XNonce,
};
use core::hint::black_box;

type B = DefaultBackend;

const CHAIN: [u8; 32] = [1; 32];
const HOSPITAL: [u8; 32] = [2; 32];
const FIRST: u16 = 640;
const MONTHS: u16 = 12;
const LAST: u16 = FIRST + MONTHS - 1;
const KEYWORDS: u32 = 5;
/// Plaintext and padding of the record.
const PAYLOAD_BYTES: usize = 4096;
/// The wraps of 16 slots.
const WRAPS_BYTES: usize = 16 * 48;
/// The depth of a grant's scope tree.
const SCOPE_DEPTH: usize = 12;
/// A scope opening: leaf, path and the openings of slots.
const OPENING_BYTES: usize = SCOPE_DEPTH * 32 + 136;
/// The bytes of one label of a grant: label, search trapdoor, open trapdoor.
const LABEL_BYTES: usize = 32 + 96 + 96;
/// A message that an account signs.
const MESSAGE: [u8; 200] = [7; 200];

/// The names of the operations, in the order of their numbers.
pub const OPERATIONS: [&str; 7] = [
    "encryption: secrets of a new label in a batch",
    "search: one batch, one hit",
    "disclosure: the requester's question",
    "disclosure: the hospital's checks and answer, 4 KB",
    "disclosure: the requester opens the answer and the record",
    "grant of 12 months x 5 keywords: the patient makes it",
    "grant of 12 months x 5 keywords: the requester checks it",
];

/// A signature with a sealed message.
struct Signed {
    signature: [u8; 64],
    sealed: Sealed,
}

/// A grant: the signatures of account and grant key, and the sealed trapdoors.
struct Grant {
    /// The root of the scope tree, which the header names.
    root: [u8; 32],
    account: [u8; 64],
    key: [u8; 64],
    sealed: Sealed,
}

/// The parties and what they have from each other.
pub struct World {
    keys: PatientKeys,
    hospital: X25519Secret,
    doctor: Ed25519Secret,
    doctor_key: X25519Secret,
    operator: Ed25519Secret,
    batch: OpenBatch,
    known: BatchPatient<B>,
    label: MonthLabel,
    search: SearchSecret,
    prepared: <B as PairingBackend>::Prepared,
    open_trapdoor: OpenTrapdoor,
    share: HospitalShare,
    core: RecordCore,
    wrap: Vec<u8>,
    ciphertext: Vec<u8>,
    question: Signed,
    answer: Signed,
    grant: Grant,
    rng: Seeded,
}

fn keyword(number: u32) -> Keyword {
    Keyword::new("urn:s", number.to_string())
}

/// A label, with the agreement of keys before it, as for each item of a grant.
fn label(
    keys: &PatientKeys,
    hospital: &X25519Secret,
    filing_month: u16,
    number: u32,
) -> Option<KeywordLabel> {
    let scope = LabelScope {
        hospital: HOSPITAL,
        filing_month,
        version: 0,
        bundle_hash: keys.bundle_hash(),
    };
    let kappa = Kappa::patient_side(keys.x25519(), &hospital.public(), &scope).ok()?;
    Some(kappa.label(&keyword(number)))
}

/// The root of a scope tree: as many hashes as a grant of any size has.
fn scope_root(leaf: &[u8]) -> [u8; 32] {
    let mut row: Vec<[u8; 32]> = (0u16..1 << SCOPE_DEPTH)
        .map(|place| blake2b_256_parts(&[leaf, &place.to_le_bytes()]))
        .collect();
    for _ in 0..SCOPE_DEPTH {
        row = row
            .chunks_exact(2)
            .map(|pair| blake2b_256(pair.concat().as_slice()))
            .collect();
    }
    row.first().copied().unwrap_or_default()
}

fn encrypt(key: &[u8; 32], plain: &[u8]) -> Option<Vec<u8>> {
    XChaCha20Poly1305::new(key.into())
        .encrypt(&XNonce::default(), plain)
        .ok()
}

fn decrypt(key: &[u8; 32], ciphertext: &[u8]) -> Option<Vec<u8>> {
    XChaCha20Poly1305::new(key.into())
        .decrypt(&XNonce::default(), ciphertext)
        .ok()
}

/// The patient's part of a grant.
fn make_grant(
    keys: &PatientKeys,
    hospital: &X25519Secret,
    doctor_key: &X25519Secret,
    rng: &mut Seeded,
) -> Option<Grant> {
    let mut package = Vec::new();
    for filing_month in FIRST..=LAST {
        for number in 0..KEYWORDS {
            let label = label(keys, hospital, filing_month, number)?;
            let (search, open) = keys.trapdoors::<B>(filing_month, &label);
            package.extend_from_slice(label.as_bytes());
            package.extend_from_slice(search.to_bytes().as_slice());
            package.extend_from_slice(open.to_bytes().as_slice());
        }
    }
    let root = scope_root(package.get(..LABEL_BYTES)?);
    let key = keys.grant_key(0);
    Some(Grant {
        root,
        account: keys.account().sign(&[&MESSAGE[..], &root].concat()),
        key: key.sign(&MESSAGE),
        sealed: seal(&doctor_key.public(), &package, rng)?,
    })
}

impl World {
    /// Makes the parties. `None` if a step fails, which no input can cause.
    pub fn new() -> Option<Self> {
        let mut rng = Seeded::default();
        let keys = PatientKeys::derive(&Seed::from_bytes([4; 32]), &CHAIN, &HOSPITAL, 0);
        let hospital = X25519Secret::from_bytes([5; 32]);
        let doctor = Ed25519Secret::from_seed(&[6; 32]);
        let doctor_key = X25519Secret::from_bytes([7; 32]);
        let operator = Ed25519Secret::from_seed(&[8; 32]);
        let enc = encryptor_id(b"ward 1", &[0; 32]);
        let batch = OpenBatch::open(&CHAIN, &HOSPITAL, &enc, 1, LAST, &mut rng);
        let known = batch.patient::<B>(keys.search_public(), keys.open_public());
        let label = MonthLabel {
            filing_month: LAST,
            kw: label(&keys, &hospital, LAST, 0)?,
        };
        let (search, open_secret) = batch.label_secrets::<B>(&known, &label.kw);
        let prepared = keys.search_trapdoor::<B>(LAST, &label.kw).prepare::<B>();
        let open_trapdoor = keys.open_trapdoor::<B>(LAST, &label.kw);
        let (share, core) = (HospitalShare::from_bytes([9; 32]), [10; 32]);
        let data_key = [11; 32];
        let wrap = encrypt(&open_secret.kek(0, &core, &share), &data_key)?;
        let ciphertext = encrypt(&data_key, &[b'a'; PAYLOAD_BYTES])?;
        let grant = make_grant(&keys, &hospital, &doctor_key, &mut rng)?;
        let opening = *search.label_opening(0).as_bytes();
        let question = ask(&doctor, &hospital, &opening, &mut rng)?;
        let answer = answer(&operator, &doctor_key, &ciphertext, &mut rng)?;
        Some(Self {
            keys,
            hospital,
            doctor,
            doctor_key,
            operator,
            batch,
            known,
            label,
            search,
            prepared,
            open_trapdoor,
            share,
            core,
            wrap,
            ciphertext,
            question,
            answer,
            grant,
            rng,
        })
    }

    /// Runs an operation once. Returns whether its result is right.
    pub fn run(&mut self, operation: usize) -> bool {
        match operation {
            0 => self.encrypt_label(),
            1 => self.search_batch(),
            2 => self.ask_question(),
            3 => self.give_answer().unwrap_or(false),
            4 => self.open_answer().unwrap_or(false),
            5 => self.make_grant(),
            6 => self.check_grant().unwrap_or(false),
            _ => false,
        }
    }

    fn encrypt_label(&self) -> bool {
        let (search, open) = self.batch.label_secrets::<B>(&self.known, &self.label.kw);
        black_box(open);
        search.tag(0) == self.search.tag(0)
    }

    fn search_batch(&self) -> bool {
        let a_s = self.keys.search_public();
        let found =
            SearchSecret::from_trapdoor_prepared::<B>(self.batch.point(), &self.prepared, a_s);
        let match_key = found.match_key(0, &self.label).public();
        found.tag(0) == self.search.tag(0) && match_key != [0; 32]
    }

    fn ask_question(&mut self) -> bool {
        let opening = *self.search.label_opening(0).as_bytes();
        black_box(ask(&self.doctor, &self.hospital, &opening, &mut self.rng)).is_some()
    }

    /// Signatures of requester and patient, the scope opening with its path, and the answer.
    fn give_answer(&mut self) -> Option<bool> {
        let (doctor, patient) = (self.doctor.public(), self.keys.account().public());
        verify_strict(&doctor, &MESSAGE, &self.question.signature).ok()?;
        let header = [&MESSAGE[..], &self.grant.root].concat();
        verify_strict(&patient, &header, &self.grant.account).ok()?;
        let opening = open(&self.hospital, &self.question.sealed)?;
        let shown: [u8; 32] = opening.get(..32)?.try_into().ok()?;
        let match_key = LabelOpening::from_bytes(shown)
            .match_key(&self.label)
            .public();
        let mut node = blake2b_256(&opening);
        for sibling in opening.chunks_exact(32).take(SCOPE_DEPTH) {
            node = blake2b_256_parts(&[&node, sibling]);
        }
        let made = answer(
            &self.operator,
            &self.doctor_key,
            &self.ciphertext,
            &mut self.rng,
        )?;
        black_box(made);
        Some(match_key == self.search.match_key(0, &self.label).public() && node != [0; 32])
    }

    /// The operator's signature, the package's hashes, the pairing, the wrap, the payload.
    fn open_answer(&self) -> Option<bool> {
        let package = open(&self.doctor_key, &self.answer.sealed)?;
        let hash = blake2b_256(&package);
        verify_strict(&self.operator.public(), &hash, &self.answer.signature).ok()?;
        let ciphertext = package.get(WRAPS_BYTES..)?;
        let commitments = [
            blake2b_256(ciphertext),
            blake2b_256(package.get(..WRAPS_BYTES)?),
            self.share.commitment(&self.core),
        ];
        let point = self.batch.point();
        let secret =
            OpenSecret::from_trapdoor::<B>(point, &self.open_trapdoor, self.keys.open_public());
        let kek = secret.kek(0, &self.core, &self.share);
        let data_key: [u8; 32] = decrypt(&kek, &self.wrap)?.try_into().ok()?;
        let plain = decrypt(&data_key, ciphertext)?;
        Some(plain.len() == PAYLOAD_BYTES && commitments.concat().len() == 96)
    }

    fn make_grant(&mut self) -> bool {
        let made = make_grant(&self.keys, &self.hospital, &self.doctor_key, &mut self.rng);
        black_box(made).is_some()
    }

    fn check_grant(&mut self) -> Option<bool> {
        let package = open(&self.doctor_key, &self.grant.sealed)?;
        let root = scope_root(package.get(..LABEL_BYTES)?);
        let header = [&MESSAGE[..], &root].concat();
        verify_strict(&self.keys.account().public(), &header, &self.grant.account).ok()?;
        verify_strict(&self.keys.grant_key(0).public(), &MESSAGE, &self.grant.key).ok()?;
        let (a_s, a_o) = (self.keys.search_public(), self.keys.open_public());
        let (mut search, mut open) = (Vec::new(), Vec::new());
        let months = (FIRST..=LAST).flat_map(|month| vec![month; KEYWORDS as usize]);
        for (item, filing_month) in package.chunks_exact(LABEL_BYTES).zip(months) {
            let label = KeywordLabel::from_bytes(item.get(..32)?.try_into().ok()?);
            let context = self.keys.context(filing_month);
            let q = label_point::<B>(&context, a_s, a_o, &label);
            search.push((
                SearchTrapdoor::from_bytes(item.get(32..128)?).ok()?,
                q.clone(),
            ));
            open.push((OpenTrapdoor::from_bytes(item.get(128..)?).ok()?, q));
        }
        let search: Vec<_> = search.iter().map(|(trapdoor, q)| (trapdoor, q)).collect();
        let open: Vec<_> = open.iter().map(|(trapdoor, q)| (trapdoor, q)).collect();
        Some(
            search.len() == usize::from(MONTHS) * KEYWORDS as usize
                && SearchTrapdoor::check_all::<B, _>(&search, a_s, &mut self.rng)
                && OpenTrapdoor::check_all::<B, _>(&open, a_o, &mut self.rng),
        )
    }
}

/// The requester's question: its signature, and the sealed scope opening.
fn ask(
    doctor: &Ed25519Secret,
    hospital: &X25519Secret,
    label_opening: &[u8],
    rng: &mut Seeded,
) -> Option<Signed> {
    let mut opening = label_opening.to_vec();
    opening.resize(OPENING_BYTES, 0);
    Some(Signed {
        sealed: seal(&hospital.public(), &opening, rng)?,
        signature: doctor.sign(&MESSAGE),
    })
}

/// The hospital's answer: wraps and ciphertext, hashed, signed and sealed.
fn answer(
    operator: &Ed25519Secret,
    doctor_key: &X25519Secret,
    ciphertext: &[u8],
    rng: &mut Seeded,
) -> Option<Signed> {
    let package = [&[0u8; WRAPS_BYTES][..], ciphertext].concat();
    let signature = operator.sign(&blake2b_256(&package));
    Some(Signed {
        sealed: seal(&doctor_key.public(), &package, rng)?,
        signature,
    })
}
