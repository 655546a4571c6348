// SPDX-License-Identifier: Apache-2.0

use super::{ask_first, matched, prove_first, revoke};
use crate::{mock::*, Error, Event};
use bspp_types::{day_start, DisclosureStatus};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::DispatchError;

fn flag(who: sp_runtime::AccountId32) -> sp_runtime::DispatchResult {
    PeksSearch::flag_unanswered(RuntimeOrigin::signed(who), request(1), record(10))
}

#[test]
fn flag_unanswered_should_count_against_the_hospital_when_the_period_is_over() {
    matched().build_and_execute(|| {
        prove_first();
        ask_first();
        Clock::set(NOW + ANSWER_PERIOD + 1);
        assert_ok!(flag(DOCTOR));
        assert_eq!(
            PeksSearch::matched(request(1), record(10))
                .unwrap()
                .disclosure,
            DisclosureStatus::Unanswered
        );
        assert_eq!(PeksSearch::unanswered(HOSPITAL_A), 1);
        assert_eq!(PeksSearch::unanswered(HOSPITAL_B), 0);
        assert_eq!(
            events().last(),
            Some(&Event::DisclosureUnanswered {
                request: request(1),
                record: record(10),
                hospital: HOSPITAL_A
            })
        );
        assert_noop!(flag(DOCTOR), Error::<Test>::InvalidDisclosureStatus);
    });
}

#[test]
fn flag_unanswered_should_fail_when_the_origin_is_not_signed() {
    matched().build_and_execute(|| {
        prove_first();
        ask_first();
        for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
            assert_noop!(
                PeksSearch::flag_unanswered(origin, request(1), record(10)),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn flag_unanswered_should_fail_when_the_hospital_still_has_time() {
    matched().build_and_execute(|| {
        prove_first();
        ask_first();
        for now in [NOW, NOW + ANSWER_PERIOD] {
            Clock::set(now);
            assert_noop!(flag(DOCTOR), Error::<Test>::AnswerPeriodNotOver);
        }
        assert_eq!(PeksSearch::unanswered(HOSPITAL_A), 0);
    });
}

#[test]
fn flag_unanswered_should_fail_when_the_sender_is_not_the_requester() {
    matched().build_and_execute(|| {
        prove_first();
        ask_first();
        Clock::set(NOW + ANSWER_PERIOD + 1);
        for who in [OPERATOR_A, OPERATOR_B, OTHER_DOCTOR, STRANGER] {
            assert_noop!(flag(who), Error::<Test>::NotAuthorized);
        }
    });
}

#[test]
fn flag_unanswered_should_fail_when_request_or_match_is_unknown() {
    matched().build_and_execute(|| {
        assert_noop!(
            PeksSearch::flag_unanswered(RuntimeOrigin::signed(DOCTOR), request(9), record(10)),
            Error::<Test>::RequestNotFound
        );
        assert_noop!(flag(DOCTOR), Error::<Test>::MatchNotFound);
    });
}

#[test]
fn flag_unanswered_should_fail_when_the_hospital_had_to_refuse() {
    // Revoked: the hospital is right to be silent.
    matched().build_and_execute(|| {
        prove_first();
        ask_first();
        revoke(1);
        Clock::set(NOW + ANSWER_PERIOD + 1);
        assert_noop!(flag(DOCTOR), Error::<Test>::RequestNotOpen);
    });
    // Expired before the answer was due.
    matched().build_and_execute(|| {
        Clock::set(day_start(EXPIRY) - ANSWER_PERIOD + 1);
        prove_first();
        ask_first();
        Clock::set(day_start(EXPIRY) + ANSWER_PERIOD - 1);
        assert_noop!(flag(DOCTOR), Error::<Test>::RequestExpired);
    });
}

#[test]
fn flag_unanswered_should_fail_when_the_hospital_claimed() {
    matched().build_and_execute(|| {
        prove_first();
        ask_first();
        assert_ok!(PeksSearch::claim_disclosure(
            RuntimeOrigin::signed(OPERATOR_A),
            request(1),
            record(10)
        ));
        Clock::set(NOW + ANSWER_PERIOD + 1);
        assert_noop!(flag(DOCTOR), Error::<Test>::InvalidDisclosureStatus);
    });
}

#[test]
fn old_match_of_an_unasked_record_should_not_count_as_unanswered() {
    matched().build_and_execute(|| {
        prove_first();
        Clock::set(NOW + 2 * ANSWER_PERIOD);
        assert_noop!(flag(DOCTOR), Error::<Test>::InvalidDisclosureStatus);
        // The period begins with the question.
        ask_first();
        assert_noop!(flag(DOCTOR), Error::<Test>::AnswerPeriodNotOver);
        Clock::set(NOW + 3 * ANSWER_PERIOD + 1);
        assert_ok!(flag(DOCTOR));
    });
}

/// Attack: a doctor asks and flags again and again, so that the count grows without end.
#[test]
fn match_should_count_as_unanswered_once() {
    matched().build_and_execute(|| {
        prove_first();
        ask_first();
        Clock::set(NOW + ANSWER_PERIOD + 1);
        assert_ok!(flag(DOCTOR));
        let ask = || {
            let doctor = RuntimeOrigin::signed(DOCTOR);
            PeksSearch::ask_disclosure(doctor, request(1), record(10), H256::zero())
        };
        assert_noop!(ask(), Error::<Test>::InvalidDisclosureStatus);
        Clock::set(NOW + 2 * (ANSWER_PERIOD + 1));
        assert_noop!(flag(DOCTOR), Error::<Test>::InvalidDisclosureStatus);
        // A late answer counts, and gives no second question.
        assert_ok!(PeksSearch::claim_disclosure(
            RuntimeOrigin::signed(OPERATOR_A),
            request(1),
            record(10)
        ));
        assert_noop!(ask(), Error::<Test>::InvalidDisclosureStatus);
        assert_noop!(flag(DOCTOR), Error::<Test>::InvalidDisclosureStatus);
        assert_eq!(PeksSearch::unanswered(HOSPITAL_A), 1);
    });
}

/// Attack: a doctor writes the hash of a question that it never sends.
#[test]
fn flag_unanswered_should_fail_when_the_hospital_refused() {
    matched().build_and_execute(|| {
        prove_first();
        ask_first();
        Clock::set(NOW + ANSWER_PERIOD / 2);
        assert_ok!(PeksSearch::refuse_disclosure(
            RuntimeOrigin::signed(OPERATOR_A),
            request(1),
            record(10)
        ));
        Clock::set(NOW + ANSWER_PERIOD + 1);
        assert_noop!(flag(DOCTOR), Error::<Test>::InvalidDisclosureStatus);
        assert_eq!(PeksSearch::unanswered(HOSPITAL_A), 0);
    });
}
