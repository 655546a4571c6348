// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! A match proof on the consortium chain.

use bspp_fuzz::decoded;
use bspp_types::MatchProof;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some(proof) = decoded::<MatchProof>(data) {
        // The runtime checks the place before it verifies anything.
        let _ = proof.entry.check_shape();
        let _ = bspp_types::verify_entry_proof(&proof.entry.leaf(), &proof.entry, &proof.path);
    }
});
