// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! FHIR files: what parses splits into records that make up the file again.

use bspp_fuzz::random;
use bspp_record::{reassemble, split, Document, Payload};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(document) = Document::parse(data) else {
        return;
    };
    let _ = document.subjects();
    let payloads: Vec<Payload> = split(&document, [1; 16], &mut random())
        .iter()
        .map(|record| Payload::from_bytes(&record.payload.to_bytes()).expect("own encoding"))
        .collect();
    assert_eq!(reassemble(&payloads).expect("all records are there"), data);
});
