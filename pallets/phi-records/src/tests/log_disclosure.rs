// SPDX-License-Identifier: Apache-2.0

use super::unsigned;
use crate::{mock::*, types::Disclosure, Error, Event};
use bspp_types::DisclosureGround;
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchError, DispatchResult};

const REQUESTER: [u8; 32] = [0xB2; 32];

fn log(who: u64, n: u8, rid: sp_core::H256) -> DispatchResult {
    PhiRecords::log_disclosure(RuntimeOrigin::signed(who), request(n), rid, REQUESTER)
}

#[test]
fn log_disclosure_should_keep_who_received_the_record() {
    ExtBuilder::default().with_record(1).build_and_execute(|| {
        assert_ok!(log(GATEWAY, 1, rid(1)));
        assert_eq!(
            PhiRecords::disclosure(rid(1), request(1)),
            Some(Disclosure {
                recipient: REQUESTER,
                logged_by: GATEWAY,
                logged_at: 2
            })
        );
        assert_eq!(
            events(),
            vec![Event::DisclosureLogged {
                record: rid(1),
                ground: request(1),
            }]
        );
        // Another request for the same record is another disclosure.
        assert_ok!(log(GATEWAY, 2, rid(1)));
    });
}

fn log_own(recipient: [u8; 32]) -> DispatchResult {
    PhiRecords::log_disclosure(
        RuntimeOrigin::signed(GATEWAY),
        DisclosureGround::OwnRecord,
        rid(1),
        recipient,
    )
}

#[test]
fn own_record_should_be_logged_apart_from_requests() {
    ExtBuilder::default().with_record(1).build_and_execute(|| {
        assert_ok!(log(GATEWAY, 1, rid(1)));
        assert_ok!(log_own(PATIENT));
        let line = PhiRecords::disclosure(rid(1), DisclosureGround::OwnRecord).unwrap();
        assert_eq!(line.recipient, PATIENT);
        assert_noop!(log_own(PATIENT), Error::<Test>::DisclosureAlreadyExists);
    });
}

#[test]
fn disclosure_to_somebody_else_should_not_be_logged_as_an_own_record() {
    ExtBuilder::default().with_record(1).build_and_execute(|| {
        for recipient in [OTHER_PATIENT, REQUESTER] {
            assert_noop!(log_own(recipient), Error::<Test>::RecipientMismatch);
        }
    });
}

#[test]
fn log_disclosure_should_fail_when_the_record_is_unknown() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(log(GATEWAY, 1, rid(1)), Error::<Test>::RecordNotFound);
    });
}

#[test]
fn log_disclosure_should_fail_when_it_is_logged() {
    ExtBuilder::default().with_record(1).build_and_execute(|| {
        assert_ok!(log(GATEWAY, 1, rid(1)));
        assert_noop!(
            log(GATEWAY, 1, rid(1)),
            Error::<Test>::DisclosureAlreadyExists
        );
    });
}

#[test]
fn log_disclosure_should_fail_when_the_origin_may_not_store() {
    ExtBuilder::default().with_record(1).build_and_execute(|| {
        for origin in unsigned() {
            assert_noop!(
                PhiRecords::log_disclosure(origin, request(1), rid(1), REQUESTER),
                DispatchError::BadOrigin
            );
        }
        assert_noop!(log(STRANGER, 1, rid(1)), Error::<Test>::NotAuthorized);
    });
}
