// SPDX-License-Identifier: Apache-2.0
//! Encrypts every record of every file, searches for every keyword, and opens all records.
//!
//! The matches are compared with the plaintext as the independent scanner reads it. The opened
//! records must make up the exact files.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod common;

use bspp_peks::{
    search, BatchPoint, BlstBackend, Counting, Kappa, KeywordLabel, MonthLabel, OpenSecret,
    PatientKeys, SearchSummary,
};
use bspp_record::{
    open_record, reassemble, slot_of, split, Document, Encryptor, Keyword, SharedRecord,
};
use bspp_types::RecordId;
use common::*;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    ops::ControlFlow,
    path::Path,
    process::Command,
};

type Backend = Counting<BlstBackend, 5>;

const BATCHES: u32 = 3;
/// Maximum number of entries that wait for finality at any time.
const LAG: usize = 30;
/// Number of keywords of other patients that each patient's search must not find.
const ABSENT: usize = 40;

/// Keywords of each file's records, as the independent scanner gives them.
fn scanned() -> Vec<Vec<BTreeSet<Keyword>>> {
    let script =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/independent/fhir_keywords.py");
    let output = Command::new("python3")
        .arg(script)
        .arg(fhir_dir())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let files: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let keyword = |pair: &Value| Keyword::new(text(&pair[0]), text(&pair[1]));
    let record = |record: &Value| {
        record["keywords"]
            .as_array()
            .unwrap()
            .iter()
            .map(keyword)
            .collect()
    };
    files
        .iter()
        .map(|file| {
            file["records"]
                .as_array()
                .unwrap()
                .iter()
                .map(record)
                .collect()
        })
        .collect()
}

/// The content of the chains: ciphertexts with entries, and the plain record of each.
#[derive(Default)]
struct Stored {
    index: MemoryIndex,
    records: HashMap<RecordId, (SharedRecord, usize)>,
}

/// One patient with one file.
struct Case {
    name: String,
    file: Vec<u8>,
    keys: PatientKeys,
    kappa: Kappa,
    /// For each record of the file, the scanner's keywords.
    scanned: Vec<BTreeSet<Keyword>>,
}

fn cases() -> Vec<Case> {
    let scanned = scanned();
    let files = fhir_files();
    assert_eq!(files.len(), scanned.len());
    files
        .into_iter()
        .zip(scanned)
        .zip(1u8..)
        .map(|(((name, file), scanned), seed)| {
            let keys = keys(seed);
            let (key, scope) = (hospital_secret().public(), scope_at(&keys, 0));
            let kappa = Kappa::patient_side(keys.x25519(), &key, &scope).unwrap();
            Case {
                name,
                file,
                keys,
                kappa,
                scanned,
            }
        })
        .collect()
}

/// Encrypts all files.
///
/// The records of each patient are spread over two batches, and each batch has records of several
/// patients.
fn store(cases: &[Case], encryptors: &mut [Encryptor]) -> Vec<Stored> {
    let mut rng = rng(11);
    let mut shared = MemoryIndex::default();
    let mut waiting: VecDeque<(usize, RecordId)> = VecDeque::new();
    let mut all = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        let patient = patient_of(&case.keys);
        let document = Document::parse(&case.file).unwrap();
        let mut records = HashMap::new();
        for (place, plain) in split(&document, [3; 16], &mut rng).iter().enumerate() {
            let batch = (number + place % 2) % encryptors.len();
            let made = encryptors[batch]
                .encrypt(&patient, plain, [2; 32].into(), &mut rng)
                .unwrap();
            for made in made {
                let rid = made.encrypted.rid;
                shared.add(&made.encrypted);
                waiting.push_back((batch, rid));
                assert!(records.insert(rid, (made, place)).is_none());
            }
            while waiting.len() > LAG {
                let (batch, rid) = waiting.pop_front().unwrap();
                assert!(encryptors[batch].note_finalized(&rid));
            }
        }
        all.push(Stored {
            index: MemoryIndex::default(),
            records,
        });
    }
    // The entries of all patients are in one index: the matches must come from trapdoors alone.
    let first = all.first_mut().unwrap();
    first.index = shared;
    all
}

struct Found {
    /// The record ids and counters, by batch.
    matches: Vec<(usize, RecordId, u32)>,
    summary: SearchSummary,
}

fn find(case: &Case, index: &MemoryIndex, encryptors: &[Encryptor], label: &KeywordLabel) -> Found {
    let trapdoor = case.keys.search_trapdoor::<Backend>(FILING_MONTH, label);
    let batches = encryptors.iter().map(|e| BatchPoint {
        id: *e.batch().id(),
        point: e.batch().point().clone(),
    });
    let month_label = MonthLabel {
        filing_month: FILING_MONTH,
        kw: label.clone(),
    };
    let (mut matches, mut batch) = (Vec::new(), 0);
    let summary = search::<Backend, _>(
        index,
        batches,
        &trapdoor,
        case.keys.search_public(),
        month_label,
        |outcome| {
            matches.extend(
                outcome
                    .matches
                    .into_iter()
                    .map(|m| (batch, m.entry, m.counter)),
            );
            batch += 1;
            ControlFlow::Continue(())
        },
    )
    .unwrap();
    Found { matches, summary }
}

