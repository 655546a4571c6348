// SPDX-License-Identifier: Apache-2.0
use crate::{mock::*, Heads};
use frame_support::assert_storage_noop;
use proptest::prelude::*;

/// A relayer's proof: height above the best, signers, set, and whether it has a change.
#[derive(Clone, Debug)]
struct Step {
    ahead: i64,
    signed: Vec<bool>,
    set_offset: i64,
    change: Option<Vec<u16>>,
}

fn step() -> impl Strategy<Value = Step> {
    let signed = prop_oneof![
        3 => Just(vec![true, true, true, false]),
        1 => proptest::collection::vec(any::<bool>(), 4),
    ];
    let change = proptest::option::weighted(
        0.3,
        proptest::sample::subsequence((0..8u16).collect::<Vec<_>>(), 4),
    );
    let ahead = prop_oneof![4 => 1..5i64, 1 => -2..1i64];
    let set_offset = prop_oneof![6 => Just(0i64), 1 => -1..2i64];
    (ahead, signed, set_offset, change).prop_map(|(ahead, signed, set_offset, change)| Step {
        ahead,
        signed,
        set_offset,
        change,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The anchor accepts exactly the proofs that the model accepts.
    ///
    /// A proof must be newer, minimal, by the tracked voters and for the tracked set. The best head
    /// only rises, the number of the set rises by one only, and a refusal changes nothing.
    #[test]
    fn submit_finality_proof_should_follow_the_model(steps in proptest::collection::vec(step(), 1..14)) {
        ExtBuilder::default().anchored_a().execute(|| {
            let (mut best, mut set_id, mut voters, mut anchored) = (10i64, 5i64, vec![0, 1, 2, 3], 1u32);
            for step in steps {
                let number = (best + step.ahead).max(1);
                let mut header = header(number as u32, 1);
                if let Some(next) = &step.change {
                    header = with_change(header, next, 0);
                }
                let signers: Vec<u16> = voters
                    .iter()
                    .zip(&step.signed)
                    .filter_map(|(voter, signed)| signed.then_some(*voter))
                    .collect();
                let mut proof = justify(&header, &[0], (set_id + step.set_offset) as u64);
                proof.commit.precommits.clear();
                if !signers.is_empty() {
                    proof = justify(&header, &signers, (set_id + step.set_offset) as u64);
                }
                let expected = number > best && signers.len() == 3 && step.set_offset == 0;
                let hash = header.hash();
                let submit = || HospitalAnchor::submit_finality_proof(
                    RuntimeOrigin::signed(OPERATOR_A), A, Box::new(header), proof,
                ).is_ok();
                if expected {
                    assert!(submit());
                    best = number;
                    anchored += 1;
                    if let Some(next) = step.change {
                        set_id += 1;
                        voters = next;
                    }
                    assert_eq!(HospitalAnchor::best_head(&A).unwrap().hash, hash);
                } else {
                    assert_storage_noop!(assert!(!submit()));
                }
                let (head, id) = HospitalAnchor::anchored_head(&A).unwrap();
                assert_eq!((i64::from(head.number), id as i64), (best, set_id));
                let remembered = Heads::<Test>::iter_prefix(A).count() as u32;
                assert_eq!(remembered, anchored.min(MaxHeads::get()));
                HospitalAnchor::do_try_state().unwrap();
            }
        });
    }
}
