// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Error, Event, Requests};
use bspp_types::{day_of, day_start, Authority, PurposeOfUse, RequestStatus};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::DispatchError;

#[test]
fn open_request_should_store_the_request_when_the_grant_key_signed() {
    ExtBuilder::default().build_and_execute(|| {
        let open = grant(1);
        assert_ok!(PeksSearch::open_request(
            RuntimeOrigin::signed(DOCTOR),
            open.clone()
        ));
        let stored = PeksSearch::request(request(1)).unwrap();
        assert_eq!(stored.hospital, HOSPITAL_A);
        assert_eq!(stored.requester, DOCTOR);
        assert_eq!(stored.requester_hospital, HOSPITAL_B);
        assert_eq!(stored.authority, open.authority);
        assert_eq!(stored.purpose, PurposeOfUse::Treatment);
        assert_eq!(stored.expiry, open.expiry);
        assert_eq!(stored.header_hash, open.header_hash);
        assert_eq!(stored.status, RequestStatus::Open);
        assert_eq!((stored.opened_at, stored.matches), (1, 0));
        assert_eq!(
            events(),
            vec![Event::RequestOpened {
                request: request(1),
                hospital: HOSPITAL_A,
                requester: DOCTOR,
                purpose: PurposeOfUse::Treatment,
                expiry: open.expiry,
            }]
        );
    });
}

#[test]
fn open_request_should_succeed_when_the_requester_is_an_operator() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(PeksSearch::open_request(
            RuntimeOrigin::signed(OPERATOR_B),
            grant_for(1, &OPERATOR_B)
        ));
    });
}

#[test]
fn open_request_should_fail_when_the_origin_is_not_signed() {
    ExtBuilder::default().build_and_execute(|| {
        for origin in [
            RuntimeOrigin::none(),
            RuntimeOrigin::root(),
            frame_system::RawOrigin::Authorized.into(),
        ] {
            assert_noop!(
                PeksSearch::open_request(origin, grant(1)),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn open_request_should_fail_when_the_requester_is_a_stranger() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            PeksSearch::open_request(RuntimeOrigin::signed(STRANGER), grant_for(1, &STRANGER)),
            Error::<Test>::NotAuthorized
        );
    });
}

#[test]
fn open_request_should_fail_when_the_requesters_hospital_is_suspended() {
    ExtBuilder::default().build_and_execute(|| {
        Members::suspend(HOSPITAL_B);
        assert_noop!(
            PeksSearch::open_request(RuntimeOrigin::signed(DOCTOR), grant(1)),
            Error::<Test>::NotAuthorized
        );
    });
}

#[test]
fn open_request_should_fail_when_the_asked_hospital_is_not_active() {
    ExtBuilder::default().build_and_execute(|| {
        let mut open = grant(1);
        open.hospital = STRANGER_HOSPITAL;
        sign_grant(&mut open, 1, &CHAIN, &DOCTOR);
        assert_noop!(
            PeksSearch::open_request(RuntimeOrigin::signed(DOCTOR), open),
            Error::<Test>::HospitalNotActive
        );
        Members::suspend(HOSPITAL_A);
        assert_noop!(
            PeksSearch::open_request(RuntimeOrigin::signed(DOCTOR), grant(1)),
            Error::<Test>::HospitalNotActive
        );
    });
}

#[test]
fn open_request_should_fail_when_the_grant_is_expired() {
    ExtBuilder::default().build_and_execute(|| {
        let open = grant(1);
        Clock::set(day_start(open.expiry));
        assert_noop!(
            PeksSearch::open_request(RuntimeOrigin::signed(DOCTOR), open.clone()),
            Error::<Test>::RequestExpired
        );
        Clock::set(day_start(open.expiry) - 1);
        assert_ok!(PeksSearch::open_request(
            RuntimeOrigin::signed(DOCTOR),
            open
        ));
    });
}

#[test]
fn open_request_should_fail_when_the_grant_lasts_too_long() {
    ExtBuilder::default().build_and_execute(|| {
        let last = day_of(NOW + MAX_GRANT);
        let mut open = grant(1);
        open.expiry = last + 1;
        sign_grant(&mut open, 1, &CHAIN, &DOCTOR);
        assert_noop!(
            PeksSearch::open_request(RuntimeOrigin::signed(DOCTOR), open.clone()),
            Error::<Test>::MaxGrantDurationExceeded
        );
        open.expiry = last;
        sign_grant(&mut open, 1, &CHAIN, &DOCTOR);
        assert_ok!(PeksSearch::open_request(
            RuntimeOrigin::signed(DOCTOR),
            open
        ));
    });
}

#[test]
fn grant_key_reused_should_be_refused_even_after_the_request_ended() {
    ExtBuilder::default()
        .with_request(grant(1))
        .build_and_execute(|| {
            assert_noop!(
                PeksSearch::open_request(RuntimeOrigin::signed(DOCTOR), grant(1)),
                Error::<Test>::RequestAlreadyExists
            );
            // Another requester with a fresh signature of the same key.
            assert_noop!(
                PeksSearch::open_request(
                    RuntimeOrigin::signed(OTHER_DOCTOR),
                    grant_for(1, &OTHER_DOCTOR)
                ),
                Error::<Test>::RequestAlreadyExists
            );
            super::revoke(1);
            assert_noop!(
                PeksSearch::open_request(RuntimeOrigin::signed(DOCTOR), grant(1)),
                Error::<Test>::RequestAlreadyExists
            );
        });
}

#[test]
fn stolen_grant_should_be_refused_when_sent_by_another_requester() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(
            PeksSearch::open_request(RuntimeOrigin::signed(OTHER_DOCTOR), grant(1)),
            Error::<Test>::InvalidSignature
        );
    });
}

#[test]
fn replayed_grant_of_another_chain_should_be_refused() {
    ExtBuilder::default().build_and_execute(|| {
        let mut open = grant(1);
        sign_grant(&mut open, 1, &H256([0xDD; 32]), &DOCTOR);
        assert_noop!(
            PeksSearch::open_request(RuntimeOrigin::signed(DOCTOR), open),
            Error::<Test>::InvalidSignature
        );
    });
}

#[test]
fn altered_grant_should_be_refused_whatever_field_was_altered() {
    ExtBuilder::default().build_and_execute(|| {
        let alterations: [fn(&mut bspp_types::OpenRequest); 6] = [
            |open| open.hospital = HOSPITAL_B,
            |open| open.purpose = PurposeOfUse::Research,
            |open| open.expiry += 1,
            |open| open.header_hash.0[31] ^= 1,
            |open| open.signature[0] ^= 1,
            |open| open.authority = authority(2),
        ];
        for alter in alterations {
            let mut open = grant(1);
            alter(&mut open);
            assert_noop!(
                PeksSearch::open_request(RuntimeOrigin::signed(DOCTOR), open),
                Error::<Test>::InvalidSignature
            );
        }
        assert_eq!(Requests::<Test>::iter().count(), 0);
    });
}

#[test]
fn forged_grant_with_small_order_key_should_be_refused() {
    ExtBuilder::default().build_and_execute(|| {
        // The neutral element as key and commitment with zero as response: lax verifiers accept it
        // for any message.
        let mut open = grant(1);
        let mut neutral = [0; 32];
        neutral[0] = 1;
        open.authority = Authority::GrantKey(neutral);
        open.signature = [0; 64];
        open.signature[0] = 1;
        assert_noop!(
            PeksSearch::open_request(RuntimeOrigin::signed(DOCTOR), open),
            Error::<Test>::InvalidSignature
        );
    });
}
