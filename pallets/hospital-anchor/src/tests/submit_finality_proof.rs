// SPDX-License-Identifier: Apache-2.0
use crate::{mock::*, types::Justification, AuthoritySets, Error, Event, Heads};
use bspp_primitives::Header;
use bspp_test_kit::Members;
use bspp_types::HospitalId;
use frame_support::{assert_noop, assert_ok};
use sp_consensus_grandpa::{ConsensusLog, ScheduledChange};
use sp_core::H256;
use sp_runtime::{traits::Header as _, DispatchError, DispatchResult};

fn submit_for(
    hospital: HospitalId,
    header: &Header,
    justification: Justification,
) -> DispatchResult {
    let relayer = RuntimeOrigin::signed(OPERATOR_A);
    let header = Box::new(header.clone());
    HospitalAnchor::submit_finality_proof(relayer, hospital, header, justification)
}

fn submit(header: &Header, justification: Justification) -> DispatchResult {
    submit_for(A, header, justification)
}

#[test]
fn submit_finality_proof_should_anchor_when_two_thirds_signed() {
    ExtBuilder::default().anchored_a().execute(|| {
        System::set_block_number(3);
        NowSlot::set(123);
        let header = with_total(header(20, 1), 4);
        assert_ok!(submit(&header, justify(&header, &[0, 1, 2], 5)));
        let best = HospitalAnchor::best_head(&A).unwrap();
        assert_eq!(
            (best.number, best.hash, best.anchored_at),
            (20, header.hash(), 3)
        );
        assert_eq!(best.state_root, *header.state_root());
        assert_eq!((best.anchored_slot, best.entry_blocks), (123, 4));
        assert_eq!(HospitalAnchor::current_set_id(&A), Some(5));
        let event = Event::HeadAnchored {
            hospital: A,
            number: 20,
            hash: header.hash(),
        };
        System::assert_last_event(event.into());
    });
}

#[test]
fn listener_should_learn_of_proved_heads_only() {
    ExtBuilder::default().anchored_a().execute(|| {
        // The council's head proves nothing.
        assert_eq!(Anchored::get(), vec![]);
        let proved = header(20, 1);
        assert_ok!(submit(&proved, justify(&proved, &[0, 1, 2], 5)));
        assert_eq!(Anchored::get(), vec![(A, 20)]);
        // A head that too few voters signed is not anchored.
        let unproved = header(21, 1);
        assert_noop!(
            submit(&unproved, justify(&unproved, &[0, 1], 5)),
            Error::<Test>::InsufficientVotes
        );
        assert_eq!(Anchored::get(), vec![(A, 20)]);
    });
}

#[test]
fn submit_finality_proof_should_anchor_when_votes_stand_on_descendants() {
    ExtBuilder::default().anchored_a().execute(|| {
        let header = header(20, 1);
        assert_ok!(submit(&header, justify_with(&header, &[0, 1, 2], 5, 6, 3)));
    });
}

#[test]
fn submit_finality_proof_should_anchor_when_another_hospitals_anchorer_relays() {
    ExtBuilder::default().anchored_a().execute(|| {
        let header = header(11, 1);
        let proof = justify(&header, &[1, 2, 3], 5);
        let relayer = RuntimeOrigin::signed(ANCHORER_B);
        assert_ok!(HospitalAnchor::submit_finality_proof(
            relayer,
            A,
            Box::new(header),
            proof
        ));
    });
}

#[test]
fn submit_finality_proof_should_refuse_when_the_signer_is_no_member() {
    ExtBuilder::default().anchored_a().execute(|| {
        let header = Box::new(header(11, 1));
        let proof = justify(&header, &[0, 1, 2], 5);
        let submit = |origin| {
            HospitalAnchor::submit_finality_proof(origin, A, header.clone(), proof.clone())
        };
        let refusal = || Error::<Test>::NotAuthorized;
        // A requester may not send anchors, which are free of quota.
        for who in [STRANGER, REQUESTER_B] {
            assert_noop!(submit(RuntimeOrigin::signed(who)), refusal());
        }
        Members::suspend(B);
        assert_noop!(submit(RuntimeOrigin::signed(ANCHORER_B)), refusal());
        assert_noop!(submit(RuntimeOrigin::root()), DispatchError::BadOrigin);
        assert_noop!(submit(RuntimeOrigin::none()), DispatchError::BadOrigin);
    });
}

