// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! Points of G1 and G2, and trapdoors.

use bspp_peks::{G1Bytes, G2Bytes, OpenTrapdoor, SearchTrapdoor};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some(Ok(point)) = data
        .first_chunk::<48>()
        .map(|bytes| G1Bytes(*bytes).validate())
    {
        assert_eq!(
            point.as_bytes()[..],
            data[..48],
            "two encodings of one point"
        );
    }
    let Some(bytes) = data.first_chunk::<96>() else {
        return;
    };
    let valid = G2Bytes(*bytes).validate().is_ok();
    let search = SearchTrapdoor::from_bytes(bytes);
    assert_eq!(valid, search.is_ok());
    assert_eq!(valid, OpenTrapdoor::from_bytes(bytes).is_ok());
    if let Ok(trapdoor) = search {
        assert_eq!(
            trapdoor.to_bytes()[..],
            bytes[..],
            "two encodings of one trapdoor"
        );
    }
});
