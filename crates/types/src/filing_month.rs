// SPDX-License-Identifier: Apache-2.0
//! The calendar month of filing (protocol section 3).

use crate::Moment;
use chrono::{DateTime, Datelike, TimeZone, Utc};

/// Months since 1970-01, UTC.
pub type FilingMonth = u16;

/// Time after its month's end in which a batch takes entries, in milliseconds: 48 hours.
pub const FILING_GRACE_MS: Moment = 48 * 60 * 60 * 1000;

/// The month of `moment`. `None` if the month is outside the range of [`FilingMonth`].
pub fn filing_month_at(moment: Moment) -> Option<FilingMonth> {
    let date = DateTime::<Utc>::from_timestamp_millis(i64::try_from(moment).ok()?)?;
    let years = date.year().checked_sub(1970)?;
    let months = years
        .checked_mul(12)?
        .checked_add(i32::try_from(date.month0()).ok()?)?;
    FilingMonth::try_from(months).ok()
}

/// First millisecond of a month. `None` only for months outside the range of the calendar.
pub fn filing_month_start(filing_month: FilingMonth) -> Option<Moment> {
    let year = i32::from(filing_month / 12).checked_add(1970)?;
    let month = u32::from(filing_month % 12).checked_add(1)?;
    let start = Utc.with_ymd_and_hms(year, month, 1, 0, 0, 0).single()?;
    u64::try_from(start.timestamp_millis()).ok()
}

/// First millisecond after a month.
pub fn filing_month_end(filing_month: FilingMonth) -> Option<Moment> {
    filing_month_start(filing_month.checked_add(1)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn filing_month_at_should_count_months_since_1970() {
        assert_eq!(filing_month_at(0), Some(0));
        // 2018-02-28T23:59:59.999Z and one millisecond later.
        assert_eq!(filing_month_at(1_519_862_399_999), Some(48 * 12 + 1));
        assert_eq!(filing_month_at(1_519_862_400_000), Some(48 * 12 + 2));
        assert_eq!(filing_month_at(u64::MAX), None);
    }

    #[test]
    fn filing_month_start_should_be_inverse_to_filing_month_at() {
        for filing_month in [0u16, 1, 11, 12, 577, 681, 2000] {
            let start = filing_month_start(filing_month).unwrap();
            assert_eq!(filing_month_at(start), Some(filing_month));
            assert_eq!(
                filing_month_at(filing_month_end(filing_month).unwrap() - 1),
                Some(filing_month)
            );
        }
    }
}
