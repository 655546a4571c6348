// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! A node's answers about entries and its index.

use bspp_client::answers::checked_entry;
use bspp_fuzz::node::{node, parsed};
use bspp_rpc_types::{IndexStatus, ListedBlock, LocatedEntry, TagBucket, WholeBlock};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let node = node();
    if let Some(located) = parsed::<Option<LocatedEntry>>(data) {
        let (right, given) = (&node.entries[0], located.is_some());
        match checked_entry(located, right.rid()) {
            Ok(Some(located)) => assert_eq!(located.entry, *right, "another entry"),
            Ok(None) => assert!(!given),
            Err(_) => assert!(given),
        }
    }
    parsed::<IndexStatus>(data);
    parsed::<Vec<ListedBlock>>(data);
    parsed::<TagBucket>(data);
    parsed::<Option<WholeBlock>>(data);
});
