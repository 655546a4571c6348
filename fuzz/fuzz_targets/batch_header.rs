// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! The header of a batch.

use bspp_attacks::CHAIN;
use bspp_fuzz::{decoded, world};
use bspp_peks::BatchHeader;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(header) = decoded::<BatchHeader>(data) else {
        return;
    };
    if let Ok(valid) = header.verify(&CHAIN) {
        assert_eq!(valid.id, header.id(&CHAIN));
        assert_eq!(&header, world().hospital.batch().header(), "a forged batch");
    }
});
