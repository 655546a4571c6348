// SPDX-License-Identifier: Apache-2.0

use super::unsigned;
use crate::{mock::*, Error, Event};
use bspp_types::{filing_month_end, HospitalBatch};
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult};

const SALT: [u8; 32] = [5; 32];

fn open(who: u64, header: bspp_peks::BatchHeader) -> DispatchResult {
    PhiRecords::open_batch(RuntimeOrigin::signed(who), header, SALT)
}

#[test]
fn open_batch_should_note_owner_and_month() {
    ExtBuilder::default().build_and_execute(|| {
        let header = header(GATEWAY, &SALT, FROM);
        let batch = H256(header.id(&CHAIN.0));
        assert_ok!(open(GATEWAY, header));
        let kept = HospitalBatch {
            owner: GATEWAY,
            filing_month: FROM,
            next_index: 0,
        };
        assert_eq!(PhiRecords::batch(batch), Some(kept));
        assert_eq!(events(), vec![Event::BatchOpened { batch }]);
    });
}

#[test]
fn open_batch_should_fail_when_the_origin_may_not_store() {
    ExtBuilder::default().build_and_execute(|| {
        let header = header(STRANGER, &SALT, FROM);
        for origin in unsigned() {
            assert_noop!(
                PhiRecords::open_batch(origin, header.clone(), SALT),
                DispatchError::BadOrigin
            );
        }
        assert_noop!(open(STRANGER, header), Error::<Test>::NotAuthorized);
    });
}

#[test]
fn staff_should_not_open_a_batch_that_names_another_encryptor() {
    ExtBuilder::default().build_and_execute(|| {
        MayStore::set(vec![GATEWAY, 11]);
        let header = header(GATEWAY, &SALT, FROM);
        assert_noop!(open(11, header.clone()), Error::<Test>::NotAuthorized);
        assert_noop!(
            PhiRecords::open_batch(RuntimeOrigin::signed(GATEWAY), header.clone(), [6; 32]),
            Error::<Test>::NotAuthorized
        );
        assert_ok!(open(GATEWAY, header));
    });
}

#[test]
fn open_batch_should_fail_when_hospital_or_month_is_another() {
    ExtBuilder::default().build_and_execute(|| {
        let mut foreign = header(GATEWAY, &SALT, FROM);
        foreign.hospital = [9; 32];
        assert_noop!(open(GATEWAY, foreign), Error::<Test>::HospitalMismatch);
        for filing_month in [FROM - 1, FROM + 1] {
            let header = header(GATEWAY, &SALT, filing_month);
            assert_noop!(open(GATEWAY, header), Error::<Test>::InvalidFilingMonth);
        }
        Clock::set(u64::MAX);
        let header = header(GATEWAY, &SALT, FROM);
        assert_noop!(open(GATEWAY, header), Error::<Test>::InvalidFilingMonth);
    });
}

#[test]
fn open_batch_should_follow_the_clock_into_the_next_month() {
    ExtBuilder::default().build_and_execute(|| {
        let end = filing_month_end(FROM).unwrap();
        let (old, new) = (
            header(GATEWAY, &SALT, FROM),
            header(GATEWAY, &SALT, FROM + 1),
        );
        Clock::set(end - 1);
        assert_noop!(
            open(GATEWAY, new.clone()),
            Error::<Test>::InvalidFilingMonth
        );
        assert_ok!(open(GATEWAY, old.clone()));
        // The grace period is for records of open batches and opens none.
        Clock::set(end);
        let mut late = old;
        late.number += 1;
        assert_noop!(open(GATEWAY, late), Error::<Test>::InvalidFilingMonth);
        assert_ok!(open(GATEWAY, new));
    });
}

#[test]
fn open_batch_should_fail_when_the_batch_is_open() {
    ExtBuilder::default().build_and_execute(|| {
        let header = header(GATEWAY, &SALT, FROM);
        assert_ok!(open(GATEWAY, header.clone()));
        assert_noop!(open(GATEWAY, header), Error::<Test>::BatchAlreadyExists);
    });
}
