// SPDX-License-Identifier: Apache-2.0

use super::{ask_first, matched, prove_first};
use crate::{mock::*, Error, Event};
use bspp_types::DisclosureStatus;
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

fn confirm(who: sp_runtime::AccountId32) -> sp_runtime::DispatchResult {
    PeksSearch::confirm_disclosure(RuntimeOrigin::signed(who), request(1), record(10))
}

#[test]
fn confirm_disclosure_should_mark_the_match_when_it_is_pending_or_claimed() {
    for claimed in [false, true] {
        matched().build_and_execute(|| {
            prove_first();
            if claimed {
                assert_ok!(PeksSearch::claim_disclosure(
                    RuntimeOrigin::signed(OPERATOR_A),
                    request(1),
                    record(10)
                ));
            }
            assert_ok!(confirm(DOCTOR));
            assert_eq!(
                PeksSearch::matched(request(1), record(10))
                    .unwrap()
                    .disclosure,
                DisclosureStatus::Confirmed
            );
            assert_eq!(
                events().last(),
                Some(&Event::DisclosureConfirmed {
                    request: request(1),
                    record: record(10)
                })
            );
        });
    }
}

#[test]
fn confirm_disclosure_should_fail_when_the_origin_is_not_signed() {
    matched().build_and_execute(|| {
        prove_first();
        for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
            assert_noop!(
                PeksSearch::confirm_disclosure(origin, request(1), record(10)),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn confirm_disclosure_should_fail_when_the_sender_is_not_the_requester() {
    matched().build_and_execute(|| {
        prove_first();
        for who in [OPERATOR_A, OPERATOR_B, OTHER_DOCTOR, STRANGER] {
            assert_noop!(confirm(who), Error::<Test>::NotAuthorized);
        }
    });
}

#[test]
fn confirm_disclosure_should_fail_when_request_or_match_is_unknown() {
    matched().build_and_execute(|| {
        assert_noop!(
            PeksSearch::confirm_disclosure(RuntimeOrigin::signed(DOCTOR), request(9), record(10)),
            Error::<Test>::RequestNotFound
        );
        assert_noop!(confirm(DOCTOR), Error::<Test>::MatchNotFound);
    });
}

#[test]
fn confirm_disclosure_should_fail_when_it_is_confirmed_or_unanswered() {
    matched().build_and_execute(|| {
        prove_first();
        assert_ok!(confirm(DOCTOR));
        assert_noop!(confirm(DOCTOR), Error::<Test>::InvalidDisclosureStatus);
    });
    matched().build_and_execute(|| {
        prove_first();
        ask_first();
        Clock::set(NOW + ANSWER_PERIOD + 1);
        assert_ok!(PeksSearch::flag_unanswered(
            RuntimeOrigin::signed(DOCTOR),
            request(1),
            record(10)
        ));
        assert_noop!(confirm(DOCTOR), Error::<Test>::InvalidDisclosureStatus);
    });
}
