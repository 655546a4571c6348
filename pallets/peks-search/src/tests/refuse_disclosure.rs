// SPDX-License-Identifier: Apache-2.0

use super::{ask_first, matched, prove_first};
use crate::{mock::*, Error, Event};
use bspp_types::DisclosureStatus;
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{AccountId32, DispatchError, DispatchResult};

fn refuse(who: AccountId32) -> DispatchResult {
    PeksSearch::refuse_disclosure(RuntimeOrigin::signed(who), request(1), record(10))
}

#[test]
fn refuse_disclosure_should_end_the_answer_period() {
    matched().build_and_execute(|| {
        prove_first();
        ask_first();
        assert_ok!(refuse(OPERATOR_A));
        let matched = PeksSearch::matched(request(1), record(10)).unwrap();
        assert_eq!(matched.disclosure, DisclosureStatus::Refused);
        let expected = Event::DisclosureRefused {
            request: request(1),
            record: record(10),
        };
        assert_eq!(events().last(), Some(&expected));
        Clock::set(NOW + ANSWER_PERIOD + 1);
        assert_noop!(
            PeksSearch::flag_unanswered(RuntimeOrigin::signed(DOCTOR), request(1), record(10)),
            Error::<Test>::InvalidDisclosureStatus
        );
    });
}

#[test]
fn refuse_disclosure_should_fail_when_nobody_asked() {
    matched().build_and_execute(|| {
        assert_noop!(refuse(OPERATOR_A), Error::<Test>::MatchNotFound);
        prove_first();
        assert_noop!(refuse(OPERATOR_A), Error::<Test>::InvalidDisclosureStatus);
        let operator = RuntimeOrigin::signed(OPERATOR_A);
        assert_noop!(
            PeksSearch::refuse_disclosure(operator, request(9), record(10)),
            Error::<Test>::RequestNotFound
        );
    });
}

#[test]
fn refuse_disclosure_should_fail_when_the_sender_is_not_the_hospitals_operator() {
    matched().build_and_execute(|| {
        prove_first();
        ask_first();
        for who in [OPERATOR_B, DOCTOR, STRANGER] {
            assert_noop!(refuse(who), Error::<Test>::NotAuthorized);
        }
        for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
            assert_noop!(
                PeksSearch::refuse_disclosure(origin, request(1), record(10)),
                DispatchError::BadOrigin
            );
        }
    });
}
