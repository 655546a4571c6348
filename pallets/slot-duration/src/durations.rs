// SPDX-License-Identifier: Apache-2.0
//! The slot length, and times as numbers of slots, for the configurations of other pallets.

use crate::pallet::{Config, SlotDuration};
use core::marker::PhantomData;
use frame_support::traits::Get;

/// Number of slots of `slot` milliseconds in `millis`, rounded down, at least one.
pub const fn slots_in(millis: u64, slot: u64) -> u64 {
    match millis.checked_div(slot) {
        None | Some(0) => 1,
        Some(slots) => slots,
    }
}

/// Length of a slot in milliseconds.
pub struct SlotDurationOf<T>(PhantomData<T>);

impl<T: Config> Get<u64> for SlotDurationOf<T> {
    fn get() -> u64 {
        SlotDuration::<T>::get()
    }
}

/// Half of a slot, in milliseconds: the shortest time between two blocks.
pub struct HalfSlot<T>(PhantomData<T>);

impl<T: Config> Get<u64> for HalfSlot<T> {
    fn get() -> u64 {
        SlotDuration::<T>::get() / 2
    }
}

/// Number of slots in `MILLIS` milliseconds, rounded down, at least one.
///
/// It is also the number of blocks if no slot is missed.
pub struct SlotsIn<T, const MILLIS: u64>(PhantomData<T>);

impl<T: Config, const MILLIS: u64> Get<u64> for SlotsIn<T, MILLIS> {
    fn get() -> u64 {
        slots_in(MILLIS, SlotDuration::<T>::get())
    }
}

impl<T: Config, const MILLIS: u64> Get<u32> for SlotsIn<T, MILLIS> {
    fn get() -> u32 {
        u32::try_from(<Self as Get<u64>>::get()).unwrap_or(u32::MAX)
    }
}
