// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! The evidence that a grant covers a record.

use bspp_attacks::MONTH;
use bspp_fuzz::{decoded, world};
use bspp_record::ScopeOpening;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(opening) = decoded::<ScopeOpening>(data) else {
        return;
    };
    let world = world();
    let entry = &world.record.encrypted.record.entry;
    if opening.covers(&world.envelope.header.scope_root, entry, MONTH) {
        assert_eq!(opening, world.opening, "forged evidence");
    }
});
