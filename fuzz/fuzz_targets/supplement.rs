// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! A supplement, as text and as bytes.

use bspp_fuzz::{decoded, random, world};
use bspp_record::SupplementEnvelope;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = core::str::from_utf8(data) {
        let _ = SupplementEnvelope::from_text(text);
    }
    let Some(envelope) = decoded::<SupplementEnvelope>(data) else {
        return;
    };
    assert_eq!(
        SupplementEnvelope::from_text(&envelope.to_text()),
        Ok(envelope.clone())
    );
    let mut grant = world().grant.clone();
    if grant
        .apply(&envelope, &world().doctor.x25519, &mut random())
        .is_ok()
    {
        assert_eq!(
            envelope.supplement.header_hash,
            world().envelope.header.hash()
        );
    }
});
