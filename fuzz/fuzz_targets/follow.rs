// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! Finality proofs and headers, as a wallet follows them.

use bspp_client::ClientError;
use bspp_fuzz::node::{node, Answer};
use codec::Decode;
use libfuzzer_sys::fuzz_target;

/// Maximum number of answers in one run.
const MAX_ANSWERS: usize = 8;

fuzz_target!(|data: &[u8]| {
    let Ok(answers) = Vec::<Answer>::decode(&mut &data[..]) else {
        return;
    };
    let node = node();
    let mut follower = node.follower();
    for proof in answers
        .into_iter()
        .take(MAX_ANSWERS)
        .filter_map(Answer::decoded)
    {
        let before = follower.checkpoint().clone();
        let accepted = follower.accept(&proof);
        let after = follower.checkpoint();
        let known = node.finalized(&proof.header);
        match accepted {
            Ok(ended) => {
                let known = known.expect("a header that the voters did not finalize");
                assert_eq!(known.by, before.set, "a set that does not vote any more");
                assert_eq!(known.next.as_ref(), Some(&after.set), "a forged set");
                assert_eq!(ended, before.set != after.set);
                assert!(after.number > before.number, "the wallet moved back");
                assert_eq!(after.number, proof.header.number);
                assert!(follower.check_header(&proof.header).is_ok());
            }
            Err(error) => {
                assert_eq!(*after, before, "a refused proof moved the wallet");
                if matches!(error, ClientError::CheckpointNeeded { .. }) {
                    let known = known.expect("a header that the voters did not finalize");
                    assert_eq!(known.next, None);
                }
            }
        }
    }
    for header in &node.headers {
        let is_right = header.hash() == follower.checkpoint().block;
        assert_eq!(follower.check_header(header).is_ok(), is_right);
    }
});