#[test]
fn submit_finality_proof_should_refuse_when_there_is_no_anchor() {
    ExtBuilder::default().anchored_a().execute(|| {
        let header = header(11, 1);
        let proof = justify(&header, &[0, 1, 2], 5);
        assert_noop!(submit_for(B, &header, proof), Error::<Test>::NotFound);
    });
}

#[test]
fn submit_finality_proof_should_refuse_when_the_header_is_not_newer() {
    ExtBuilder::default().anchored_a().execute(|| {
        for number in [9, 10] {
            let header = header(number, 1);
            let proof = justify(&header, &[0, 1, 2], 5);
            assert_noop!(submit(&header, proof), Error::<Test>::InvalidNumber);
        }
    });
}

#[test]
fn replayed_finality_proof_should_be_refused() {
    ExtBuilder::default().anchored_a().execute(|| {
        let header = header(11, 1);
        let proof = justify(&header, &[0, 1, 2], 5);
        assert_ok!(submit(&header, proof.clone()));
        assert_noop!(submit(&header, proof), Error::<Test>::InvalidNumber);
    });
}

#[test]
fn forged_finality_proof_should_be_refused_when_strangers_signed() {
    ExtBuilder::default().anchored_a().execute(|| {
        let header = header(11, 1);
        let strangers = justify(&header, &[10, 11, 12], 5);
        assert_noop!(submit(&header, strangers), Error::<Test>::InvalidVoter);
        let one_stranger = justify(&header, &[0, 1, 12], 5);
        assert_noop!(submit(&header, one_stranger), Error::<Test>::InvalidVoter);
    });
}

#[test]
fn forged_finality_proof_should_be_refused_when_votes_are_too_few() {
    ExtBuilder::default().anchored_a().execute(|| {
        let header = header(11, 1);
        let proof = justify(&header, &[0, 1], 5);
        assert_noop!(submit(&header, proof), Error::<Test>::InsufficientVotes);
        let mut none = justify(&header, &[0], 5);
        none.commit.precommits.clear();
        assert_noop!(submit(&header, none), Error::<Test>::InsufficientVotes);
    });
}

#[test]
fn forged_finality_proof_should_be_refused_when_a_voter_votes_twice() {
    ExtBuilder::default().anchored_a().execute(|| {
        let header = header(11, 1);
        let mut proof = justify(&header, &[0, 1], 5);
        proof
            .commit
            .precommits
            .push(proof.commit.precommits[0].clone());
        assert_noop!(submit(&header, proof), Error::<Test>::DuplicateVote);
    });
}

#[test]
fn forged_finality_proof_should_be_refused_when_made_for_another_set() {
    ExtBuilder::default().anchored_a().execute(|| {
        let header = header(11, 1);
        for set_id in [4, 6] {
            let proof = justify(&header, &[0, 1, 2], set_id);
            assert_noop!(submit(&header, proof), Error::<Test>::InvalidVoteSignature);
        }
        let mut other_round = justify(&header, &[0, 1, 2], 5);
        other_round.round += 1;
        assert_noop!(
            submit(&header, other_round),
            Error::<Test>::InvalidVoteSignature
        );
    });
}

#[test]
fn forged_finality_proof_should_be_refused_when_the_header_is_altered() {
    ExtBuilder::default().anchored_a().execute(|| {
        let honest = header(11, 1);
        let proof = justify(&honest, &[0, 1, 2], 5);
        let mut altered = honest.clone();
        altered.set_state_root(H256([0x66; 32]));
        assert_noop!(
            submit(&altered, proof.clone()),
            Error::<Test>::TargetMismatch
        );

        // The name of the altered header in the commit does not help, because nobody signed for it.
        let mut renamed = proof;
        renamed.commit.target_hash = altered.hash();
        assert_noop!(
            submit(&altered, renamed.clone()),
            Error::<Test>::InvalidVoteTarget
        );
        for vote in &mut renamed.commit.precommits {
            vote.precommit.target_hash = altered.hash();
        }
        assert_noop!(
            submit(&altered, renamed),
            Error::<Test>::InvalidVoteSignature
        );
    });
}

