// SPDX-License-Identifier: Apache-2.0

//! Computes the project's own test vectors from their inputs.
//!
//! The inputs of `bspp-v2.json` come from fixed streams. Those of `bspp-v2-js.json` were made by
//! the independent program, which also computed its values.

use super::FixedRng;
use bspp_peks::*;
use serde_json::{json, Value};

pub const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/bspp-v2.json");
pub const JS_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/bspp-v2-js.json");

const COUNTERS: [u32; 5] = [0, 1, 63, 64, u32::MAX];
const KEYWORDS: [(&str, &str); 3] = [
    ("http://snomed.info/sct", "44054006"),
    ("http://hl7.org/fhir/sid/icd-10", "E11.9"),
    ("urn:bspp:slot", "identity"),
];

fn hex(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(bytes)
}

pub fn unhex<const N: usize>(value: &Value) -> [u8; N] {
    let bytes = hex::decode(value.as_str().unwrap()).unwrap();
    bytes.try_into().unwrap()
}

fn number<T: TryFrom<u64>>(value: &Value) -> T {
    T::try_from(value.as_u64().unwrap()).ok().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn proof(proof: &SchnorrProof) -> Value {
    json!({ "commitment": hex(proof.commitment), "response": hex(proof.response) })
}

fn opening(proof: &OpeningProof) -> Value {
    json!({
        "k": hex(proof.target),
        "c": hex(proof.challenge),
        "z": hex(proof.response),
    })
}

fn hash_to_curve<B: PairingBackend>() -> Vec<Value> {
    let long = [0xab; 300];
    [&b""[..], b"abc", b"BSPP", &long]
        .into_iter()
        .map(|msg| {
            let point = B::hash_to_g2(domain::H2C_LABEL, msg);
            let dst = std::str::from_utf8(domain::H2C_LABEL).unwrap();
            json!({ "dst": dst, "msg": hex(msg), "point": hex(point.as_bytes()) })
        })
        .collect()
}

/// The inputs of one patient, one hospital and one batch.
fn inputs(name: &'static str, n: u8) -> Value {
    let mut rng = FixedRng::new(name);
    let mut draw = || hex(rng.bytes::<32>());
    let mut input = json!({});
    for field in [
        "chain",
        "hospital",
        "seed",
        "hospital_x25519_secret",
        "salt",
        "core",
        "share",
        "rid",
        "request",
        "requester",
        "nonce",
    ] {
        input[field] = json!(draw());
    }
    input["r_wide"] = json!(draw() + &draw());
    input["encryptor"] = json!(hex(b"Radiology 2"));
    input["filing_month"] = json!(680 + u32::from(n));
    input["generation"] = json!(u32::from(n) * 3);
    input["version"] = json!(u32::from(n) * 0x0102_0304);
    input["number"] = json!(7 + u32::from(n) * 1_000_000);
    input["counters"] = json!(COUNTERS);
    input["keywords"] = json!(KEYWORDS);
    input["grants"] = json!([0, 1, u32::MAX]);
    input
}

/// The objects that the inputs of a case give.
pub struct Case {
    pub keys: PatientKeys,
    pub context: Context,
    pub batch: OpenBatch,
    pub kappa: Kappa,
    pub input: Value,
}

impl Case {
    pub fn new(input: &Value) -> Self {
        let (chain, hospital) = (unhex(&input["chain"]), unhex(&input["hospital"]));
        let filing_month = number(&input["filing_month"]);
        let seed = Seed::from_bytes(unhex(&input["seed"]));
        let keys = PatientKeys::derive(&seed, &chain, &hospital, number(&input["generation"]));
        let encryptor = hex::decode(text(&input["encryptor"])).unwrap();
        let batch = OpenBatch::open(
            &chain,
            &hospital,
            &encryptor_id(&encryptor, &unhex(&input["salt"])),
            number(&input["number"]),
            filing_month,
            &mut Replay::new(&unhex::<64>(&input["r_wide"])),
        );
        let secret = X25519Secret::from_bytes(unhex(&input["hospital_x25519_secret"]));
        let scope = LabelScope {
            hospital,
            filing_month,
            version: number(&input["version"]),
            bundle_hash: keys.bundle_hash(),
        };
        let kappa = Kappa::hospital_side(&secret, &keys.x25519_public(), &scope).unwrap();
        Self {
            context: keys.context(filing_month),
            keys,
            batch,
            kappa,
            input: input.clone(),
        }
    }

    pub fn keywords(&self) -> Vec<Keyword> {
        let pairs = self.input["keywords"].as_array().unwrap().iter();
        pairs
            .map(|pair| Keyword::new(text(&pair[0]), text(&pair[1])))
            .collect()
    }

    pub fn statement(&self, kw: &KeywordLabel) -> OpeningStatement {
        OpeningStatement {
            context: self.context,
            batch: *self.batch.id(),
            point: self.batch.point().clone(),
            search: self.keys.search_public().clone(),
            open: self.keys.open_public().clone(),
            kw: kw.clone(),
            nonce: unhex(&self.input["nonce"]),
        }
    }

    /// The values that follow from the inputs and from no random number.
    pub fn values<B: PairingBackend>(&self) -> Value {
        let (keys, batch) = (&self.keys, &self.batch);
        let (a_s, a_o) = (keys.search_public(), keys.open_public());
        let grants = self.input["grants"].as_array().unwrap().iter();
        json!({
            "keys": {
                "a_s": hex(a_s.as_bytes()),
                "a_o": hex(a_o.as_bytes()),
                "x25519": hex(keys.x25519_public().0),
                "account": hex(keys.account().public()),
                "grants": grants
                    .map(|i| hex(keys.grant_key(number(i)).public()))
                    .collect::<Vec<_>>(),
            },
            "bundle_hash": hex(keys.bundle_hash()),
            "batch": {
                "enc": hex(batch.header().enc),
                "point": hex(batch.header().point),
                "id": hex(batch.id()),
            },
            "share_commitment": hex(self.share().commitment(&self.core())),
            "keywords": self
                .keywords()
                .iter()
                .map(|keyword| self.keyword::<B>(keyword))
                .collect::<Vec<_>>(),
        })
    }

    fn core(&self) -> RecordCore {
        unhex(&self.input["core"])
    }

    fn share(&self) -> HospitalShare {
        HospitalShare::from_bytes(unhex(&self.input["share"]))
    }

    fn keyword<B: PairingBackend>(&self, keyword: &Keyword) -> Value {
        let (keys, batch, month) = (&self.keys, &self.batch, self.context.filing_month);
        let (a_s, a_o) = (keys.search_public(), keys.open_public());
        let kw = self.kappa.label(keyword);
        let q = label_point::<B>(&self.context, a_s, a_o, &kw);
        let (t_s, t_o) = keys.trapdoors::<B>(month, &kw);
        let k_s = B::pairing_prepared(batch.point(), &t_s.prepare::<B>());
        let k_o = B::pairing_prepared(batch.point(), &t_o.prepare::<B>());
        let (s, o) = batch.label_secrets(&batch.patient::<B>(a_s, a_o), &kw);
        let label = MonthLabel {
            filing_month: month,
            kw: kw.clone(),
        };
        let slots: Vec<Value> = self.input["counters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|n| {
                let n = number(n);
                let statement = MatchStatement {
                    chain: self.context.chain,
                    request: unhex(&self.input["request"]),
                    rid: unhex(&self.input["rid"]),
                    tag: s.tag(n),
                    requester: unhex(&self.input["requester"]),
                };
                let key = s.match_key(n, &label);
                json!({
                    "n": n,
                    "tag": hex(s.tag(n)),
                    "label_opening": hex(s.label_opening(n).as_bytes()),
                    "match_public": hex(key.public()),
                    "match_proof": hex(statement.sign(&key)),
                    "kek": hex(o.kek(n, &self.core(), &self.share())),
                })
            })
            .collect();
        json!({
            "kw": hex(kw.as_bytes()),
            "q": hex(q.as_bytes()),
            "t_s": hex(t_s.to_bytes()),
            "t_o": hex(t_o.to_bytes()),
            "gt_s": hex(k_s.as_bytes()),
            "gt_o": hex(k_o.as_bytes()),
            "slots": slots,
        })
    }
}

