// SPDX-License-Identifier: Apache-2.0

//! Tests of both backends against the vectors of RFC 9380 and of the project.
#![cfg(feature = "blst")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use bspp_peks::{
    ArkBackend, BatchHeader, BlstBackend, G1Bytes, G2Point, OpeningProof, PairingBackend,
    PatientBundle, SchnorrProof,
};
use common::vectors::{compute, record, unhex, Case, FILE, JS_FILE};
use serde_json::Value;

const RFC_9380: &str = include_str!("vectors/rfc9380-j10-1.json");

fn coordinate(value: &Value) -> Vec<String> {
    value
        .as_str()
        .unwrap()
        .split(',')
        .map(|x| x.trim_start_matches("0x").to_owned())
        .collect()
}

/// `x.c1 ‖ x.c0`, and whether y is the larger of the two.
///
/// A compressed encoding shows both values, the second one in its flags.
fn expected(vector: &Value) -> (String, bool) {
    let (x, y) = (coordinate(&vector["P"]["x"]), coordinate(&vector["P"]["y"]));
    let half = "0d0088f51cbff34d258dd3db21a5d66bb23ba5c279c2895fb39869507b587b120f55ffff58a9ffffdcff7fffffffd555";
    let zero = "0".repeat(96);
    let larger = if y[1] == zero {
        y[0].as_str() > half
    } else {
        y[1].as_str() > half
    };
    (format!("{}{}", x[1], x[0]), larger)
}

fn rfc_vectors<B: PairingBackend>() {
    let file: Value = serde_json::from_str(RFC_9380).unwrap();
    let dst = file["dst"].as_str().unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 5);
    for vector in vectors {
        let point: G2Point =
            B::hash_to_g2(dst.as_bytes(), vector["msg"].as_str().unwrap().as_bytes());
        let mut bytes = *point.as_bytes();
        let larger = bytes[0] & 0x20 != 0;
        bytes[0] &= 0x1f;
        assert_eq!(
            (hex::encode(bytes), larger),
            expected(vector),
            "message {}",
            vector["msg"]
        );
    }
}

#[test]
fn arkworks_should_match_rfc_9380() {
    rfc_vectors::<ArkBackend>();
}

#[test]
fn blst_should_match_rfc_9380() {
    rfc_vectors::<BlstBackend>();
}

fn own_vectors<B: PairingBackend>() {
    let file: Value = serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap();
    let computed = compute::<B>();
    for part in ["hash_to_curve", "cases", "records"] {
        for (i, (have, want)) in computed[part]
            .as_array()
            .unwrap()
            .iter()
            .zip(file[part].as_array().unwrap())
            .enumerate()
        {
            assert_eq!(have, want, "{part} {i}");
        }
    }
    assert_eq!(computed, file);
}

#[test]
fn arkworks_should_match_the_projects_vectors() {
    own_vectors::<ArkBackend>();
}

#[test]
fn blst_should_match_the_projects_vectors() {
    own_vectors::<BlstBackend>();
}

fn schnorr(value: &Value) -> SchnorrProof {
    SchnorrProof {
        commitment: G1Bytes(unhex(&value["commitment"])),
        response: unhex(&value["response"]),
    }
}

fn opening(value: &Value) -> OpeningProof {
    OpeningProof {
        target: unhex(&value["k"]),
        challenge: unhex(&value["c"]),
        response: unhex(&value["z"]),
    }
}

/// The vectors of a file: their values follow from the inputs, and their proofs verify.
fn verify_file(name: &str) {
    let file: Value = serde_json::from_str(&std::fs::read_to_string(name).unwrap()).unwrap();
    let cases = file["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 2);
    for (i, vector) in cases.iter().enumerate() {
        let case = Case::new(&vector["input"]);
        assert_eq!(case.values::<ArkBackend>(), vector["values"], "case {i}");
        let (chain, hospital) = (case.context.chain, case.context.hospital);
        let proofs = &vector["proofs"];

        let bundle = PatientBundle {
            search_proof: schnorr(&proofs["bundle"]["search_proof"]),
            open_proof: schnorr(&proofs["bundle"]["open_proof"]),
            signature: unhex(&proofs["bundle"]["signature"]),
            ..case.keys.bundle(&mut common::FixedRng::new("bundle"))
        };
        assert!(bundle.verify(&chain, &hospital).is_ok(), "case {i}");
        let header = BatchHeader {
            proof: schnorr(&proofs["batch"]),
            ..case.batch.header().clone()
        };
        assert!(header.verify(&chain).is_ok(), "case {i}");

        let openings = proofs["openings"].as_array().unwrap();
        assert_eq!(openings.len(), case.keywords().len());
        for (keyword, proofs) in case.keywords().iter().zip(openings) {
            let statement = case.statement(&case.kappa.label(keyword));
            let (search, open) = (opening(&proofs["search"]), opening(&proofs["open"]));
            assert!(search.verify_search(&statement).is_ok(), "case {i}");
            assert!(open.verify_open(&statement).is_ok(), "case {i}");
            assert!(search.verify_open(&statement).is_err(), "case {i}");
        }
    }
    let records = file["records"].as_array().unwrap();
    assert!(records.len() >= 3);
    for (i, vector) in records.iter().enumerate() {
        assert_eq!(record(&vector["input"]), vector["values"], "record {i}");
    }
}

#[test]
fn the_projects_vectors_should_verify() {
    verify_file(FILE);
}

#[test]
fn vectors_of_the_independent_program_should_verify() {
    verify_file(JS_FILE);
}
