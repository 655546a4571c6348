// SPDX-License-Identifier: Apache-2.0
//! Every available FHIR file is split and reassembled byte for byte.
//!
//! The keywords of each file must agree with a count by hand.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod common;

use bspp_record::{
    container::{Payload, Piece},
    reassemble, split, Document, PayloadKind, ReassembleError,
};
use common::{fhir_files, rng, small_records, SMALL};

/// File, resources, distinct keywords.
const COUNTED: [(&str, usize, usize); 27] = [
    ("tests-denex1-EXM506-bundle", 4, 11),
    ("Bundle-mii-exa-test-data-bundle-patho-1", 5, 7),
    ("tests-denomexcl-CMS122-Patient-bundle", 9, 20),
    ("Bundle-father", 8, 13),
    ("Dino214_", 21, 44),
    ("Bundle-mii-exa-test-data-bundle-pat-5", 31, 77),
    ("Austin578_", 29, 39),
    ("Bundle-mii-exa-test-data-bundle-pat-1", 43, 116),
    ("Bundle-mii-exa-test-data-bundle-mtb-1", 56, 122),
    ("Buster_", 66, 69),
    ("Gustavo_", 78, 68),
    ("José_", 143, 92),
    ("Louis_", 156, 113),
    ("Melinda114_", 269, 193),
    ("Mathilda_", 224, 103),
    ("Alva958_", 386, 137),
    ("Stevie_", 351, 160),
    ("Judi176_", 506, 195),
    ("Lavern_", 554, 151),
    ("Isaiah_", 661, 132),
    ("edge-cases/Patient-ch-example", 1, 1),
    ("edge-cases/Media-example", 1, 2),
    ("edge-cases/Bundle-xds", 5, 5),
    ("edge-cases/DocumentReference-example", 1, 7),
    ("edge-cases/Bundle-bundle-response-simplesummary", 4, 13),
    ("edge-cases/Bundle-101", 18, 24),
    ("edge-cases/Binary-example", 1, 0),
];

#[test]
fn parse_should_find_all_resources_and_keywords_when_the_file_was_counted() {
    let mut checked = 0;
    for (name, bytes) in fhir_files() {
        let Some((_, resources, keywords)) = COUNTED.iter().find(|row| name.starts_with(row.0))
        else {
            continue;
        };
        let document = Document::parse(&bytes).unwrap();
        assert_eq!(document.resource_count(), *resources, "{name}");
        assert_eq!(document.keywords().len(), *keywords, "{name}");
        let of_records: std::collections::BTreeSet<_> = split(&document, [0; 16], &mut rng(12))
            .into_iter()
            .flat_map(|record| record.keywords)
            .collect();
        assert!(of_records == document.keywords(), "{name}");
        checked += 1;
    }
    assert!(checked >= 3);
}

#[test]
fn reassemble_should_return_the_file_when_all_records_are_there() {
    for (name, bytes) in fhir_files() {
        let document = Document::parse(&bytes).unwrap();
        let mut payloads: Vec<Payload> = split(&document, [5; 16], &mut rng(12))
            .into_iter()
            .map(|record| Payload::from_bytes(&record.payload.to_bytes()).unwrap())
            .collect();
        payloads.reverse();
        assert!(reassemble(&payloads).unwrap() == bytes, "{name}");
        // Each resource alone is JSON, and all resources are present.
        let mut count = 0;
        for resource in payloads.iter().flat_map(Payload::resources) {
            let value: serde_json::Value = serde_json::from_str(resource).unwrap();
            assert!(value["resourceType"].is_string(), "{name}");
            count += 1;
        }
        assert_eq!(count, document.resource_count(), "{name}");
    }
}

fn payloads() -> Vec<Payload> {
    small_records()
        .iter()
        .map(|record| record.payload.clone())
        .collect()
}

#[test]
fn split_should_make_one_record_for_each_encounter() {
    let labels: Vec<_> = payloads()
        .iter()
        .map(|payload| payload.label().to_owned())
        .collect();
    assert_eq!(labels, ["frame", "Encounter/e1", "Encounter/e2"]);
    let counts: Vec<_> = payloads()
        .iter()
        .map(|payload| payload.resources().count())
        .collect();
    assert_eq!(counts, [1, 2, 1]);
}

