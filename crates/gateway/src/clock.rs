// SPDX-License-Identifier: Apache-2.0
//! The clock.

use bspp_primitives::{epoch_at, Epoch, Moment};

use crate::error::{GatewayError, Result};

/// Milliseconds since 1970-01-01 UTC.
pub fn now() -> Moment {
    u64::try_from(chrono::Utc::now().timestamp_millis()).unwrap_or_default()
}

/// The current month.
///
/// # Errors
/// `InvalidTime`.
pub fn epoch() -> Result<Epoch> {
    epoch_at(now()).ok_or(GatewayError::InvalidTime)
}
