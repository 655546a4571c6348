// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! A plain record in a gateway's sealed spool.

use bspp_record::PlainRecord;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(record) = PlainRecord::from_bytes(data) {
        let again = PlainRecord::from_bytes(&record.to_bytes()).expect("own encoding");
        assert!(again.payload == record.payload && again.keywords == record.keywords);
    }
});
