// SPDX-License-Identifier: Apache-2.0
//! The calendar month of filing (protocol section 3).

use crate::Moment;
use chrono::{DateTime, Datelike, TimeZone, Utc};

/// Months since 1970-01, UTC.
pub type Epoch = u16;

/// How long after its month's end a batch takes entries, in milliseconds: 48 hours.
pub const FILING_GRACE_MS: Moment = 48 * 60 * 60 * 1000;

/// The month in which `moment` lies. `None` if it lies beyond what [`Epoch`] counts.
pub fn epoch_at(moment: Moment) -> Option<Epoch> {
    let date = DateTime::<Utc>::from_timestamp_millis(i64::try_from(moment).ok()?)?;
    let years = date.year().checked_sub(1970)?;
    let months = years
        .checked_mul(12)?
        .checked_add(i32::try_from(date.month0()).ok()?)?;
    Epoch::try_from(months).ok()
}

/// First millisecond of a month. `None` only for months no calendar reaches.
pub fn epoch_start(epoch: Epoch) -> Option<Moment> {
    let year = i32::from(epoch / 12).checked_add(1970)?;
    let month = u32::from(epoch % 12).checked_add(1)?;
    let start = Utc.with_ymd_and_hms(year, month, 1, 0, 0, 0).single()?;
    u64::try_from(start.timestamp_millis()).ok()
}

/// First millisecond after a month.
pub fn epoch_end(epoch: Epoch) -> Option<Moment> {
    epoch_start(epoch.checked_add(1)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn epoch_at_should_count_months_since_1970() {
        assert_eq!(epoch_at(0), Some(0));
        // 2018-02-28T23:59:59.999Z and one millisecond later.
        assert_eq!(epoch_at(1_519_862_399_999), Some(48 * 12 + 1));
        assert_eq!(epoch_at(1_519_862_400_000), Some(48 * 12 + 2));
        assert_eq!(epoch_at(u64::MAX), None);
    }

    #[test]
    fn epoch_start_should_be_inverse_to_epoch_at() {
        for epoch in [0u16, 1, 11, 12, 577, 681, 2000] {
            let start = epoch_start(epoch).unwrap();
            assert_eq!(epoch_at(start), Some(epoch));
            assert_eq!(epoch_at(epoch_end(epoch).unwrap() - 1), Some(epoch));
        }
    }
}
