// SPDX-License-Identifier: Apache-2.0

//! Computes the project's own test vectors from fixed inputs.

use super::FixedRng;
use bspp_peks::*;
use serde_json::{json, Value};

pub const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/bspp-v1.json");

const COUNTERS: [u32; 5] = [0, 1, 63, 64, u32::MAX];
const KEYWORDS: [(&str, &str); 3] = [
    ("http://snomed.info/sct", "44054006"),
    ("http://hl7.org/fhir/sid/icd-10", "E11.9"),
    ("urn:bspp:slot", "identity"),
];

fn hex(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(bytes)
}

fn proof(proof: &SchnorrProof) -> Value {
    json!({ "commitment": hex(proof.commitment), "response": hex(proof.response) })
}

fn hash_to_curve<B: PairingBackend>() -> Vec<Value> {
    let long = [0xab; 300];
    let mut out = Vec::new();
    for dst in [domain::H2C_SEARCH, domain::H2C_OPEN] {
        for msg in [&b""[..], b"abc", b"BSPP", &long] {
            let point = B::hash_to_g2(dst, msg);
            let dst = std::str::from_utf8(dst).unwrap();
            out.push(json!({ "dst": dst, "msg": hex(msg), "point": hex(point.as_bytes()) }));
        }
    }
    out
}

/// All values of one patient, one hospital and one batch.
fn case<B: PairingBackend>(name: &'static str, n: u8) -> Value {
    let mut rng = FixedRng::new(name);
    let (chain, hospital, seed) = (rng.bytes(), rng.bytes(), rng.bytes());
    let (hospital_secret, salt, rid_input) =
        (rng.bytes::<32>(), rng.bytes::<32>(), rng.bytes::<32>());
    let (request, requester) = (rng.bytes(), rng.bytes());
    let (filing_month, number) = (680 + FilingMonth::from(n), 7 + u32::from(n) * 1_000_000);
    let context = Context {
        chain,
        hospital,
        filing_month,
    };

    let keys = PatientKeys::from_seed(&Seed::from_bytes(seed));
    let bundle = keys.bundle(&chain, &hospital, &mut rng);
    let (a_s, a_o) = (keys.search_public(), keys.open_public());

    let r_wide = rng.bytes::<64>();
    let enc = encryptor_id(b"Radiology 2", &salt);
    let batch = OpenBatch::open(
        &chain,
        &hospital,
        &enc,
        number,
        filing_month,
        &mut Replay::new(&r_wide),
    );
    let header = batch.header();

    let secret = X25519Secret::from_bytes(hospital_secret);
    let kappa =
        Kappa::hospital_side(&secret, &keys.x25519_public(), &hospital, filing_month).unwrap();
    let keywords: Vec<Value> = KEYWORDS
        .iter()
        .map(|(system, code)| {
            let kw = kappa.label(&Keyword::new(*system, *code));
            let (q_s, q_o) = (
                search_point::<B>(&context, a_s, &kw),
                open_point::<B>(&context, a_o, &kw),
            );
            let t_s = keys.search_trapdoor::<B>(&context, &kw);
            let t_o = keys.open_trapdoor::<B>(&context, &kw);
            let k_s = B::pairing_prepared(batch.point(), &t_s.prepare::<B>());
            let k_o = B::pairing_prepared(batch.point(), &t_o.prepare::<B>());
            let s = batch.search_secret::<B>(a_s, &kw);
            let o = batch.open_secret::<B>(a_o, &kw);
            let slots: Vec<Value> = COUNTERS
                .iter()
                .map(|n| {
                    let statement = MatchStatement {
                        chain,
                        request,
                        rid: rid_input,
                        tag: s.tag(*n),
                        requester,
                    };
                    let key = s.match_key(*n);
                    json!({
                        "n": n,
                        "tag": hex(s.tag(*n)),
                        "match_public": hex(key.public()),
                        "match_proof": hex(statement.sign(&key)),
                        "kek": hex(o.kek(*n, &rid_input)),
                    })
                })
                .collect();
            let disclosure = keys.disclose(
                &context,
                batch.id(),
                batch.point(),
                &kw,
                &mut FixedRng::new("disclosure"),
            );
            json!({
                "system": system,
                "code": code,
                "kw": hex(kw.as_bytes()),
                "q_s": hex(q_s.as_bytes()),
                "q_o": hex(q_o.as_bytes()),
                "t_s": hex(t_s.to_bytes()),
                "t_o": hex(t_o.to_bytes()),
                "gt_s": hex(k_s.as_bytes()),
                "gt_o": hex(k_o.as_bytes()),
                "slots": slots,
                "disclosure": {
                    "point": hex(disclosure.point),
                    "commitment_generator": hex(disclosure.proof.commitment_generator),
                    "commitment_base": hex(disclosure.proof.commitment_base),
                    "response": hex(disclosure.proof.response),
                },
            })
        })
        .collect();

    json!({
        "chain": hex(chain),
        "hospital": hex(hospital),
        "filingMonth": filing_month,
        "seed": hex(seed),
        "hospital_x25519_secret": hex(hospital_secret),
        "request": hex(request),
        "requester": hex(requester),
        "rid": hex(rid_input),
        "keys": {
            "a_s": hex(a_s.as_bytes()),
            "a_o": hex(a_o.as_bytes()),
            "x25519": hex(keys.x25519_public().0),
            "account": hex(keys.account(&hospital).public()),
        },
        "bundle": {
            "hash": hex(bundle.hash(&chain, &hospital)),
            "search_proof": proof(&bundle.search_proof),
            "open_proof": proof(&bundle.open_proof),
            "signature": hex(bundle.signature),
        },
        "batch": {
            "r_wide": hex(r_wide),
            "encryptor": hex(b"Radiology 2"),
            "salt": hex(salt),
            "enc": hex(enc),
            "number": number,
            "point": hex(header.point),
            "proof": proof(&header.proof),
            "id": hex(batch.id()),
        },
        "keywords": keywords,
    })
}

