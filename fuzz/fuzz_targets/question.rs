// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! A requester's question to a hospital.

use bspp_attacks::opened;
use bspp_fuzz::{decoded, now, world};
use bspp_record::DisclosureRequest;
use bspp_types::LabelState;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(question) = decoded::<DisclosureRequest<[u8; 64]>>(data) else {
        return;
    };
    let world = world();
    let on_chain = opened(&world.grant.open_request, &world.doctor);
    let held = (&world.record, &world.patient);
    let state = LabelState::default();
    if world
        .hospital
        .decide(&question, &on_chain, held, &state, now())
        .is_ok()
    {
        assert_eq!(
            question.record, world.record.encrypted.rid,
            "a forged question"
        );
        assert_eq!(question.header, world.envelope.header, "a forged grant");
    }
});
