// SPDX-License-Identifier: Apache-2.0
//! The times and sizes of a gateway, with defaults and limits.

use crate::error::GatewayError;
use bspp_record::fhir::MAX_DOCUMENT_BYTES;
use bspp_types::{
    limits::{DAY_MS, MINUTE_MS},
    MAX_ENTRIES_PER_BLOCK,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Maximum `store_window`: the maximum number of records in one block of the hospital chain.
pub const MAX_STORE_WINDOW: usize = MAX_ENTRIES_PER_BLOCK as usize;
/// Maximum `max_upload_bytes`: larger files are refused as FHIR in any case.
pub const MAX_UPLOAD_BYTES: usize = MAX_DOCUMENT_BYTES;

/// The times and sizes of a gateway. Each has a default.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tuning {
    /// Maximum age of the newest finalized consortium block at a disclosure, in milliseconds.
    ///
    /// It is `MaxStaleness` of the protocol.
    pub max_staleness_ms: u64,
    /// Maximum difference between the clock of this machine and the best block, in milliseconds.
    pub max_skew_ms: u64,
    /// Maximum number of requests a minute of one client of the public address.
    ///
    /// A client is an IPv4 address or an IPv6 network of 64 bits.
    pub max_client_requests: u32,
    /// The time after which an open batch closes, in milliseconds.
    ///
    /// The memory of the gateway has the secrets of open batches. A month's end closes a batch in
    /// any case.
    pub batch_lifetime_ms: u64,
    /// The validity of a nonce, in milliseconds.
    pub nonce_lifetime_ms: u64,
    /// Maximum number of nonces that are used within their lifetime.
    pub max_nonces: usize,
    /// The interval at which the gateway reads the chains if nothing wakes it, in milliseconds.
    pub poll_ms: u64,
    /// The time after which the gateway anchors a head without need, in milliseconds.
    ///
    /// Keep it well below the consortium's `MaxAnchorAge`: with an older anchor the hospital's
    /// validators author only restricted blocks. A transaction may wait 3 minutes before it is sent
    /// again, so less than a quarter of `MaxAnchorAge` is a good value.
    pub anchor_every_ms: u64,
    /// The time for which an exhausted counter waits for finality, in milliseconds.
    ///
    /// After it the gateway opens another batch.
    pub exhaustion_wait_ms: u64,
    /// Maximum number of records sent at a time to the hospital chain.
    ///
    /// The limit is [`MAX_STORE_WINDOW`].
    pub store_window: usize,
    /// Maximum size of a FHIR file in bytes. The limit is [`MAX_UPLOAD_BYTES`].
    pub max_upload_bytes: usize,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            max_staleness_ms: 120_000,
            max_skew_ms: 120_000,
            max_client_requests: 300,
            batch_lifetime_ms: 7 * DAY_MS,
            nonce_lifetime_ms: 120_000,
            max_nonces: 10_000,
            poll_ms: 1_000,
            anchor_every_ms: 5 * MINUTE_MS,
            exhaustion_wait_ms: 60_000,
            // Half of a block, because other clients store records too.
            store_window: MAX_STORE_WINDOW / 2,
            max_upload_bytes: MAX_UPLOAD_BYTES,
        }
    }
}

impl Tuning {
    /// The interval at which the gateway reads the chains.
    pub fn poll(&self) -> Duration {
        Duration::from_millis(self.poll_ms.max(50))
    }

    /// The number of blocks after which the gateway anchors a head without need.
    ///
    /// The slot length of the hospital chain is in milliseconds.
    pub fn anchor_every(&self, slot_duration: u64) -> u32 {
        let blocks = self.anchor_every_ms.checked_div(slot_duration).unwrap_or(1);
        u32::try_from(blocks).unwrap_or(u32::MAX).max(1)
    }

    /// Checks that every size is usable and within its limit.
    ///
    /// # Errors
    /// `InvalidConfig`, with the setting and its maximum.
    pub fn check(&self) -> Result<(), GatewayError> {
        for (name, value, max) in [
            ("max_nonces", self.max_nonces, None),
            (
                "max_client_requests",
                self.max_client_requests as usize,
                None,
            ),
            ("store_window", self.store_window, Some(MAX_STORE_WINDOW)),
            (
                "max_upload_bytes",
                self.max_upload_bytes,
                Some(MAX_UPLOAD_BYTES),
            ),
        ] {
            let reason = match max {
                _ if value == 0 => format!("{name} must not be zero"),
                Some(max) if value > max => format!("{name} is {value}; the maximum is {max}"),
                _ => continue,
            };
            return Err(GatewayError::InvalidConfig(reason));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The reason for which changed defaults are refused. `None` if they are accepted.
    fn refusal(change: impl FnOnce(&mut Tuning)) -> Option<String> {
        let mut tuning = Tuning::default();
        change(&mut tuning);
        tuning.check().err().map(|error| error.to_string())
    }

    #[test]
    fn defaults_should_be_within_all_limits() {
        assert_eq!(refusal(|_| {}), None);
        let tuning = Tuning::default();
        assert_eq!(tuning.store_window, 128);
        assert_eq!(tuning.max_upload_bytes, MAX_DOCUMENT_BYTES);
    }

    #[test]
    fn check_should_accept_a_limit_and_refuse_more() {
        assert_eq!(refusal(|t| t.store_window = MAX_STORE_WINDOW), None);
        assert_eq!(
            refusal(|t| t.store_window = 257).unwrap(),
            "InvalidConfig: store_window is 257; the maximum is 256"
        );
    }

    #[test]
    fn check_should_refuse_uploads_that_the_fhir_reader_would_refuse() {
        assert_eq!(refusal(|t| t.max_upload_bytes = MAX_DOCUMENT_BYTES), None);
        let reason = refusal(|t| t.max_upload_bytes = MAX_DOCUMENT_BYTES + 1).unwrap();
        assert!(reason.contains("max_upload_bytes"), "{reason}");
        assert!(reason.contains(&MAX_DOCUMENT_BYTES.to_string()), "{reason}");
    }

    #[test]
    fn check_should_refuse_sizes_of_zero() {
        type Change = fn(&mut Tuning);
        let changes: [(&str, Change); 4] = [
            ("max_client_requests", |t| t.max_client_requests = 0),
            ("max_nonces", |t| t.max_nonces = 0),
            ("store_window", |t| t.store_window = 0),
            ("max_upload_bytes", |t| t.max_upload_bytes = 0),
        ];
        for (name, change) in changes {
            assert_eq!(
                refusal(change).unwrap(),
                format!("InvalidConfig: {name} must not be zero")
            );
        }
    }
}
