// SPDX-License-Identifier: Apache-2.0

use super::unsigned;
use crate::{mock::*, types::Disclosure, Error, Event};
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
                requester: REQUESTER,
                logged_by: GATEWAY,
                logged_at: 2
            })
        );
        assert_eq!(
            events(),
            vec![Event::DisclosureLogged {
                record: rid(1),
                request: request(1),
                requester: REQUESTER
            }]
        );
        // Another request for the same record is another disclosure.
        assert_ok!(log(GATEWAY, 2, rid(1)));
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
