// SPDX-License-Identifier: Apache-2.0
//! Slots as times: slot n begins n slot lengths after 1970-01-01 UTC.

use bspp_types::limits::DAY_MS;
use chrono::{DateTime, SecondsFormat};

/// The number of days before the expiry of a credential from which it should be renewed.
const RENEWAL_DAYS: u64 = 14;

/// The slot at a time. Both values are in milliseconds. `None` if the length is zero.
pub fn at(time: u64, duration: u64) -> Option<u64> {
    time.checked_div(duration)
}

/// The slot a number of days after a time.
pub fn after_days(time: u64, days: u32, duration: u64) -> Option<u64> {
    let until = u64::from(days)
        .checked_mul(DAY_MS)
        .and_then(|days| days.checked_add(time))?;
    at(until, duration)
}

/// The number of slots before the expiry of a credential from which it should be renewed.
///
/// The result is zero if the length is zero.
pub fn renewal(duration: u64) -> u64 {
    at(RENEWAL_DAYS.saturating_mul(DAY_MS), duration).unwrap_or(0)
}

/// The beginning of a slot, as `2026-11-22T13:00:00Z`.
///
/// The result is `None` beyond the range of the calendar.
pub fn time(slot: u64, duration: u64) -> Option<String> {
    let milliseconds = slot.checked_mul(duration)?;
    let time = DateTime::from_timestamp_millis(i64::try_from(milliseconds).ok()?)?;
    Some(time.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// A slot for people: `slot 7 (1970-01-01T00:00:21Z)`.
pub fn describe(slot: u64, duration: u64) -> String {
    match time(slot, duration) {
        Some(time) => format!("slot {slot} ({time})"),
        None => format!("slot {slot}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_should_be_told_as_times() {
        assert_eq!(
            describe(7, 3_000),
            "slot 7 (1970-01-01T00:00:21Z)".to_string()
        );
        // The credentials of development chains.
        assert_eq!(
            time(1_367_481_600, 3_000).as_deref(),
            Some("2100-01-01T00:00:00Z")
        );
    }

    #[test]
    fn slots_should_be_told_as_numbers_when_no_calendar_has_them() {
        assert_eq!(describe(u64::MAX, 3_000), format!("slot {}", u64::MAX));
        assert_eq!(time(u64::MAX / 3_000, 3_000), None);
    }

    #[test]
    fn renewal_should_be_due_two_weeks_before() {
        assert_eq!(renewal(3_000), 403_200);
        assert_eq!(renewal(0), 0);
    }

    #[test]
    fn days_should_be_counted_from_the_time() {
        assert_eq!(after_days(3_000, 1, 3_000), Some(28_801));
        assert_eq!(after_days(u64::MAX, 1, 3_000), None);
        assert_eq!(after_days(0, 1, 0), None);
    }
}
