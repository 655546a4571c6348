// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! The envelope of a grant, as text and as bytes.

use bspp_fuzz::{chain, decoded, now, random, world};
use bspp_record::GrantEnvelope;
use libfuzzer_sys::fuzz_target;

fn receive(envelope: &GrantEnvelope) {
    let world = world();
    let account = world.doctor.account.public();
    let received = envelope.receive(
        &chain(),
        &account,
        &world.doctor.x25519,
        now(),
        &mut random(),
    );
    if received.is_ok() {
        assert_eq!(envelope.header, world.envelope.header, "a forged grant");
    }
}

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = core::str::from_utf8(data) {
        if let Ok(envelope) = GrantEnvelope::from_text(text) {
            receive(&envelope);
        }
    }
    if let Some(envelope) = decoded::<GrantEnvelope>(data) {
        assert_eq!(
            GrantEnvelope::from_text(&envelope.to_text()),
            Ok(envelope.clone())
        );
        receive(&envelope);
    }
});
