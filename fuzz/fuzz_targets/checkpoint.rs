// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! The checkpoint on a hospital's card.

use bspp_client::proved::{Checkpoint, Follower};
use bspp_fuzz::{decoded, node::node};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(checkpoint) = decoded::<Checkpoint>(data) else {
        return;
    };
    for block in &node().finalized {
        let mut follower = Follower::new(checkpoint.clone());
        let is_right = block.header.hash() == checkpoint.block;
        assert_eq!(follower.check_header(&block.header).is_ok(), is_right);
        if follower.accept(&block.proof).is_err() {
            assert_eq!(*follower.checkpoint(), checkpoint);
            continue;
        }
        // Only voters of the checkpoint's own set can move it, and only forward.
        assert!(block.header.number > checkpoint.number);
        assert_eq!(checkpoint.set.id, block.by.id, "votes for another set");
        let mut voters = checkpoint.set.authorities.iter();
        assert!(
            voters.any(|voter| block.by.authorities.contains(&(voter.0.clone(), 1))),
            "a proof without votes of the set"
        );
        assert_eq!(follower.checkpoint().chain, checkpoint.chain);
        assert_eq!(follower.checkpoint().block, block.header.hash());
    }
});