fn records() -> Vec<Value> {
    let mut rng = FixedRng::new("records");
    [0usize, 1, 8]
        .iter()
        .map(|count| {
            let (batch, dek, payload_hash) = (rng.bytes(), rng.bytes(), rng.bytes());
            let index = u32::from_le_bytes(rng.bytes());
            let slots: Vec<(Tag, [u8; 32])> =
                (0..*count).map(|_| (rng.bytes(), rng.bytes())).collect();
            let commitment = key_commitment(&dek, &payload_hash);
            let slots_hash = slots_hash(slots.iter().map(|(tag, m)| (tag, m)));
            json!({
                "batch": hex(batch),
                "index": index,
                "dek": hex(dek),
                "payload_hash": hex(payload_hash),
                "slots": slots.iter().map(|(tag, m)| json!([hex(tag), hex(m)])).collect::<Vec<_>>(),
                "key_commitment": hex(commitment),
                "slots_hash": hex(slots_hash),
                "rid": hex(rid(&batch, index, &payload_hash, &commitment, &slots_hash)),
            })
        })
        .collect()
}

/// All vectors, computed by backend `B`.
pub fn compute<B: PairingBackend>() -> Value {
    json!({
        "description": "Test vectors of bspp-peks, written by `cargo run --example vectors`. \
            Bytes in hex; scalars and counters little-endian.",
        "hash_to_curve": hash_to_curve::<B>(),
        "cases": [case::<B>("first", 0), case::<B>("second", 1)],
        "records": records(),
    })
}

/// Returns `first`, then a fixed stream.
struct Replay {
    first: Vec<u8>,
    then: FixedRng,
}

impl Replay {
    fn new(first: &[u8]) -> Self {
        Self {
            first: first.iter().rev().copied().collect(),
            then: FixedRng::new("replay"),
        }
    }
}

impl rand_core::RngCore for Replay {
    fn next_u32(&mut self) -> u32 {
        rand_core::impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        rand_core::impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        for byte in dest {
            *byte = self
                .first
                .pop()
                .unwrap_or_else(|| self.then.bytes::<1>()[0]);
        }
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(dest);
        Ok(())
    }
}

impl rand_core::CryptoRng for Replay {}
