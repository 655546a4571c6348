// SPDX-License-Identifier: Apache-2.0
//! Whole days, in which grants end.

use crate::{limits::DAY_MS, Moment};

/// Days since 1970-01-01, UTC.
///
/// Grants end with whole days, because milliseconds would link requests across hospitals.
pub type Day = u32;

/// The day of `moment`. Moments after the last day count as the last day.
pub fn day_of(moment: Moment) -> Day {
    Day::try_from(moment / DAY_MS).unwrap_or(Day::MAX)
}

/// First millisecond of a day.
pub fn day_start(day: Day) -> Moment {
    Moment::from(day).saturating_mul(DAY_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_start_should_be_inverse_to_day_of() {
        for day in [0, 1, 20_000, Day::MAX] {
            assert_eq!(day_of(day_start(day)), day);
            assert_eq!(day_of(day_start(day) + DAY_MS - 1), day);
        }
        assert_eq!(day_of(Moment::MAX), Day::MAX);
    }
}