/// The values of a case that depend on random numbers of the prover: proofs and openings.
fn proofs(case: &Case) -> Value {
    let bundle = case.keys.bundle(&mut FixedRng::new("bundle"));
    let openings: Vec<Value> = case
        .keywords()
        .iter()
        .map(|keyword| {
            let kw = case.kappa.label(keyword);
            let statement = case.statement(&kw);
            let month = case.context.filing_month;
            let (t_s, t_o) = case.keys.trapdoors::<DefaultBackend>(month, &kw);
            let mut rng = FixedRng::new("opening");
            json!({
                "search": opening(&t_s.prove_opening(&statement, &mut rng)),
                "open": opening(&t_o.prove_opening(&statement, &mut rng)),
            })
        })
        .collect();
    json!({
        "bundle": {
            "search_proof": proof(&bundle.search_proof),
            "open_proof": proof(&bundle.open_proof),
            "signature": hex(bundle.signature),
        },
        "batch": proof(&case.batch.header().proof),
        "openings": openings,
    })
}

fn case<B: PairingBackend>(name: &'static str, n: u8) -> Value {
    let case = Case::new(&inputs(name, n));
    json!({
        "input": case.input,
        "values": case.values::<B>(),
        "proofs": proofs(&case),
    })
}

fn record_inputs() -> Vec<Value> {
    let mut rng = FixedRng::new("records");
    [0usize, 1, 8]
        .iter()
        .map(|count| {
            let mut draw = |length: usize| {
                let bytes: Vec<u8> = (0..length).map(|_| rng.bytes::<1>()[0]).collect();
                hex(bytes)
            };
            let slots: Vec<_> = (0..*count).map(|_| [draw(16), draw(32)]).collect();
            json!({
                "batch": draw(32),
                "index": u32::from_str_radix(&draw(4), 16).unwrap(),
                "dek": draw(32),
                "payload_hash": draw(32),
                "share": draw(32),
                "slots": slots,
                "wraps": (0..*count).map(|_| draw(48)).collect::<Vec<_>>(),
            })
        })
        .collect()
}

