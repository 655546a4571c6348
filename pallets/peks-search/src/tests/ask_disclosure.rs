// SPDX-License-Identifier: Apache-2.0

use super::{ask_first, matched, prove_first, revoke};
use crate::{mock::*, Error, Event};
use bspp_types::{day_start, DisclosureStatus};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::{AccountId32, DispatchError, DispatchResult};

fn ask(who: AccountId32) -> DispatchResult {
    let origin = RuntimeOrigin::signed(who);
    PeksSearch::ask_disclosure(origin, request(1), record(10), H256([9; 32]))
}

#[test]
fn ask_disclosure_should_begin_the_answer_period() {
    matched().build_and_execute(|| {
        prove_first();
        Clock::set(NOW + HOUR);
        assert_ok!(ask(DOCTOR));
        let matched = PeksSearch::matched(request(1), record(10)).unwrap();
        assert_eq!(matched.disclosure, DisclosureStatus::Asked);
        assert_eq!(matched.asked_on, Some(NOW + HOUR));
        assert_eq!(matched.ask_hash, Some(H256([9; 32])));
        let expected = Event::DisclosureAsked {
            request: request(1),
            record: record(10),
            ask_hash: H256([9; 32]),
        };
        assert_eq!(events().last(), Some(&expected));
        // Not twice.
        assert_noop!(ask(DOCTOR), Error::<Test>::InvalidDisclosureStatus);
    });
}

/// Attack: a doctor makes the hospital answer the same question again and again.
#[test]
fn ask_disclosure_should_fail_when_the_hospital_refused() {
    matched().build_and_execute(|| {
        prove_first();
        ask_first();
        assert_ok!(PeksSearch::refuse_disclosure(
            RuntimeOrigin::signed(OPERATOR_A),
            request(1),
            record(10)
        ));
        assert_noop!(ask(DOCTOR), Error::<Test>::InvalidDisclosureStatus);
    });
}

#[test]
fn ask_disclosure_should_fail_when_the_sender_is_not_the_requester() {
    matched().build_and_execute(|| {
        prove_first();
        for who in [OPERATOR_A, OPERATOR_B, OTHER_DOCTOR, STRANGER] {
            assert_noop!(ask(who), Error::<Test>::NotAuthorized);
        }
        for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
            assert_noop!(
                PeksSearch::ask_disclosure(origin, request(1), record(10), H256::zero()),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn ask_disclosure_should_fail_when_the_requesters_hospital_is_suspended() {
    matched().build_and_execute(|| {
        prove_first();
        Members::suspend(HOSPITAL_B);
        assert_noop!(ask(DOCTOR), Error::<Test>::NotAuthorized);
    });
}

#[test]
fn ask_disclosure_should_fail_when_the_hospital_answered() {
    matched().build_and_execute(|| {
        prove_first();
        assert_ok!(PeksSearch::claim_disclosure(
            RuntimeOrigin::signed(OPERATOR_A),
            request(1),
            record(10)
        ));
        assert_noop!(ask(DOCTOR), Error::<Test>::InvalidDisclosureStatus);
        assert_ok!(PeksSearch::confirm_disclosure(
            RuntimeOrigin::signed(DOCTOR),
            request(1),
            record(10)
        ));
        assert_noop!(ask(DOCTOR), Error::<Test>::InvalidDisclosureStatus);
    });
}

#[test]
fn ask_disclosure_should_fail_when_request_or_match_is_unknown() {
    matched().build_and_execute(|| {
        let doctor = RuntimeOrigin::signed(DOCTOR);
        assert_noop!(
            PeksSearch::ask_disclosure(doctor, request(9), record(10), H256::zero()),
            Error::<Test>::RequestNotFound
        );
        assert_noop!(ask(DOCTOR), Error::<Test>::MatchNotFound);
    });
}

#[test]
fn ask_disclosure_should_fail_when_the_request_gives_no_right() {
    matched().build_and_execute(|| {
        prove_first();
        Clock::set(day_start(EXPIRY));
        assert_noop!(ask(DOCTOR), Error::<Test>::RequestExpired);
        Clock::set(NOW);
        revoke(1);
        assert_noop!(ask(DOCTOR), Error::<Test>::RequestNotOpen);
    });
}
