// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! An index entry, a record, and what the hospital chain keeps of it.

use bspp_fuzz::{decoded, world};
use bspp_types::{Entry, Record};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some(entry) = decoded::<Entry>(data) {
        let _ = (entry.check_shape(), entry.leaf());
        let known = &world().record.encrypted;
        if entry.rid() == known.rid {
            assert_eq!(entry, known.record.entry, "two entries with one identifier");
        }
    }
    if let Some(record) = decoded::<Record>(data) {
        let _ = record
            .entry
            .check_seal(&record.wraps, &world().record.share);
    }
});
