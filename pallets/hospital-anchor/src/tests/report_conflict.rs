// SPDX-License-Identifier: Apache-2.0
use crate::{mock::*, types::Justification, Error, Event};
use bspp_primitives::{
    traits::{Anchorage, AnchoredState},
    Header, Shortfall,
};
use bspp_types::HospitalId;
use frame_support::{assert_noop, assert_ok, dispatch::GetDispatchInfo};
use sp_runtime::{traits::Header as _, DispatchError, DispatchResult};

type Proof = (Header, Justification);

/// A header at `number` that voters 0 to 2 of set 5 have finalized.
fn final_header(number: u32, salt: u8) -> Proof {
    let header = header(number, salt);
    let justification = justify(&header, &[0, 1, 2], 5);
    (header, justification)
}

fn report_by(
    origin: RuntimeOrigin,
    hospital: HospitalId,
    first: Proof,
    second: Proof,
) -> DispatchResult {
    let (first, second) = ((Box::new(first.0), first.1), (Box::new(second.0), second.1));
    HospitalAnchor::report_conflict(origin, hospital, first.0, first.1, second.0, second.1)
}

fn report(first: Proof, second: Proof) -> DispatchResult {
    report_by(RuntimeOrigin::signed(REQUESTER_B), A, first, second)
}

#[test]
fn report_conflict_should_halt_and_suspend_when_two_blocks_are_final_at_a_height() {
    ExtBuilder::default().anchored_a().execute(|| {
        // Other voters may have signed the other block, and some voters both.
        let second = header(20, 2);
        let second_proof = justify(&second, &[1, 2, 3], 5);
        assert_ok!(report(final_header(20, 1), (second, second_proof)));
        assert!(HospitalAnchor::is_halted(&A));
        assert_eq!(HospitalAnchor::anchored(&A), Err(Shortfall::AnchorHalted));
        assert_eq!(Suspended::get(), [A]);
        let best = HospitalAnchor::best_head(&A).unwrap();
        assert_eq!(best.number, 10, "neither of the blocks is anchored");
        let event = Event::ConflictProved {
            hospital: A,
            number: 20,
            suspended: true,
        };
        System::assert_last_event(event.into());

        // The consortium no longer believes this chain.
        let (header, proof) = final_header(21, 1);
        let relayer = RuntimeOrigin::signed(OPERATOR_A);
        assert_noop!(
            HospitalAnchor::submit_finality_proof(relayer, A, Box::new(header), proof),
            Error::<Test>::AnchorHalted
        );
        let read = <HospitalAnchor as AnchoredState>::read(&A, &best.hash, vec![], b"key");
        assert!(matches!(read, Err(Error::AnchorHalted)));
    });
}

#[test]
fn report_conflict_should_take_votes_on_descendants() {
    ExtBuilder::default().anchored_a().execute(|| {
        let (first, second) = (header(20, 1), header(20, 2));
        let first_proof = justify_with(&first, &[0, 1, 2], 5, 6, 3);
        let second_proof = justify_with(&second, &[0, 1, 2], 5, 2, 1);
        assert_ok!(report((first, first_proof), (second, second_proof)));
    });
}

#[test]
fn report_conflict_should_count_when_one_of_the_blocks_is_anchored() {
    ExtBuilder::default().anchored_a().execute(|| {
        for number in [20, 30] {
            let (header, proof) = final_header(number, 1);
            let relayer = RuntimeOrigin::signed(OPERATOR_A);
            assert_ok!(HospitalAnchor::submit_finality_proof(
                relayer,
                A,
                Box::new(header),
                proof
            ));
        }
        assert_ok!(report(final_header(20, 1), final_header(20, 2)));
        assert_eq!(Suspended::get(), [A]);
    });
}

#[test]
fn report_conflict_should_halt_when_too_few_authors_would_remain() {
    ExtBuilder::default().anchored_a().execute(|| {
        MaySuspend::set(false);
        assert_ok!(report(final_header(20, 1), final_header(20, 2)));
        assert!(HospitalAnchor::is_halted(&A));
        assert!(Suspended::get().is_empty());
        let trace = frame_support::storage::unhashed::get::<HospitalId>(b"suspending");
        assert_eq!(trace, None, "the write of a refused suspension is undone");
        let event = Event::ConflictProved {
            hospital: A,
            number: 20,
            suspended: false,
        };
        System::assert_last_event(event.into());
    });
}

#[test]
fn report_conflict_should_leave_other_hospitals_alone() {
    let anchors = ExtBuilder::default()
        .anchored_a()
        .anchored(B, header(10, 0), &[0, 1, 2, 3], 5);
    anchors.execute(|| {
        assert_ok!(report(final_header(20, 1), final_header(20, 2)));
        assert!(!HospitalAnchor::is_halted(&B));
    });
}

#[test]
fn report_conflict_should_refuse_when_the_signer_is_no_member() {
    ExtBuilder::default().anchored_a().execute(|| {
        let by = |origin| report_by(origin, A, final_header(20, 1), final_header(20, 2));
        assert_noop!(
            by(RuntimeOrigin::signed(STRANGER)),
            Error::<Test>::NotAuthorized
        );
        assert_noop!(by(RuntimeOrigin::root()), DispatchError::BadOrigin);
        assert_noop!(by(RuntimeOrigin::none()), DispatchError::BadOrigin);
    });
}

#[test]
fn same_header_should_be_no_conflict() {
    ExtBuilder::default().anchored_a().execute(|| {
        let refusal = || Error::<Test>::NoConflict;
        assert_noop!(report(final_header(20, 1), final_header(20, 1)), refusal());
        // Another set of signers does not make it a conflict.
        let again = header(20, 1);
        let by_others = justify(&again, &[1, 2, 3], 5);
        assert_noop!(report(final_header(20, 1), (again, by_others)), refusal());
    });
}

