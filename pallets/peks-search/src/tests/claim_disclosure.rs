// SPDX-License-Identifier: Apache-2.0

use super::{ask_first, matched, prove_first, revoke};
use crate::{mock::*, Error, Event};
use bspp_types::DisclosureStatus;
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

fn status() -> DisclosureStatus {
    PeksSearch::matched(request(1), record(10))
        .unwrap()
        .disclosure
}

fn claim(who: sp_runtime::AccountId32) -> sp_runtime::DispatchResult {
    PeksSearch::claim_disclosure(RuntimeOrigin::signed(who), request(1), record(10))
}

#[test]
fn claim_disclosure_should_mark_the_match_when_it_is_pending() {
    matched().build_and_execute(|| {
        prove_first();
        assert_ok!(claim(OPERATOR_A));
        assert_eq!(status(), DisclosureStatus::Claimed);
        assert_eq!(
            events().last(),
            Some(&Event::DisclosureClaimed {
                request: request(1),
                record: record(10)
            })
        );
    });
}

#[test]
fn claim_disclosure_should_succeed_late_when_the_match_was_flagged() {
    matched().build_and_execute(|| {
        prove_first();
        ask_first();
        Clock::set(NOW + ANSWER_PERIOD + 1);
        assert_ok!(PeksSearch::flag_unanswered(
            RuntimeOrigin::signed(DOCTOR),
            request(1),
            record(10)
        ));
        assert_ok!(claim(OPERATOR_A));
        assert_eq!(status(), DisclosureStatus::Claimed);
        // The flag still counts.
        assert_eq!(PeksSearch::unanswered(HOSPITAL_A), 1);
    });
}

#[test]
fn claim_disclosure_should_succeed_when_the_request_was_revoked_meanwhile() {
    matched().build_and_execute(|| {
        prove_first();
        revoke(1);
        assert_ok!(claim(OPERATOR_A));
    });
}

#[test]
fn claim_disclosure_should_fail_when_the_origin_is_not_signed() {
    matched().build_and_execute(|| {
        prove_first();
        for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
            assert_noop!(
                PeksSearch::claim_disclosure(origin, request(1), record(10)),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn claim_disclosure_should_fail_when_the_sender_is_not_the_hospitals_operator() {
    matched().build_and_execute(|| {
        prove_first();
        for who in [OPERATOR_B, DOCTOR, STRANGER] {
            assert_noop!(claim(who), Error::<Test>::NotAuthorized);
        }
    });
}

#[test]
fn claim_disclosure_should_fail_when_request_or_match_is_unknown() {
    matched().build_and_execute(|| {
        let operator = RuntimeOrigin::signed(OPERATOR_A);
        assert_noop!(
            PeksSearch::claim_disclosure(operator, request(9), record(10)),
            Error::<Test>::RequestNotFound
        );
        assert_noop!(claim(OPERATOR_A), Error::<Test>::MatchNotFound);
    });
}

#[test]
fn claim_disclosure_should_fail_when_it_is_claimed_or_confirmed() {
    matched().build_and_execute(|| {
        prove_first();
        assert_ok!(claim(OPERATOR_A));
        assert_noop!(claim(OPERATOR_A), Error::<Test>::InvalidDisclosureStatus);
        assert_ok!(PeksSearch::confirm_disclosure(
            RuntimeOrigin::signed(DOCTOR),
            request(1),
            record(10)
        ));
        assert_noop!(claim(OPERATOR_A), Error::<Test>::InvalidDisclosureStatus);
    });
}
