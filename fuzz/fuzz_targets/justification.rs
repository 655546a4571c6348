// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! A justification, as a relay verifies and minimizes it.

use bp_header_chain::justification::{verify_justification, JustificationVerificationContext};
use bspp_client::{answers::decode_justification, verify_and_optimize, FinalityProof};
use bspp_fuzz::node::{node, Answer};
use codec::{Decode, Encode};
use finality_grandpa::voter_set::VoterSet;
use libfuzzer_sys::fuzz_target;

fn verify(proof: &FinalityProof) {
    let node = node();
    for set in node.finalized.iter().map(|block| &block.by) {
        let mut small = proof.clone();
        if verify_and_optimize(&mut small, set).is_err() {
            continue;
        }
        assert!(
            node.is_final(&proof.header, set),
            "a header that the voters did not finalize"
        );
        assert_eq!(small.header, proof.header);
        // The consortium's verifier refuses whatever is redundant.
        let context = JustificationVerificationContext {
            voter_set: VoterSet::new(set.authorities.iter().cloned()).expect("a valid set"),
            authority_set_id: set.id,
        };
        let target = (small.header.hash(), small.header.number);
        verify_justification(target, &context, &small.justification)
            .expect("the consortium refuses a minimized proof");
    }
}

fuzz_target!(|data: &[u8]| {
    if let Ok(justification) = decode_justification("fuzz", data) {
        let encoded = justification.encode();
        assert!(data.starts_with(&encoded), "two encodings of one value");
        for header in &node().headers {
            verify(&FinalityProof {
                header: header.clone(),
                justification: justification.clone(),
            });
        }
    }
    if let Some(proof) = Answer::decode(&mut &data[..])
        .ok()
        .and_then(Answer::decoded)
    {
        verify(&proof);
    }
});
