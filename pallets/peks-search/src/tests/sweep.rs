// SPDX-License-Identifier: Apache-2.0

use super::{ask_first, matched, prove_first};
use crate::{
    mock::*,
    sweep::{MATCHES_PER_STEP, MAX_STEPS_PER_BLOCK},
    Error, Event, Expiring, Matches, Requests, SweepDay, TombstoneCount,
};
use bspp_types::{day_start, messages, Match};
use frame_support::{assert_noop, assert_ok, traits::Hooks, weights::Weight};
use sp_core::H256;

/// The first moment at which requests of the tests are swept.
fn due() -> u64 {
    day_start(EXPIRY) + ANSWER_PERIOD
}

/// Gives request 1 more matches than a step removes.
fn insert_matches() {
    for n in 0..100u64 {
        let kept = Match {
            proved_at: 1,
            proved_on: NOW,
            asked_on: None,
            ask_hash: None,
            disclosure: bspp_types::DisclosureStatus::Pending,
        };
        Matches::<Test>::insert(request(1), H256::from_low_u64_be(n), kept);
    }
    Requests::<Test>::mutate_extant(request(1), |request| request.matches = 100);
}

fn idle() -> Weight {
    PeksSearch::on_idle(1, Weight::MAX)
}

#[test]
fn expired_request_should_be_swept_with_its_matches() {
    matched().build_and_execute(|| {
        prove_first();
        ask_first();
        Clock::set(due() - 1);
        idle();
        assert!(PeksSearch::request(request(1)).is_some());
        Clock::set(due());
        idle();
        assert_eq!(PeksSearch::request(request(1)), None);
        assert_eq!(Matches::<Test>::iter().count(), 0);
        assert_eq!(Expiring::<Test>::iter().count(), 0);
        let swept = Event::Swept {
            request: request(1),
        };
        assert_eq!(events().last(), Some(&swept));
    });
}

#[test]
fn swept_request_should_not_open_again() {
    matched().build_and_execute(|| {
        Clock::set(due());
        idle();
        assert_noop!(
            PeksSearch::open_request(RuntimeOrigin::signed(DOCTOR), grant(1)),
            Error::<Test>::RequestExpired
        );
    });
}

#[test]
fn expired_tombstone_should_be_swept() {
    ExtBuilder::default().build_and_execute(|| {
        let message = messages::tombstone_message(&CHAIN, &request(1), EXPIRY);
        assert_ok!(PeksSearch::file_tombstone(
            RuntimeOrigin::signed(OPERATOR_A),
            authority(1),
            EXPIRY,
            grant_key(1).sign(&message)
        ));
        Clock::set(due());
        idle();
        assert_eq!(PeksSearch::tombstone(request(1)), None);
        assert_eq!(TombstoneCount::<Test>::get(HOSPITAL_A), 0);
    });
}

#[test]
fn sweep_should_keep_to_its_weight_and_go_on_in_the_next_block() {
    matched().build_and_execute(|| {
        insert_matches();
        Clock::set(due());
        let step = <() as crate::WeightInfo>::sweep_step(MATCHES_PER_STEP);
        assert_eq!(PeksSearch::on_idle(1, Weight::zero()), Weight::zero());
        let mut blocks = 0;
        while Requests::<Test>::contains_key(request(1)) {
            assert!(PeksSearch::on_idle(1, step).all_lte(step));
            blocks += 1;
            assert!(blocks < 20, "the sweep does not end");
        }
        assert!(blocks > 1, "the sweep takes several blocks");
        assert_eq!(Matches::<Test>::iter().count(), 0);
    });
}

#[test]
fn large_request_should_be_swept_in_one_block_when_there_is_room() {
    let mut ext = matched().build();
    ext.execute_with(insert_matches);
    // As on a chain, the matches are of an earlier block.
    ext.commit_all().unwrap();
    ext.execute_with(|| {
        Clock::set(due());
        idle();
        assert_eq!(Matches::<Test>::iter().count(), 0);
        assert_eq!(PeksSearch::request(request(1)), None);
        PeksSearch::do_try_state().unwrap();
    });
}

#[test]
fn half_swept_request_should_keep_its_count_of_matches() {
    matched().build_and_execute(|| {
        insert_matches();
        Clock::set(due());
        let step = <() as crate::WeightInfo>::sweep_step(MATCHES_PER_STEP);
        PeksSearch::on_idle(1, step);
        let left = Matches::<Test>::iter_prefix(request(1)).count();
        assert_eq!(left, 100 - MATCHES_PER_STEP as usize);
        let counted = PeksSearch::request(request(1)).unwrap().matches;
        assert_eq!(counted as usize, left);
        idle();
    });
}

#[test]
fn sweep_should_leave_time_in_a_block_even_when_it_is_far_behind() {
    matched().build_and_execute(|| {
        Clock::set(due() + 1_000 * bspp_types::limits::DAY_MS);
        let step = <() as crate::WeightInfo>::sweep_step(MATCHES_PER_STEP);
        let most = step.saturating_mul(MAX_STEPS_PER_BLOCK.into());
        assert_eq!(idle(), most);
        assert_eq!(PeksSearch::request(request(1)), None);
        assert!(SweepDay::<Test>::get().unwrap() < EXPIRY + 1_000);
        assert_eq!(idle(), most);
    });
}

#[test]
fn swept_request_should_keep_the_counts_against_the_hospital() {
    matched().build_and_execute(|| {
        prove_first();
        ask_first();
        Clock::set(NOW + ANSWER_PERIOD + 1);
        assert_ok!(PeksSearch::flag_unanswered(
            RuntimeOrigin::signed(DOCTOR),
            request(1),
            record(10)
        ));
        Clock::set(due());
        idle();
        assert_eq!(PeksSearch::unanswered(HOSPITAL_A), 1);
        // A late claim finds nothing.
        assert_noop!(
            PeksSearch::claim_disclosure(RuntimeOrigin::signed(OPERATOR_A), request(1), record(10)),
            Error::<Test>::RequestNotFound
        );
    });
}

#[test]
fn sweep_should_go_through_days_without_requests() {
    matched().build_and_execute(|| {
        Clock::set(due() + 3 * bspp_types::limits::DAY_MS);
        idle();
        assert!(SweepDay::<Test>::get().unwrap() > EXPIRY);
        // A request that expires later is found.
        let mut later = grant(2);
        later.expiry = EXPIRY + 10;
        sign_grant(&mut later, 2, &CHAIN, &DOCTOR);
        assert_ok!(PeksSearch::open_request(
            RuntimeOrigin::signed(DOCTOR),
            later
        ));
        Clock::set(due() + 10 * bspp_types::limits::DAY_MS);
        idle();
        assert_eq!(PeksSearch::request(request(2)), None);
    });
}
