// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! A bucket of tags and an entry block, in which a requester searches.

use bspp_attacks::HOSPITAL;
use bspp_client::answers::{checked_block, places_of, WantedTag};
use bspp_fuzz::node::node;
use bspp_rpc_types::{ListedTag, TagBucket, WholeBlock};
use bspp_types::{verify_entry_proof, HospitalId};
use libfuzzer_sys::fuzz_target;

/// The number of counters: more than the honest block has.
const COUNTERS: u32 = 4;

fn search(wanted: &WantedTag, place: &ListedTag, block: &WholeBlock) {
    let node = node();
    let Ok(Some(found)) = wanted.record_at(place, block) else {
        return;
    };
    assert!(!block.refused.contains(&place.leaf), "a refused entry");
    assert_eq!(found.path.leaf_index, place.leaf);
    assert!(verify_entry_proof(&node.root(), &found.entry, &found.path));
    let mut right = node.found(wanted.counter).expect("a forged record");
    // The position of the block is the node's word: the registered root is asked for it.
    right.sequence = place.sequence;
    assert_eq!(found, right, "another record");
}

fuzz_target!(|data: &[u8]| {
    let Ok((bucket, block)) = serde_json::from_slice::<(TagBucket, WholeBlock)>(data) else {
        return;
    };
    let node = node();
    // A block of the node's own is refused; the search goes on with the honest entries.
    let block = match checked_block(block, &node.root()) {
        Ok(block) => {
            assert_eq!(block.entries, node.entries, "forged entries");
            block
        }
        Err(_) => node.block(),
    };
    let place = (HospitalId::from(HOSPITAL), node.batch, 0);
    for counter in 0..COUNTERS {
        let wanted = WantedTag::new(place, (&node.secret, &node.label), counter);
        for place in places_of(&bucket.tags, &wanted.tag) {
            assert_eq!(place.tag.as_bytes(), wanted.tag);
            search(&wanted, &place, &block);
        }
        // Any tag may be a lie about a place.
        for listed in &bucket.tags {
            search(&wanted, listed, &block);
        }
    }
});
