// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Error, Event, TombstoneCount};
use bspp_types::{day_of, messages, Day, RequestStatus, Tombstone};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{AccountId32, DispatchError, DispatchResult};

fn signed(n: u8, expiry: Day) -> [u8; 64] {
    grant_key(n).sign(&messages::tombstone_message(&CHAIN, &request(n), expiry))
}

fn file(who: AccountId32, n: u8) -> DispatchResult {
    let origin = RuntimeOrigin::signed(who);
    PeksSearch::file_tombstone(origin, authority(n), EXPIRY, signed(n, EXPIRY))
}

#[test]
fn revoked_unopened_grant_should_not_open() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(file(OPERATOR_A, 1));
        let kept = Tombstone {
            hospital: HOSPITAL_A,
            expiry: EXPIRY,
        };
        assert_eq!(PeksSearch::tombstone(request(1)), Some(kept));
        let expected = Event::TombstoneFiled {
            request: request(1),
            hospital: HOSPITAL_A,
        };
        assert_eq!(events(), vec![expected]);
        assert_noop!(
            PeksSearch::open_request(RuntimeOrigin::signed(DOCTOR), grant(1)),
            Error::<Test>::RequestRevoked
        );
        assert_noop!(file(OPERATOR_A, 1), Error::<Test>::TombstoneAlreadyExists);
    });
}

#[test]
fn tombstone_should_revoke_a_request_that_was_opened_meanwhile() {
    ExtBuilder::default()
        .with_request(grant(1))
        .build_and_execute(|| {
            // Any hospital may file it: the signature of the grant key decides.
            assert_ok!(file(OPERATOR_B, 1));
            let status = PeksSearch::request(request(1)).unwrap().status;
            assert_eq!(status, RequestStatus::Revoked);
            assert_eq!(PeksSearch::tombstone(request(1)), None);
            assert_noop!(file(OPERATOR_A, 1), Error::<Test>::RequestNotOpen);
        });
}

#[test]
fn file_tombstone_should_fail_when_the_sender_is_not_an_operator() {
    ExtBuilder::default().build_and_execute(|| {
        for who in [DOCTOR, STRANGER] {
            assert_noop!(file(who, 1), Error::<Test>::NotAuthorized);
        }
        for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
            assert_noop!(
                PeksSearch::file_tombstone(origin, authority(1), EXPIRY, signed(1, EXPIRY)),
                DispatchError::BadOrigin
            );
        }
        Members::suspend(HOSPITAL_A);
        assert_noop!(file(OPERATOR_A, 1), Error::<Test>::NotAuthorized);
    });
}

#[test]
fn forged_tombstone_should_be_refused() {
    ExtBuilder::default().build_and_execute(|| {
        let operator = || RuntimeOrigin::signed(OPERATOR_A);
        // Another key, another expiry, or the signature of another message.
        let revocation = grant_key(1).sign(&messages::revoke_message(&CHAIN, &request(1)));
        for signature in [signed(2, EXPIRY), signed(1, EXPIRY + 1), revocation] {
            assert_noop!(
                PeksSearch::file_tombstone(operator(), authority(1), EXPIRY, signature),
                Error::<Test>::InvalidSignature
            );
        }
    });
}

#[test]
fn file_tombstone_should_fail_when_the_expiry_is_over_or_too_far() {
    ExtBuilder::default().build_and_execute(|| {
        let operator = || RuntimeOrigin::signed(OPERATOR_A);
        let today = day_of(NOW);
        assert_noop!(
            PeksSearch::file_tombstone(operator(), authority(1), today, signed(1, today)),
            Error::<Test>::RequestExpired
        );
        let far = day_of(NOW + MAX_GRANT) + 1;
        assert_noop!(
            PeksSearch::file_tombstone(operator(), authority(1), far, signed(1, far)),
            Error::<Test>::MaxGrantDurationExceeded
        );
    });
}

#[test]
fn hospital_should_not_fill_the_chain_with_tombstones() {
    ExtBuilder::default().build_and_execute(|| {
        for n in 1..=3 {
            assert_ok!(file(OPERATOR_A, n));
        }
        assert_noop!(file(OPERATOR_A, 4), Error::<Test>::MaxTombstonesExceeded);
        assert_ok!(file(OPERATOR_B, 4));
        assert_eq!(TombstoneCount::<Test>::get(HOSPITAL_A), 3);
    });
}
