// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! Ciphertexts of a holder of the key, and packed content.

use bspp_record::payload::{open, seal, DataKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let key = DataKey::generate(&mut bspp_fuzz::random());
    assert!(open(&key, data).is_err(), "a ciphertext that nobody made");
    let sealed = seal(&key, data, &mut bspp_fuzz::random()).expect("short enough");
    assert_eq!(
        open(&key, &sealed).expect("own ciphertext").as_slice(),
        data
    );
});