#[test]
fn forged_finality_proof_should_be_refused_when_made_for_another_hospital() {
    let anchors = ExtBuilder::default()
        .anchored_a()
        .anchored(B, header(10, 0), &[4, 5, 6, 7], 5);
    anchors.execute(|| {
        let header = header(11, 1);
        let of_a = justify(&header, &[0, 1, 2], 5);
        assert_noop!(submit_for(B, &header, of_a), Error::<Test>::InvalidVoter);
    });
}

#[test]
fn submit_finality_proof_should_refuse_when_a_vote_is_redundant() {
    ExtBuilder::default().anchored_a().execute(|| {
        let header = header(11, 1);
        let proof = justify(&header, &[0, 1, 2, 3], 5);
        assert_noop!(submit(&header, proof), Error::<Test>::RedundantVote);
    });
}

#[test]
fn submit_finality_proof_should_refuse_when_ancestries_are_unused_or_double() {
    ExtBuilder::default().anchored_a().execute(|| {
        let target = header(11, 1);
        let mut unused = justify(&target, &[0, 1, 2], 5);
        unused.votes_ancestries.push(header(12, 7));
        assert_noop!(submit(&target, unused), Error::<Test>::InvalidAncestries);
        let mut double = justify_with(&target, &[0, 1, 2], 5, 1, 1);
        double
            .votes_ancestries
            .push(double.votes_ancestries[0].clone());
        assert_noop!(submit(&target, double), Error::<Test>::InvalidAncestries);
    });
}

#[test]
fn submit_finality_proof_should_advance_the_set_when_a_change_is_scheduled() {
    ExtBuilder::default().anchored_a().execute(|| {
        let header = with_change(header(11, 1), &[5, 6], 0);
        assert_ok!(submit(&header, justify(&header, &[0, 1, 2], 5)));
        assert_eq!(HospitalAnchor::current_set_id(&A), Some(6));
        assert_eq!(
            AuthoritySets::<Test>::get(A).unwrap().authorities,
            authorities(&[5, 6])
        );
        System::assert_has_event(
            Event::AuthoritiesChanged {
                hospital: A,
                set_id: 6,
                count: 2,
            }
            .into(),
        );

        let next = next_header();
        let by_old = justify(&next, &[0, 1, 2], 5);
        assert_noop!(submit(&next, by_old), Error::<Test>::InvalidVoter);
        assert_ok!(submit(&next, justify(&next, &[5, 6], 6)));
    });
}

fn next_header() -> Header {
    header(12, 1)
}

#[test]
fn skipped_mandatory_header_should_make_later_proofs_fail() {
    ExtBuilder::default().anchored_a().execute(|| {
        // Block 15 changes the voters to 5 and 6. A relayer leaves it out and submits block 16.
        let mandatory = with_change(header(15, 1), &[5, 6], 0);
        let later = header(16, 1);
        let by_new_voters = justify(&later, &[5, 6], 6);
        assert_noop!(
            submit(&later, by_new_voters.clone()),
            Error::<Test>::InvalidVoter
        );

        assert_ok!(submit(&mandatory, justify(&mandatory, &[0, 1, 2], 5)));
        assert_ok!(submit(&later, by_new_voters));
    });
}

#[test]
fn skipped_mandatory_header_should_make_later_proofs_fail_when_voters_stay() {
    ExtBuilder::default().anchored_a().execute(|| {
        // The change names the same voters again, so only the number of the set differs.
        let mandatory = with_change(header(15, 1), &[0, 1, 2, 3], 0);
        let later = header(16, 1);
        let proof = justify(&later, &[0, 1, 2], 6);
        assert_noop!(
            submit(&later, proof.clone()),
            Error::<Test>::InvalidVoteSignature
        );
        assert_ok!(submit(&mandatory, justify(&mandatory, &[0, 1, 2], 5)));
        assert_ok!(submit(&later, proof));
    });
}

