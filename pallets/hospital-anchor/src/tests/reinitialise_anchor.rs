// SPDX-License-Identifier: Apache-2.0
use crate::{mock::*, Error, Event, HeadRing, Heads};
use bspp_primitives::Header;
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchError, DispatchResult};

fn reinitialise(origin: RuntimeOrigin, header: Header, voters: &[u16]) -> DispatchResult {
    HospitalAnchor::reinitialise_anchor(origin, A, Box::new(header), authorities(voters), 8)
}

#[test]
fn reinitialise_anchor_should_start_anew_and_forget_heads_when_the_council_says_so() {
    ExtBuilder::default()
        .anchored_a()
        .anchored(B, header(4, 4), &[5], 0)
        .execute(|| {
            for number in 11..16 {
                let header = header(number, 0);
                let proof = justify(&header, &[0, 1, 2], 5);
                let relayer = RuntimeOrigin::signed(OPERATOR_A);
                assert_ok!(HospitalAnchor::submit_finality_proof(
                    relayer,
                    A,
                    Box::new(header),
                    proof
                ));
            }
            assert_ok!(HospitalAnchor::halt_anchor(RuntimeOrigin::root(), A));

            let restart = header(2, 9);
            assert_ok!(reinitialise(
                RuntimeOrigin::root(),
                restart.clone(),
                &[6, 7]
            ));
            assert_eq!(HospitalAnchor::best_head(&A).unwrap().hash, restart.hash());
            assert_eq!(HospitalAnchor::current_set_id(&A), Some(8));
            assert!(!HospitalAnchor::is_halted(&A));
            assert_eq!(Heads::<Test>::iter_prefix(A).count(), 1);
            assert_eq!(HeadRing::<Test>::iter_prefix(A).count(), 1);
            assert_eq!(HospitalAnchor::best_head(&B).unwrap().number, 4);
            let event = Event::AnchorReinitialised {
                hospital: A,
                number: 2,
                hash: restart.hash(),
            };
            System::assert_last_event(event.into());

            // The anchor accepts the new voters and refuses the old ones.
            let next = header(3, 9);
            let relayer = || RuntimeOrigin::signed(OPERATOR_A);
            let (old, new) = (justify(&next, &[0, 1, 2], 5), justify(&next, &[6, 7], 8));
            let next = Box::new(next);
            assert_noop!(
                HospitalAnchor::submit_finality_proof(relayer(), A, next.clone(), old),
                Error::<Test>::InvalidVoter
            );
            assert_ok!(HospitalAnchor::submit_finality_proof(
                relayer(),
                A,
                next,
                new
            ));
        });
}

#[test]
fn reinitialise_anchor_should_refuse_when_there_is_none() {
    ExtBuilder::default().execute(|| {
        let refusal = Error::<Test>::NotFound;
        assert_noop!(
            reinitialise(RuntimeOrigin::root(), header(0, 1), &[0]),
            refusal
        );
    });
}

#[test]
fn reinitialise_anchor_should_refuse_when_the_origin_is_not_the_council() {
    ExtBuilder::default().anchored_a().execute(|| {
        let origin = RuntimeOrigin::signed(OPERATOR_A);
        assert_noop!(
            reinitialise(origin, header(0, 1), &[0]),
            DispatchError::BadOrigin
        );
    });
}

#[test]
fn reinitialise_anchor_should_change_nothing_when_the_authorities_cannot_finalize() {
    ExtBuilder::default().anchored_a().execute(|| {
        let refusal = Error::<Test>::InvalidAuthorities;
        assert_noop!(
            reinitialise(RuntimeOrigin::root(), header(0, 1), &[]),
            refusal
        );
        assert_eq!(HospitalAnchor::best_head(&A).unwrap().number, 10);
    });
}
