// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! Requests, consents and other values of the chains' calls.

use bspp_fuzz::decoded;
use bspp_types::{ConsentTerms, LabelState, OpenRequest, Request, Tombstone};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some(open) = decoded::<OpenRequest>(data) {
        let _ = bspp_types::messages::request_id(&open.authority);
    }
    let _ = decoded::<Request<[u8; 32]>>(data);
    let _ = decoded::<Tombstone>(data);
    let _ = decoded::<ConsentTerms>(data);
    if let Some(state) = decoded::<LabelState>(data) {
        let (first, second) = (state.version_in(100), state.version_in(u16::MAX));
        let _ = (
            first,
            second,
            state.versions_in(0),
            state.versions_in(u16::MAX),
        );
    }
});
