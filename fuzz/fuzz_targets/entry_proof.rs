// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! Paths from entries to the root of their block.

use bspp_fuzz::{decoded, world};
use bspp_types::{entries_root, verify_entry_proof, Entry, EntryProof};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((proof, entry)) = decoded::<(EntryProof, Entry)>(data) else {
        return;
    };
    let mut entries = vec![world().record.encrypted.record.entry.clone(); 5];
    for (entry, index) in entries.iter_mut().zip(0..) {
        entry.index = index;
    }
    if verify_entry_proof(&entries_root(&entries), &entry, &proof) {
        let place = usize::try_from(proof.leaf_index).unwrap();
        assert_eq!(
            entries.get(place),
            Some(&entry),
            "an entry at another place"
        );
    }
});
