// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! The plaintext of a record.

use bspp_record::{reassemble, Payload};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(payload) = Payload::from_bytes(data) {
        assert_eq!(
            payload.to_bytes().as_slice(),
            data,
            "two encodings of one payload"
        );
        let _ = payload.resources().count();
        let _ = reassemble([&payload, &payload]);
    }
});
