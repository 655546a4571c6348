// SPDX-License-Identifier: Apache-2.0
//! For any bytes, the answer is a document or an error that names the place.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod common;

use bspp_record::{
    fhir::{Position, MAX_DEPTH, MAX_DOCUMENT_BYTES, MAX_ENTRIES},
    reassemble, split, Document, FhirError,
};
use common::SMALL;
use proptest::prelude::*;

fn refused(text: &str) -> String {
    Document::parse(text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn parse_should_name_the_entry_when_a_resource_is_wrong() {
    let bundle = |third: &str| {
        format!(
            "{{\"resourceType\":\"Bundle\",\"entry\":[\n{{}},\n{{\"resource\":{{\"resourceType\":\"Patient\"}}}},\n{{}},\n{third}]}}"
        )
    };
    let cases = [
        (
            r#"{"resource":{"id":"x"}}"#,
            "entry[3].resource: resourceType is missing",
            (5, 13),
        ),
        (
            r#"{"resource":{"resourceType":7}}"#,
            "entry[3].resource: resourceType is not a text",
            (5, 13),
        ),
        (
            r#"{"resource":[]}"#,
            "entry[3].resource: must be an object",
            (5, 13),
        ),
        (
            r#"{"resource":null}"#,
            "entry[3].resource: must be an object",
            (5, 13),
        ),
        (r#""entry""#, "entry[3]: must be an object", (5, 1)),
        (
            r#"{"fullUrl":1,"resource":{}}"#,
            "entry[3].fullUrl: is not a text",
            (5, 1),
        ),
        (
            r#"{"resource":{"resourceType":"Basic","code":{"system":"urn:bspp:slot","code":"identity"}}}"#,
            "entry[3].resource: uses the reserved code system urn:bspp:slot",
            (5, 13),
        ),
    ];
    for (third, message, (line, column)) in cases {
        let text = bundle(third);
        let error = Document::parse(text.as_bytes()).unwrap_err();
        assert!(
            error.to_string().contains(&format!(": {message}, at byte")),
            "{error}"
        );
        let FhirError::InvalidFhir { position, .. } = error else {
            panic!("{error}")
        };
        assert_eq!((position.line, position.column), (line, column), "{third}");
    }
}

#[test]
fn parse_should_name_the_byte_when_json_is_wrong() {
    // The comma on the second line, the 22nd byte.
    let error = Document::parse(b"{\"resourceType\":\"X\",\n,}").unwrap_err();
    let FhirError::InvalidJson { position, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(
        position,
        Position {
            offset: 21,
            line: 2,
            column: 1
        }
    );
    // The position of a wrong escape in a resource is its position in the file, not in the
    // resource.
    let text = "{\"resourceType\":\"Bundle\",\n\"entry\":[{\"resource\":\n{\"resourceType\":\"Basic\",\"x\":\"\\ud800\"}}]}";
    let error = Document::parse(text.as_bytes()).unwrap_err();
    assert!(error.to_string().contains("entry[0].resource"), "{error}");
    let FhirError::InvalidJson { position, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(position.line, 3);
    // Cut off.
    let error = Document::parse(&SMALL.as_bytes()[..SMALL.len() - 4]).unwrap_err();
    let FhirError::InvalidJson { position, .. } = error else {
        panic!("{error}")
    };
    assert!(position.offset >= SMALL.len() - 6);
    // With a duplicate property, two readers could see two values.
    let twice = r#"{"resourceType":"Basic","code":{"code":"a","code":"b"}}"#;
    assert!(
        refused(twice).contains("a property stands twice"),
        "{}",
        refused(twice)
    );
    assert!(refused(r#"{"resourceType":"Basic"} x"#).contains("at byte 25 "));
}

#[test]
fn parse_should_refuse_what_is_no_fhir() {
    assert_eq!(Document::parse(b"").unwrap_err(), FhirError::Empty);
    assert!(refused("{}").contains(": document: resourceType is missing, at byte 0 "));
    assert!(refused("[]").contains(": document: must be an object, at byte 0 "));
    assert!(refused("7").contains(": document: must be an object, at byte 0 "));
    assert!(refused(r#"{"resourceType":7}"#)
        .contains(": document: resourceType is not a text, at byte 0 "));
    assert!(refused(r#"{"resourceType":"Bundle","entry":{}}"#)
        .contains(": entry: must be an array, at byte 33 "));
    assert!(refused(" \n").starts_with("InvalidJson"));
}

#[test]
fn parse_should_not_repeat_content_in_errors() {
    let error = refused(r#"{"resourceType":"Bundle","Jane Doe":{"a":"x","a":"\q"}}"#);
    assert!(!error.contains("Jane"), "{error}");
}

#[test]
fn parse_should_name_the_byte_when_the_encoding_is_wrong() {
    let error = Document::parse(b"{\"resourceType\":\n\"\xff\"}").unwrap_err();
    let FhirError::InvalidEncoding { position, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(
        position,
        Position {
            offset: 18,
            line: 2,
            column: 2
        }
    );
    let error = Document::parse("\u{feff}{}".as_bytes()).unwrap_err();
    assert!(error.to_string().contains("byte order mark"), "{error}");
}

#[test]
fn parse_should_refuse_what_is_too_large_or_too_deep() {
    let large = vec![b' '; MAX_DOCUMENT_BYTES + 1];
    let expected = FhirError::MaxDocumentBytesExceeded {
        size: MAX_DOCUMENT_BYTES + 1,
        max: MAX_DOCUMENT_BYTES,
    };
    assert_eq!(Document::parse(&large).unwrap_err(), expected);

    let deep = |depth: usize| {
        let inner = depth - 1;
        format!(
            r#"{{"resourceType":"Basic","x":{}{}}}"#,
            "[".repeat(inner),
            "]".repeat(inner)
        )
    };
    assert!(Document::parse(deep(MAX_DEPTH).as_bytes()).is_ok());
    let error = Document::parse(deep(MAX_DEPTH + 1).as_bytes()).unwrap_err();
    let FhirError::MaxDepthExceeded { position, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(position.offset, 28 + MAX_DEPTH - 1);
    assert!(Document::parse("[".repeat(1_000_000).as_bytes()).is_err());
    // Brackets in a text are not nesting.
    let text = format!(
        r#"{{"resourceType":"Basic","x":"{}\"{}"}}"#,
        "[".repeat(500),
        "{".repeat(500)
    );
    assert!(Document::parse(text.as_bytes()).is_ok());

    let entries = vec!["{}"; MAX_ENTRIES + 1].join(",");
    let error = refused(&format!(
        r#"{{"resourceType":"Bundle","entry":[{entries}]}}"#
    ));
    assert!(error.starts_with("MaxEntriesExceeded"), "{error}");
}

#[test]
fn keywords_should_leave_out_amounts_and_plain_words() {
    let file = r#"{"resourceType":"Observation","status":"final","code":{"coding":[
        {"system":"s","code":"a"},{"system":"s","code":"a"},{"system":"s"},{"code":"b"},{"system":1,"code":"c"},
        {"system":"s","code":"d","value":1},{"system":"http://unitsofmeasure.org","code":"mg"}]},
        "contained":[{"resourceType":"Bundle","entry":[{"resource":{"x":{"system":"s","code":"\u00e4"}}}]}]}"#;
    let document = Document::parse(file.as_bytes()).unwrap();
    let found: Vec<_> = document
        .keywords()
        .iter()
        .map(|k| format!("{} {}", k.system(), k.code()))
        .collect();
    assert_eq!(found, ["s a", "s ä"]);
    assert_eq!(format!("{:?}", document.keywords()), "{Keyword, Keyword}");
}

/// JSON with white space in unusual places, from which Bundles are made.
fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just(" true".to_owned()),
        any::<i32>().prop_map(|n| n.to_string()),
        "[ -~äß]{0,8}".prop_map(|text| serde_json::to_string(&text).unwrap()),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|v| format!("[{} ]", v.join(" ,\n"))),
            prop::collection::vec(inner, 0..4).prop_map(|values| {
                let properties: Vec<String> = values
                    .iter()
                    .enumerate()
                    .map(|(i, v)| format!("\"p{i}\" :\t{v}"))
                    .collect();
                format!("{{ {}}}", properties.join(", "))
            }),
        ]
    })
}

fn bundle() -> impl Strategy<Value = String> {
    let reference = prop_oneof![
        Just(""),
        Just("Encounter/a"),
        Just("urn:uuid:b"),
        Just("Encounter/z")
    ];
    let entry = (value(), any::<bool>(), reference, "[ \n\t]{0,3}").prop_map(|(value, encounter, reference, space)| {
        let (kind, id) = if encounter { ("Encounter", "a") } else { ("Basic", "x") };
        format!(
            r#"{{"search":{value},"fullUrl":"urn:uuid:b","resource":{space}{{"resourceType":"{kind}","id":"{id}","encounter":{{"reference":"{reference}"}},"v":{value}}}{space}}}"#
        )
    });
    (prop::collection::vec(entry, 0..6), "[ \r\n]{0,4}", value()).prop_map(
        |(entries, space, value)| {
            format!(
                r#"{space}{{"entry":[{}]{space},"meta":{value},"resourceType":"Bundle"}}{space}"#,
                entries.join(",")
            )
        },
    )
}

proptest! {
    #![proptest_config(common::regressions(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/regressions/fhir.txt")))]

    #[test]
    fn parse_should_never_panic_on_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Document::parse(&bytes).map_err(|error| error.to_string());
    }

    #[test]
    fn parse_should_never_panic_on_a_changed_file(
        bundle in bundle(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = bundle.into_bytes();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let parts = [&bytes[..], &bytes[..cut.index(bytes.len())]];
        for part in parts {
            match Document::parse(part) {
                Ok(document) => {
                    let records = split(&document, [0; 16], &mut common::rng(12));
                    prop_assert_eq!(reassemble(records.iter().map(|r| &r.payload)).unwrap(), part);
                }
                Err(FhirError::InvalidJson { position, .. } | FhirError::InvalidFhir { position, .. }) => {
                    prop_assert!(position.offset <= part.len());
                }
                Err(_) => {}
            }
        }
    }

    #[test]
    fn reassemble_should_invert_split(bundle in bundle()) {
        let document = Document::parse(bundle.as_bytes()).unwrap();
        let records = split(&document, [0; 16], &mut common::rng(12));
        prop_assert_eq!(reassemble(records.iter().map(|r| &r.payload)).unwrap(), bundle.as_bytes());
    }
}
