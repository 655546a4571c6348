// SPDX-License-Identifier: Apache-2.0

use super::{matched, prove_first};
use crate::{mock::*, Error, Event};
use bspp_types::DisclosureStatus;
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{AccountId32, DispatchError, DispatchResult};

fn contest(who: AccountId32) -> DispatchResult {
    PeksSearch::contest_claim(RuntimeOrigin::signed(who), request(1), record(10))
}

fn claim() {
    assert_ok!(PeksSearch::claim_disclosure(
        RuntimeOrigin::signed(OPERATOR_A),
        request(1),
        record(10)
    ));
}

#[test]
fn contest_claim_should_count_against_the_hospital() {
    matched().build_and_execute(|| {
        prove_first();
        claim();
        assert_ok!(contest(DOCTOR));
        let matched = PeksSearch::matched(request(1), record(10)).unwrap();
        assert_eq!(matched.disclosure, DisclosureStatus::Contested);
        assert_eq!(PeksSearch::contested(HOSPITAL_A), 1);
        let expected = Event::DisclosureContested {
            request: request(1),
            record: record(10),
            hospital: HOSPITAL_A,
        };
        assert_eq!(events().last(), Some(&expected));
        // The hospital may answer again, and the requester may confirm.
        claim();
        assert_ok!(PeksSearch::confirm_disclosure(
            RuntimeOrigin::signed(DOCTOR),
            request(1),
            record(10)
        ));
        assert_eq!(PeksSearch::contested(HOSPITAL_A), 1);
    });
}

#[test]
fn contest_claim_should_fail_when_nothing_was_claimed() {
    matched().build_and_execute(|| {
        assert_noop!(contest(DOCTOR), Error::<Test>::MatchNotFound);
        prove_first();
        assert_noop!(contest(DOCTOR), Error::<Test>::InvalidDisclosureStatus);
        let doctor = RuntimeOrigin::signed(DOCTOR);
        assert_noop!(
            PeksSearch::contest_claim(doctor, request(9), record(10)),
            Error::<Test>::RequestNotFound
        );
    });
}

#[test]
fn contest_claim_should_fail_when_the_sender_is_not_the_requester() {
    matched().build_and_execute(|| {
        prove_first();
        claim();
        for who in [OPERATOR_A, OPERATOR_B, OTHER_DOCTOR, STRANGER] {
            assert_noop!(contest(who), Error::<Test>::NotAuthorized);
        }
        for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
            assert_noop!(
                PeksSearch::contest_claim(origin, request(1), record(10)),
                DispatchError::BadOrigin
            );
        }
    });
}