#[test]
fn headers_at_different_heights_should_be_no_conflict() {
    ExtBuilder::default().anchored_a().execute(|| {
        let refusal = Error::<Test>::NoConflict;
        assert_noop!(report(final_header(20, 1), final_header(21, 2)), refusal);
    });
}

#[test]
fn unjustified_header_should_be_no_conflict() {
    ExtBuilder::default().anchored_a().execute(|| {
        let too_few = || {
            let header = header(20, 2);
            let proof = justify(&header, &[0, 1], 5);
            (header, proof)
        };
        // The order of the proofs does not matter.
        let refusal = || Error::<Test>::InsufficientVotes;
        assert_noop!(report(final_header(20, 1), too_few()), refusal());
        assert_noop!(report(too_few(), final_header(20, 1)), refusal());
        // The proof of the honest block does not prove another one.
        let (_, honest_proof) = final_header(20, 1);
        assert_noop!(
            report(final_header(20, 1), (header(20, 2), honest_proof)),
            Error::<Test>::TargetMismatch
        );
    });
}

#[test]
fn forged_conflict_should_be_refused_when_strangers_signed() {
    ExtBuilder::default().anchored_a().execute(|| {
        let forged = |voters: &[u16], set_id| {
            let header = header(20, 2);
            let proof = justify(&header, voters, set_id);
            (header, proof)
        };
        assert_noop!(
            report(final_header(20, 1), forged(&[0, 1, 12], 5)),
            Error::<Test>::InvalidVoter
        );
        assert_noop!(
            report(final_header(20, 1), forged(&[0, 1, 2], 4)),
            Error::<Test>::InvalidVoteSignature
        );
        let mut renamed = forged(&[0, 1, 2], 5);
        renamed.0.set_state_root(Default::default());
        renamed.1.commit.target_hash = renamed.0.hash();
        for vote in &mut renamed.1.commit.precommits {
            vote.precommit.target_hash = renamed.0.hash();
        }
        assert_noop!(
            report(final_header(20, 1), renamed),
            Error::<Test>::InvalidVoteSignature
        );
    });
}

#[test]
fn forged_conflict_should_be_refused_when_made_for_another_hospital() {
    let anchors = ExtBuilder::default()
        .anchored_a()
        .anchored(B, header(10, 0), &[4, 5, 6, 7], 5);
    anchors.execute(|| {
        let by = RuntimeOrigin::signed(OPERATOR_A);
        assert_noop!(
            report_by(by, B, final_header(20, 1), final_header(20, 2)),
            Error::<Test>::InvalidVoter
        );
    });
}

#[test]
fn report_conflict_should_refuse_when_there_is_no_anchor() {
    ExtBuilder::default().execute(|| {
        let refusal = Error::<Test>::NotFound;
        assert_noop!(report(final_header(20, 1), final_header(20, 2)), refusal);
    });
}

#[test]
fn oversized_conflict_should_be_refused() {
    ExtBuilder::default().anchored_a().execute(|| {
        let many: Vec<u16> = (0..9).collect();
        let large = |votes: &[u16], ancestors| {
            let header = header(20, 2);
            let proof = justify_with(&header, votes, 5, ancestors, 1);
            (header, proof)
        };
        assert_noop!(
            report(final_header(20, 1), large(&many, 0)),
            Error::<Test>::MaxVotesExceeded
        );
        assert_noop!(
            report(
                large(&[0, 1, 2], MaxAncestries::get() + 1),
                final_header(20, 1)
            ),
            Error::<Test>::MaxAncestriesExceeded
        );
        let mut long = header(20, 2);
        let filler = vec![0; MaxProofSize::get() as usize];
        long.digest_mut()
            .push(sp_runtime::DigestItem::Other(filler));
        let proof = justify(&long, &[0, 1, 2], 5);
        assert_noop!(
            report(final_header(20, 1), (long, proof)),
            Error::<Test>::MaxProofSizeExceeded
        );
    });
}

#[test]
fn replayed_conflict_should_be_refused() {
    ExtBuilder::default().anchored_a().execute(|| {
        let conflict = || (final_header(20, 1), final_header(20, 2));
        let replay = || report(conflict().0, conflict().1);
        assert_ok!(replay());
        assert_noop!(replay(), Error::<Test>::AnchorHalted);

        // The council finds out which block is valid and restarts the anchor there. The voters may
        // be the same.
        let restart = |number| {
            assert_ok!(HospitalAnchor::reinitialise_anchor(
                RuntimeOrigin::root(),
                A,
                Box::new(header(number, 1)),
                authorities(&[0, 1, 2, 3]),
                5
            ));
        };
        restart(20);
        assert_noop!(replay(), Error::<Test>::InvalidNumber);
        assert!(!HospitalAnchor::is_halted(&A));
        // A conflict that is not settled counts again.
        restart(19);
        assert_ok!(replay());
        assert_eq!(Suspended::get(), [A, A]);
    });
}

#[test]
fn report_conflict_should_be_operational_and_weigh_more_with_votes() {
    let call = |votes: &[u16]| {
        let (first, second) = (header(20, 1), header(20, 2));
        let first_justification = justify(&first, votes, 5);
        let second_justification = justify(&second, votes, 5);
        crate::Call::<Test>::report_conflict {
            hospital: A,
            first: Box::new(first),
            first_justification,
            second: Box::new(second),
            second_justification,
        }
        .get_dispatch_info()
    };
    let (few, many) = (call(&[0]), call(&[0, 1, 2]));
    assert_eq!(
        few.class,
        frame_support::dispatch::DispatchClass::Operational
    );
    assert!(many.call_weight.ref_time() > few.call_weight.ref_time());
}
