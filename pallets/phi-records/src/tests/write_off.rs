// SPDX-License-Identifier: Apache-2.0

use super::unsigned;
use crate::{mock::*, Error, Event, LiveCount};
use bspp_primitives::traits::StoredPayloads;
use frame_support::{assert_noop, assert_ok};
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult};

fn write_off(who: u64, payload: H256) -> DispatchResult {
    PhiRecords::write_off(RuntimeOrigin::signed(who), payload)
}

fn payload(n: u8) -> H256 {
    entry(n).payload_hash
}

/// The payloads that can be drawn, sorted.
fn drawn() -> Vec<H256> {
    let count = PhiRecords::count();
    let mut all: Vec<H256> = (0..count)
        .map(|position| PhiRecords::payload_at(position).unwrap())
        .collect();
    all.sort();
    all
}

fn sorted(numbers: &[u8]) -> Vec<H256> {
    let mut all: Vec<H256> = numbers.iter().map(|n| payload(*n)).collect();
    all.sort();
    all
}

#[test]
fn written_off_payload_should_not_be_drawn_again() {
    let builder = ExtBuilder::default().with_record(1).with_record(2);
    builder.with_record(3).build_and_execute(|| {
        // The first, whose place the last one takes.
        assert_ok!(write_off(ADMIN, payload(1)));
        assert_eq!(drawn(), sorted(&[2, 3]));
        assert_eq!(
            events(),
            vec![Event::PayloadWrittenOff {
                payload: payload(1)
            }]
        );
        // Its records stay.
        assert!(PhiRecords::record_location(rid(1)).is_some());
        // Another entry over it does not bring it back.
        let mut second = record(1);
        second.entry.index = 9;
        assert_ok!(store_record(GATEWAY, second));
        assert_eq!(drawn(), sorted(&[2, 3]));
        // The last ones.
        for n in [3, 2] {
            assert_ok!(write_off(ADMIN, payload(n)));
        }
        assert_eq!(LiveCount::<Test>::get(), 0);
        assert_eq!(PhiRecords::payload_at(0), None);
    });
}

#[test]
fn write_off_should_fail_when_the_payload_is_unknown_or_written_off() {
    ExtBuilder::default().with_record(1).build_and_execute(|| {
        assert_noop!(write_off(ADMIN, payload(2)), Error::<Test>::PayloadNotFound);
        assert_ok!(write_off(ADMIN, payload(1)));
        assert_noop!(
            write_off(ADMIN, payload(1)),
            Error::<Test>::AlreadyWrittenOff
        );
    });
}

/// Attack: a gateway's key takes payloads out of proof of storage, and deletes them.
#[test]
fn staff_should_not_write_off() {
    ExtBuilder::default().with_record(1).build_and_execute(|| {
        for who in [GATEWAY, STRANGER] {
            assert_noop!(write_off(who, payload(1)), DispatchError::BadOrigin);
        }
        for origin in unsigned() {
            assert_noop!(
                PhiRecords::write_off(origin, payload(1)),
                DispatchError::BadOrigin
            );
        }
    });
}
