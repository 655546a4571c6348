// SPDX-License-Identifier: Apache-2.0
//! The clock.

use bspp_types::{filing_month_at, FilingMonth, Moment};

use crate::error::{GatewayError, Result};

/// The current time in milliseconds since 1970-01-01 UTC.
pub fn now() -> Moment {
    u64::try_from(chrono::Utc::now().timestamp_millis()).unwrap_or_default()
}

/// The current filing month.
///
/// # Errors
/// `InvalidTime`.
pub fn filing_month() -> Result<FilingMonth> {
    filing_month_at(now()).ok_or(GatewayError::InvalidTime)
}
