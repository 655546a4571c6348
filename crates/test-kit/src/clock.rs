// SPDX-License-Identifier: Apache-2.0
//! The time of a mock.

use bspp_types::Moment;
use frame_support::{
    storage::{storage_prefix, unhashed},
    traits::Time,
};

/// A clock with its time under the timestamp pallet's key.
///
/// Benchmarks can therefore set it.
pub struct Clock;

impl Clock {
    /// Sets the time.
    pub fn set(now: Moment) {
        unhashed::put(&storage_prefix(b"Timestamp", b"Now"), &now);
    }
}

impl Time for Clock {
    type Moment = Moment;

    fn now() -> Moment {
        unhashed::get_or_default(&storage_prefix(b"Timestamp", b"Now"))
    }
}