#[test]
fn split_should_follow_every_kind_of_reference() {
    let cases = [
        (
            r#""encounter":{"reference":"Encounter/e1"}"#,
            "Encounter/e1",
        ),
        (
            r#""encounter":{"reference":"Encounter/e1/_history/2"}"#,
            "Encounter/e1",
        ),
        (r#""encounter":{"reference":"urn:uuid:e1"}"#, "Encounter/e1"),
        (
            r#""encounter":{"reference":"https://a.example/fhir/Encounter/e1"}"#,
            "Encounter/e1",
        ),
        (r#""context":{"reference":"Encounter/e1"}"#, "Encounter/e1"),
        (
            r#""context":{"encounter":[{"reference":"Encounter/e1"}]}"#,
            "Encounter/e1",
        ),
        (
            r#""item":[{"sequence":1},{"encounter":[{"reference":"Encounter/e1"}]}]"#,
            "Encounter/e1",
        ),
        (
            r#""encounter":{"reference":"Encounter/e2"}"#,
            "Encounter/e2",
        ),
        // e2 belongs to another server than the reference names.
        (
            r#""encounter":{"reference":"http://b.example/Encounter/e2"}"#,
            "http://b.example/Encounter/e2",
        ),
        (
            r#""encounter":{"reference":"http://a.example/Encounter/e2"}"#,
            "Encounter/e2",
        ),
        (
            r#""encounter":{"reference":"Encounter/away"}"#,
            "Encounter/away",
        ),
        (r#""encounter":{"reference":"urn:uuid:away"}"#, "frame"),
        (r#""context":{"reference":"EpisodeOfCare/e1"}"#, "frame"),
        (
            r#""encounter":{"reference":"Encounter?identifier=1"}"#,
            "frame",
        ),
        (r##""encounter":{"reference":"#contained"}"##, "frame"),
        (r#""subject":{"reference":"Encounter/e1"}"#, "frame"),
    ];
    for (property, expected) in cases {
        let file = format!(
            r#"{{"resourceType":"Bundle","entry":[
            {{"fullUrl":"urn:uuid:e1","resource":{{"resourceType":"Encounter","id":"e1"}}}},
            {{"fullUrl":"http://a.example/Encounter/e2","resource":{{"resourceType":"Encounter","id":"e2"}}}},
            {{"resource":{{"resourceType":"Basic","id":"wanted",{property}}}}}]}}"#
        );
        let document = Document::parse(file.as_bytes()).unwrap();
        let records = split(&document, [0; 16], &mut rng(12));
        let found: Vec<_> = records
            .iter()
            .filter(|record| {
                record
                    .payload
                    .resources()
                    .any(|text| text.contains("wanted"))
            })
            .map(|record| record.payload.label().to_owned())
            .collect();
        assert_eq!(found, [expected], "{property}");
        assert_eq!(
            reassemble(records.iter().map(|r| &r.payload)).unwrap(),
            file.as_bytes()
        );
    }
}

#[test]
fn reassemble_should_accept_a_record_given_twice() {
    let mut twice = payloads();
    twice.extend(payloads());
    assert_eq!(reassemble(&twice).unwrap(), SMALL.as_bytes());
}

#[test]
fn reassemble_should_fail_when_records_are_missing_or_differ() {
    let all = payloads();
    assert_eq!(reassemble(&all[1..]), Err(ReassembleError::FrameNotFound));
    assert_eq!(
        reassemble(&all[..2]),
        Err(ReassembleError::PieceNotFound(7))
    );

    let mut other_file = payloads();
    other_file[2].source = [2; 16];
    assert_eq!(
        reassemble(&other_file),
        Err(ReassembleError::SourceMismatch)
    );

    let mut changed = payloads();
    changed[2].pieces[0].bytes[0] = b'[';
    assert_eq!(reassemble(&changed), Err(ReassembleError::FileHashMismatch));

    let mut contradicting = payloads();
    contradicting[2].pieces[0].position = 1;
    assert_eq!(
        reassemble(&contradicting),
        Err(ReassembleError::PieceMismatch(1))
    );

    let mut beyond = payloads();
    beyond[2].pieces.push(Piece {
        position: 99,
        bytes: b"{}".to_vec(),
    });
    assert_eq!(reassemble(&beyond), Err(ReassembleError::PieceMismatch(99)));
}

#[test]
fn from_bytes_should_fail_when_the_container_is_not_well_formed() {
    use bspp_record::container::ContainerError::*;
    let record = &payloads()[1];
    let mut bytes = record.to_bytes().to_vec();
    bytes.push(0);
    assert_eq!(Payload::from_bytes(&bytes), Err(InvalidContainer));
    assert_eq!(
        Payload::from_bytes(&bytes[..bytes.len() - 2]),
        Err(InvalidContainer)
    );
    assert_eq!(Payload::from_bytes(&[]), Err(InvalidContainer));
    bytes[0] = 9;
    assert_eq!(Payload::from_bytes(&bytes), Err(InvalidVersion(9)));

    let positions: Vec<u32> = record.pieces.iter().map(|piece| piece.position).collect();
    assert_eq!(positions, [3, 4, 5]);
    let mut repeated = record.clone();
    repeated.pieces[1].position = 3;
    assert_eq!(
        Payload::from_bytes(&repeated.to_bytes()),
        Err(InvalidPosition(3))
    );
    let mut falling = record.clone();
    falling.pieces.reverse();
    assert_eq!(
        Payload::from_bytes(&falling.to_bytes()),
        Err(InvalidPosition(4))
    );
    let mut binary = record.clone();
    binary.pieces[0].bytes = vec![0xff];
    assert_eq!(
        Payload::from_bytes(&binary.to_bytes()),
        Err(InvalidResource(3))
    );
    let mut beyond = payloads()[0].clone();
    beyond.kind = PayloadKind::Frame {
        resources: 0,
        records: 1,
        file_hash: [0; 32],
    };
    assert_eq!(
        Payload::from_bytes(&beyond.to_bytes()),
        Err(InvalidPosition(1))
    );
}
