// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! A patient's bundle of public keys.

use bspp_attacks::{CHAIN, HOSPITAL};
use bspp_fuzz::{decoded, world};
use bspp_peks::PatientBundle;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(bundle) = decoded::<PatientBundle>(data) else {
        return;
    };
    if bundle.verify(&CHAIN, &HOSPITAL).is_ok() {
        // Nobody but the world's patient has signed a bundle here.
        assert_eq!(bundle.account, world().patient.account().public());
    }
});
