// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::unwrap_used)]

use crate::{
    mock::{chain, RuntimeCall, RuntimeGenesisConfig, Test},
    slots_in, Call, HalfSlot, Pallet, SlotDurationOf, SlotsIn,
};
use bspp_types::limits::{
    DAY_MS, DEFAULT_SLOT_DURATION, HOUR_MS, MAX_SLOT_DURATION, MIN_SLOT_DURATION,
};
use frame_support::traits::{Get, GetCallMetadata, GetCallName};
use sp_runtime::BuildStorage;

/// A minute, in milliseconds.
const MINUTE_MS: u64 = 60_000;

#[test]
fn slot_duration_should_be_the_genesis_one() {
    for millis in [MIN_SLOT_DURATION, 1_000, 6_000, MAX_SLOT_DURATION] {
        chain(millis).execute_with(|| {
            assert_eq!(SlotDurationOf::<Test>::get(), millis);
            assert_eq!(HalfSlot::<Test>::get(), millis / 2);
            Pallet::<Test>::do_try_state().unwrap();
        });
    }
}

#[test]
fn slot_duration_should_be_three_seconds_when_the_genesis_does_not_choose() {
    let storage = RuntimeGenesisConfig::default().build_storage().unwrap();
    sp_io::TestExternalities::new(storage)
        .execute_with(|| assert_eq!(SlotDurationOf::<Test>::get(), 3_000));
}

#[test]
fn slot_duration_should_be_the_default_when_there_was_no_genesis() {
    sp_io::TestExternalities::default().execute_with(|| {
        assert_eq!(SlotDurationOf::<Test>::get(), DEFAULT_SLOT_DURATION);
        assert_eq!(HalfSlot::<Test>::get(), DEFAULT_SLOT_DURATION / 2);
    });
}

#[test]
#[should_panic(expected = "invalid slot duration in the genesis: 499 ms")]
fn genesis_should_panic_when_the_slot_is_too_short() {
    chain(MIN_SLOT_DURATION - 1);
}

#[test]
#[should_panic(expected = "invalid slot duration in the genesis: 60001 ms")]
fn genesis_should_panic_when_the_slot_is_too_long() {
    chain(MAX_SLOT_DURATION + 1);
}

#[test]
#[should_panic(expected = "invalid slot duration in the genesis: 0 ms")]
fn genesis_should_panic_when_the_slot_is_zero() {
    chain(0);
}

#[test]
fn slots_should_last_as_long_as_the_time_that_they_stand_for() {
    for (millis, an_hour) in [(500, 7_200), (1_000, 3_600), (3_000, 1_200), (6_000, 600)] {
        chain(millis).execute_with(|| {
            let slots: u64 = SlotsIn::<Test, HOUR_MS>::get();
            assert_eq!(slots, an_hour);
            let blocks: u32 = SlotsIn::<Test, DAY_MS>::get();
            assert_eq!(u64::from(blocks), 24 * an_hour);
        });
    }
}

#[test]
fn slots_should_be_rounded_down_but_never_be_zero_or_overflow() {
    chain(7_000).execute_with(|| {
        let slots: u32 = SlotsIn::<Test, MINUTE_MS>::get();
        assert_eq!(slots, 8);
        let slots: u32 = SlotsIn::<Test, 1>::get();
        assert_eq!(slots, 1);
        let slots: u32 = SlotsIn::<Test, { u64::MAX }>::get();
        assert_eq!(slots, u32::MAX);
    });
    assert_eq!(slots_in(HOUR_MS, 0), 1);
}

#[test]
fn no_call_should_change_the_slot_duration() {
    assert!(Call::<Test>::get_call_names().is_empty());
    assert!(!RuntimeCall::get_module_names().contains(&"SlotDuration"));
}