#[test]
fn search_should_match_the_plaintext_for_every_keyword_of_every_record() {
    let cases = cases();
    let mut encryptors: Vec<Encryptor> = (0..BATCHES).map(|n| Encryptor::new(batch(n))).collect();
    let stored = store(&cases, &mut encryptors);
    let index = &stored[0].index;
    let everything: BTreeSet<&Keyword> = cases
        .iter()
        .flat_map(|c| c.scanned.iter().flatten())
        .collect();
    let (mut searches, mut found_all) = (0u64, 0usize);
    Backend::reset();

    for (case, stored) in cases.iter().zip(&stored) {
        let mut expected: BTreeMap<&Keyword, BTreeSet<usize>> = BTreeMap::new();
        for (place, keywords) in case.scanned.iter().enumerate() {
            for keyword in keywords {
                expected.entry(keyword).or_default().insert(place);
            }
        }
        for (keyword, places) in &expected {
            let found = find(case, index, &encryptors, &case.kappa.label(keyword));
            assert_eq!(found.summary.batches, u64::from(BATCHES));
            let got: Vec<usize> = found
                .matches
                .iter()
                .map(|(_, rid, _)| {
                    stored
                        .records
                        .get(rid)
                        .expect("a match is another patient's")
                        .1
                })
                .collect();
            let distinct: BTreeSet<usize> = got.iter().copied().collect();
            assert!(
                distinct == *places,
                "{}: {} of {} records",
                case.name,
                distinct.len(),
                places.len()
            );
            assert_eq!(
                got.len(),
                distinct.len(),
                "{}: a record was matched twice",
                case.name
            );
            found_all += got.len();
            searches += 1;
        }
        // Every n-th keyword that others have and this patient does not have.
        let absent: Vec<_> = everything
            .iter()
            .filter(|k| !expected.contains_key(**k))
            .collect();
        for keyword in absent.iter().step_by(absent.len() / ABSENT + 1) {
            let found = find(case, index, &encryptors, &case.kappa.label(keyword));
            assert!(found.matches.is_empty(), "{}: a false positive", case.name);
            searches += 1;
        }
    }
    assert_eq!(
        Backend::pairings(),
        searches * u64::from(BATCHES),
        "one pairing per batch and search"
    );

    let mut opened_all = 0;
    for (case, stored) in cases.iter().zip(&stored) {
        opened_all += open_all(case, stored, index, &encryptors);
    }
    println!(
        "{} files, {opened_all} entries opened, {searches} searches, {found_all} matches",
        cases.len()
    );
}

/// Opens all records of a patient by the identity keyword and compares them with the file.
fn open_all(case: &Case, stored: &Stored, index: &MemoryIndex, encryptors: &[Encryptor]) -> usize {
    let label = case.kappa.label(&Keyword::identity());
    let found = find(case, index, encryptors, &label);
    assert_eq!(found.matches.len(), stored.records.len(), "{}", case.name);
    let search = case
        .keys
        .search_trapdoor::<BlstBackend>(FILING_MONTH, &label);
    let open = case.keys.open_trapdoor::<BlstBackend>(FILING_MONTH, &label);
    let secrets: Vec<_> = encryptors
        .iter()
        .map(|encryptor| {
            let point = encryptor.batch().point();
            let (a_s, a_o) = (case.keys.search_public(), case.keys.open_public());
            let search = bspp_peks::SearchSecret::from_trapdoor::<BlstBackend>(point, &search, a_s);
            (
                search,
                OpenSecret::from_trapdoor::<BlstBackend>(point, &open, a_o),
            )
        })
        .collect();
    let mut payloads = Vec::new();
    for (batch, rid, counter) in &found.matches {
        let (SharedRecord { encrypted, share }, _) = &stored.records[rid];
        let (search, open) = &secrets[*batch];
        let entry = &encrypted.record.entry;
        let slot = slot_of(entry, &search.tag(*counter)).unwrap();
        let ciphertext = encrypted.payload.to_vec();
        let wraps = &encrypted.record.wraps;
        let opened = open_record(
            rid,
            entry,
            wraps,
            share,
            &ciphertext,
            (slot, *counter),
            open,
        );
        payloads.push(opened.unwrap());
    }
    assert!(reassemble(&payloads).unwrap() == case.file, "{}", case.name);
    payloads.len()
}