#[test]
fn submit_finality_proof_should_refuse_when_the_change_is_forced_delayed_or_double() {
    ExtBuilder::default().anchored_a().execute(|| {
        let next_authorities = authorities(&[5]).into_inner();
        let change = ScheduledChange {
            next_authorities,
            delay: 0,
        };
        let forced = ConsensusLog::ForcedChange(0, change);
        let headers = [
            with_log(header(11, 1), forced.clone()),
            with_log(with_change(header(11, 2), &[5], 0), forced),
            with_change(header(11, 3), &[5], 1),
            with_change(with_change(header(11, 4), &[5], 0), &[6], 0),
        ];
        for header in headers {
            let proof = justify(&header, &[0, 1, 2], 5);
            assert_noop!(
                submit(&header, proof),
                Error::<Test>::InvalidAuthorityChange
            );
        }
    });
}

#[test]
fn submit_finality_proof_should_keep_the_set_when_other_signals_come() {
    ExtBuilder::default().anchored_a().execute(|| {
        let logs = [
            ConsensusLog::OnDisabled(1),
            ConsensusLog::Pause(2),
            ConsensusLog::Resume(3),
        ];
        for (number, log) in (11..).zip(logs) {
            let header = with_log(header(number, 1), log);
            assert_ok!(submit(&header, justify(&header, &[0, 1, 2], 5)));
            assert_eq!(HospitalAnchor::current_set_id(&A), Some(5));
        }
    });
}

#[test]
fn submit_finality_proof_should_refuse_when_the_new_set_is_empty_or_too_large() {
    ExtBuilder::default().anchored_a().execute(|| {
        let empty = with_change(header(11, 1), &[], 0);
        let proof = justify(&empty, &[0, 1, 2], 5);
        assert_noop!(submit(&empty, proof), Error::<Test>::InvalidAuthorities);

        let many = (0..=MaxAuthorities::get() as u16)
            .map(|number| (bp_test_utils::Account(number).into(), 1))
            .collect();
        let change = ScheduledChange {
            next_authorities: many,
            delay: 0,
        };
        let large = with_log(header(11, 2), ConsensusLog::ScheduledChange(change));
        let proof = justify(&large, &[0, 1, 2], 5);
        assert_noop!(submit(&large, proof), Error::<Test>::MaxAuthoritiesExceeded);
    });
}

#[test]
fn oversized_finality_proof_should_be_refused() {
    ExtBuilder::default().anchored_a().execute(|| {
        let target = header(11, 1);
        let many_votes = justify(&target, &(0..9).collect::<Vec<_>>(), 5);
        assert_noop!(submit(&target, many_votes), Error::<Test>::MaxVotesExceeded);
        let many_headers = justify_with(&target, &[0, 1, 2], 5, MaxAncestries::get() + 1, 1);
        assert_noop!(
            submit(&target, many_headers),
            Error::<Test>::MaxAncestriesExceeded
        );
        let mut long = target;
        let filler = vec![0; MaxProofSize::get() as usize];
        long.digest_mut()
            .push(sp_runtime::DigestItem::Other(filler));
        let proof = justify(&long, &[0, 1, 2], 5);
        assert_noop!(submit(&long, proof), Error::<Test>::MaxProofSizeExceeded);
    });
}

#[test]
fn submit_finality_proof_should_forget_the_oldest_head_when_the_ring_is_full() {
    ExtBuilder::default().anchored_a().execute(|| {
        let first = header(10, 0).hash();
        for number in 11..=13 {
            let header = header(number, 1);
            assert_ok!(submit(&header, justify(&header, &[0, 1, 2], 5)));
            assert!(Heads::<Test>::contains_key(A, first));
        }
        let header = header(14, 1);
        assert_ok!(submit(&header, justify(&header, &[0, 1, 2], 5)));
        assert!(!Heads::<Test>::contains_key(A, first));
        assert_eq!(
            Heads::<Test>::iter_prefix(A).count() as u32,
            MaxHeads::get()
        );
    });
}
