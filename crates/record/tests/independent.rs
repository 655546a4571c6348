// SPDX-License-Identifier: Apache-2.0
//! Comparison of keywords and splitting with an independent implementation.
//!
//! That implementation is in another language and shares no code with this one.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod common;

use serde_json::{json, Value};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The answers of both implementations for files and folders.
fn both(paths: &[PathBuf]) -> (Vec<Value>, Vec<Value>) {
    let script =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/independent/fhir_keywords.py");
    let output = Command::new("python3")
        .arg(script)
        .args(paths)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let theirs = serde_json::from_slice(&output.stdout).unwrap();
    let ours = common::example::report(paths).unwrap();
    (ours.as_array().unwrap().clone(), theirs)
}

#[test]
fn keywords_should_equal_those_of_the_independent_scanner_when_references_are_odd() {
    let references = [
        "urn:uuid:a",
        "urn:uuid:b",
        "Encounter/a",
        "Encounter/b",
        "Encounter/a/_history/3",
        "Encounter/",
        "/Encounter/a",
        "Encounter/a b",
        "Encounter/a\n",
        "http://x.example/Encounter/a",
        "http://x.example/Encounter/b",
        "https://y.example/r4/Encounter/b",
        "https://y.example/Encounter/c",
        "Encounter?identifier=a",
        "#a",
        "",
        "Encounter",
        "EncounterX/a",
        "XEncounter/a",
        "a/Encounter/a",
        "resource/Patient/a",
        "Encounter/ä",
        "_history/",
        "http://x.example/Encounter/b/_history/1",
        "urn:uuid:a/_history/1",
        "encounter/a",
    ];
    let mut entries = vec![
        json!({"fullUrl": "urn:uuid:a", "resource": {"resourceType": "Encounter", "id": "a", "code": {"system": "s", "code": "e"}}}),
        json!({"fullUrl": "http://x.example/Encounter/b", "resource": {"resourceType": "Encounter", "id": "b"}}),
        json!({"resource": {"resourceType": "Encounter"}, "search": {"system": "s", "code": "search"}}),
        json!({"resource": {"resourceType": "Encounter", "id": "a", "partOf": {"reference": "Encounter/b"}}}),
        json!({"request": {"method": "GET", "url": "x"}}),
    ];
    for (number, reference) in references.iter().enumerate() {
        let code = json!({"system": "s", "code": number.to_string()});
        let named = json!({"reference": reference});
        let places = [
            json!({"encounter": named}),
            json!({"encounter": [1, null, {"display": "x"}, named]}),
            json!({"context": named}),
            json!({"context": {"encounter": named}}),
            json!({"item": [null, {"encounter": [named]}, {"encounter": {"reference": "Encounter/b"}}]}),
            json!({"item": {"encounter": named}, "encounter": null, "context": [named]}),
        ];
        for mut resource in places {
            resource["resourceType"] = json!("Basic");
            resource["code"] = code.clone();
            entries.push(json!({ "resource": resource }));
        }
    }
    let bundle = json!({"resourceType": "Bundle", "entry": entries, "meta": {"tag": [{"system": "s", "code": "tag"}]}});
    let single = json!({"resourceType": "Basic", "encounter": {"reference": "Encounter/9"}, "code": {"system": "s", "code": ""}});
    let empty = json!({"resourceType": "Bundle"});
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let paths: Vec<PathBuf> = [("bundle", bundle), ("single", single), ("empty", empty)]
        .into_iter()
        .map(|(name, value)| {
            let path = folder.join(format!("independent-{name}.json"));
            std::fs::write(&path, value.to_string()).unwrap();
            path
        })
        .collect();
    let (ours, theirs) = both(&paths);
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(ours.len(), 3);
    assert!(ours[0]["records"].as_array().unwrap().len() > 5);
}

#[test]
fn keywords_should_equal_those_of_the_independent_scanner() {
    let (ours, theirs) = both(&[common::fhir_dir()]);
    assert!(ours.len() >= 3);
    assert_eq!(ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!(ours["file"], theirs["file"]);
        let (our_records, their_records) =
            (ours["records"].as_array(), theirs["records"].as_array());
        assert_eq!(
            our_records.map(Vec::len),
            their_records.map(Vec::len),
            "{}",
            ours["file"]
        );
        for (ours, theirs) in our_records.unwrap().iter().zip(their_records.unwrap()) {
            assert_eq!(ours, theirs);
        }
    }
}
