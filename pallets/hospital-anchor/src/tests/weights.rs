// SPDX-License-Identifier: Apache-2.0
use crate::{mock::*, weights::SubstrateWeight, Call, WeightInfo};
use frame_support::{dispatch::GetDispatchInfo, weights::Weight};

#[test]
fn submit_finality_proof_should_weigh_more_with_votes_and_headers() {
    let weight = |voters: &[u16], ancestors| {
        let header = header(11, 1);
        let justification = justify_with(&header, voters, 5, ancestors, 1);
        let header = Box::new(header);
        let call: Call<Test> = Call::submit_finality_proof {
            hospital: A,
            header,
            justification,
        };
        call.get_dispatch_info().call_weight
    };
    assert!(weight(&[0, 1], 0).ref_time() > weight(&[0], 0).ref_time());
    assert!(weight(&[0], 3).ref_time() > weight(&[0], 0).ref_time());
}

#[test]
fn weights_should_never_be_zero() {
    type W = SubstrateWeight<Test>;
    let weights = [
        W::initialise_anchor(0),
        W::reinitialise_anchor(0, 0),
        W::start_incarnation(0, 0),
        W::submit_finality_proof(0, 0),
        W::halt_anchor(),
        W::resume_anchor(),
        W::report_conflict(0, 0),
    ];
    for weight in weights {
        assert!(weight.all_gt(Weight::zero()));
    }
}