/// The values of a record.
pub fn record(input: &Value) -> Value {
    let (batch, payload_hash) = (unhex(&input["batch"]), unhex(&input["payload_hash"]));
    let commitment = key_commitment(&unhex(&input["dek"]), &payload_hash);
    let slots: Vec<(Tag, [u8; 32])> = input["slots"]
        .as_array()
        .unwrap()
        .iter()
        .map(|slot| (unhex(&slot[0]), unhex(&slot[1])))
        .collect();
    let wraps: Vec<[u8; 48]> = input["wraps"]
        .as_array()
        .unwrap()
        .iter()
        .map(unhex)
        .collect();
    let slots = slots_hash(slots.iter().map(|(tag, m)| (tag, m)));
    let wraps = wraps_hash(&wraps);
    let index = number(&input["index"]);
    let core = record_core(&batch, index, &payload_hash, &commitment, &slots);
    let share = HospitalShare::from_bytes(unhex(&input["share"])).commitment(&core);
    let seal = seal(&share, &wraps);
    json!({
        "key_commitment": hex(commitment),
        "slots_hash": hex(slots),
        "wraps_hash": hex(wraps),
        "core": hex(core),
        "share_commitment": hex(share),
        "seal": hex(seal),
        "rid": hex(rid(&core, &seal)),
    })
}

/// All vectors, computed by backend `B`.
pub fn compute<B: PairingBackend>() -> Value {
    let records: Vec<Value> = record_inputs()
        .into_iter()
        .map(|input| json!({ "values": record(&input), "input": input }))
        .collect();
    json!({
        "description": "Test vectors of bspp-peks, written by `cargo run --example vectors`. \
            Bytes in hex; scalars and counters little-endian.",
        "hash_to_curve": hash_to_curve::<B>(),
        "cases": [case::<B>("first", 0), case::<B>("second", 1)],
        "records": records,
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
