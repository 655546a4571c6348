// SPDX-License-Identifier: Apache-2.0
//! Code that the tests of this crate share. Each test binary uses a part of it.
#![allow(dead_code, missing_docs, clippy::unwrap_used, clippy::expect_used)]

use bspp_peks::{
    encryptor_id, Context, Hit, LabelScope, LabelVersion, OpenBatch, PatientKeys, Seed, TagIndex,
    X25519Secret,
};
use bspp_record::{split, Document, EncryptedRecord, Patient, PlainRecord};
use bspp_types::{HospitalId, RecordId, Tag, H256};
use proptest::{prelude::ProptestConfig, test_runner::FileFailurePersistence};
use rand::{rngs::StdRng, SeedableRng};
use std::{
    collections::HashMap,
    convert::Infallible,
    path::{Path, PathBuf},
};

#[path = "../../examples/keywords.rs"]
pub mod example;
pub mod records;

pub const CHAIN: [u8; 32] = [7; 32];
pub const HOSPITAL: [u8; 32] = [8; 32];
pub const FILING_MONTH: u16 = 682;

/// The folder with FHIR files.
///
/// It is `BSPP_FHIR_DIR`, or the folder of the project's three patients. Files that are missing
/// from the large set are skips.
pub fn fhir_dir() -> PathBuf {
    let folder = match std::env::var_os("BSPP_FHIR_DIR").filter(|folder| !folder.is_empty()) {
        Some(folder) => folder.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/patients"),
    };
    let files = example::files_in(&folder).map_or(0, |files| files.len());
    if files < LARGE_SET {
        skip(
            LARGE_SET - files,
            "FHIR files are not here; BSPP_FHIR_DIR names their folder",
        );
    }
    folder
}

/// The number of files of the large set of FHIR files.
const LARGE_SET: usize = 27;

/// Tells the test scripts which tests this binary skips.
///
/// It writes a line to `BSPP_SKIPS`, once for each reason.
fn skip(count: usize, reason: &str) {
    let Some(path) = std::env::var_os("BSPP_SKIPS") else {
        eprintln!("skipped {count}: {reason}");
        return;
    };
    let line = format!("{count}\t{reason}\n");
    let file = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(path);
    std::io::Write::write_all(&mut file.unwrap(), line.as_bytes()).unwrap();
}

/// Names and bytes of all FHIR files.
pub fn fhir_files() -> Vec<(String, Vec<u8>)> {
    let files = example::files_in(&fhir_dir()).unwrap();
    assert!(
        files.len() >= 3,
        "no FHIR files in {}",
        fhir_dir().display()
    );
    if let Ok(field) = std::fs::read_dir(fhir_dir().join("field")) {
        skip(
            field.count(),
            "FHIR input from the field, which the reader does not handle yet",
        );
    }
    files
        .into_iter()
        .map(|(name, path)| (name, std::fs::read(path).unwrap()))
        .collect()
}

/// A small FHIR file with two encounters and codes, for tests that do not need a real one.
pub const SMALL: &str = r#"{"resourceType":"Bundle","type":"collection","entry":[
 {"fullUrl":"urn:uuid:p","resource":{"resourceType":"Patient","id":"p","name":[{"family":"Example"}]}},
 {"fullUrl":"urn:uuid:e1","resource":{"resourceType":"Encounter","id":"e1","class":{"system":"urn:c","code":"AMB"}}},
 {"resource": {"resourceType":"Condition","encounter":{"reference":"urn:uuid:e1"},"code":{"coding":[{"system":"http://snomed.info/sct","code":"44054006"}]}} },
 {"resource":{"resourceType":"Encounter","id":"e2"}}
]}
"#;

pub fn small_records() -> Vec<PlainRecord> {
    split(
        &Document::parse(SMALL.as_bytes()).unwrap(),
        [1; 16],
        &mut rng(12),
    )
}

pub fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

pub fn chain() -> H256 {
    CHAIN.into()
}

pub fn hospital() -> HospitalId {
    HOSPITAL.into()
}

pub fn context() -> Context {
    Context {
        chain: CHAIN,
        hospital: HOSPITAL,
        filing_month: FILING_MONTH,
    }
}

pub fn hospital_secret() -> X25519Secret {
    X25519Secret::from_bytes([9; 32])
}

pub fn keys(seed: u8) -> PatientKeys {
    PatientKeys::derive(&Seed::from_bytes([seed; 32]), &CHAIN, &HOSPITAL, 0)
}

/// The patient at a label version.
pub fn patient_at(keys: &PatientKeys, version: LabelVersion) -> Patient {
    let bundle = keys.bundle(&mut rng(3));
    Patient::new(&bundle, context(), version, &hospital_secret()).unwrap()
}

pub fn patient_of(keys: &PatientKeys) -> Patient {
    patient_at(keys, 0)
}

/// The scope of the label key of the hospital and a patient.
pub fn scope_at(keys: &PatientKeys, version: LabelVersion) -> LabelScope {
    LabelScope {
        hospital: HOSPITAL,
        filing_month: FILING_MONTH,
        version,
        bundle_hash: keys.bundle_hash(),
    }
}

pub fn patient(seed: u8) -> Patient {
    patient_of(&keys(seed))
}

pub fn batch(number: u32) -> OpenBatch {
    let enc = encryptor_id(b"ward 1", &[0; 32]);
    OpenBatch::open(
        &CHAIN,
        &HOSPITAL,
        &enc,
        number,
        FILING_MONTH,
        &mut rng(100 + u64::from(number)),
    )
}

/// A tag index in memory.
#[derive(Default)]
pub struct MemoryIndex(HashMap<([u8; 32], Tag), Vec<Hit<RecordId>>>);

impl MemoryIndex {
    pub fn add(&mut self, encrypted: &EncryptedRecord) {
        let entry = &encrypted.record.entry;
        for slot in entry.slots.iter() {
            let hit = Hit {
                match_public: slot.match_key,
                entry: encrypted.rid,
            };
            self.0
                .entry((entry.batch.0, slot.tag))
                .or_default()
                .push(hit);
        }
    }
}

impl TagIndex for MemoryIndex {
    type Entry = RecordId;
    type Error = Infallible;

    fn lookup(&self, batch: &[u8; 32], tag: &Tag) -> Result<Vec<Hit<RecordId>>, Infallible> {
        Ok(self.0.get(&(*batch, *tag)).cloned().unwrap_or_default())
    }
}

/// A configuration of property tests that stores failures in a file of the project.
pub fn regressions(file: &'static str) -> ProptestConfig {
    let kept = Box::new(FileFailurePersistence::Direct(file));
    ProptestConfig {
        failure_persistence: Some(kept),
        ..ProptestConfig::default()
    }
}
