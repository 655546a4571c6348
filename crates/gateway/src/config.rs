// SPDX-License-Identifier: Apache-2.0
//! What a gateway must be told. Secrets stand in files of their own, never here.

use crate::error::GatewayError;
use bspp_primitives::HospitalId;
use serde::{Deserialize, Serialize};
use std::{net::SocketAddr, path::PathBuf, time::Duration};

/// Configuration of a gateway, usually read from a JSON file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatewayConfig {
    /// WebSocket address of a consortium node.
    pub consortium_url: String,
    /// WebSocket address of a node of the hospital's chain.
    pub hospital_url: String,
    /// The hospital's identifier.
    pub hospital: HospitalId,
    /// Key file of the account that acts for the hospital on the consortium chain and stores on its own chain (sr25519): 32
    /// raw bytes, 64 hex digits, or a secret URI.
    pub operator_key_file: PathBuf,
    /// Files with the hospital's X25519 secrets, 32 raw bytes or 64 hex digits: the one in force, and after a rotation the
    /// next. The one that the consortium names for a month is used for it.
    pub x25519_secret_files: Vec<PathBuf>,
    /// Folder for the outbox. One gateway at a time.
    pub data_dir: PathBuf,
    /// Where requesters ask for disclosure.
    pub public_address: SocketAddr,
    /// Where the hospital's own systems ingest. Must be a loopback address: it has no access control of its own.
    pub local_address: SocketAddr,
    /// Times and sizes.
    #[serde(default)]
    pub tuning: Tuning,
}

/// Times and sizes. Each has a default.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tuning {
    /// How old the newest finalized consortium block may be for a disclosure, in milliseconds. `MaxStaleness` of the protocol.
    pub max_staleness_ms: u64,
    /// How long a nonce is good, in milliseconds.
    pub nonce_lifetime_ms: u64,
    /// Nonces outstanding at most.
    pub max_nonces: usize,
    /// How often chains are looked at when nothing wakes the gateway, in milliseconds.
    pub poll_ms: u64,
    /// After how many hospital blocks a head is anchored although nothing needs it. Keep it well below the consortium's
    /// `MaxAnchorAge` (in slots): an older anchor leaves the hospital's validators with restricted blocks. A transaction may wait
    /// 64 blocks before it is sent again, so a quarter of `MaxAnchorAge` is a good value; on a test network with a short one, say 5.
    pub anchor_every: u32,
    /// How long an exhausted counter waits for finality before another batch is opened, in milliseconds.
    pub exhaustion_wait_ms: u64,
    /// Records sent to the hospital chain at a time at most.
    pub store_window: usize,
    /// Bytes of ciphertext sent to the hospital chain at a time; one record may exceed it.
    pub store_window_bytes: usize,
    /// Bytes of a FHIR file at most.
    pub max_upload_bytes: usize,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            max_staleness_ms: 120_000,
            nonce_lifetime_ms: 120_000,
            max_nonces: 10_000,
            poll_ms: 1_000,
            anchor_every: 100,
            exhaustion_wait_ms: 60_000,
            store_window: 32,
            store_window_bytes: 4 * 1024 * 1024,
            max_upload_bytes: 256 * 1024 * 1024,
        }
    }
}

impl Tuning {
    /// How often chains are looked at.
    pub fn poll(&self) -> Duration {
        Duration::from_millis(self.poll_ms.max(50))
    }
}

impl GatewayConfig {
    /// Reads a JSON file and checks it.
    ///
    /// # Errors
    /// `InvalidConfig`.
    pub fn from_file(path: &std::path::Path) -> Result<Self, GatewayError> {
        let invalid =
            |reason: String| GatewayError::InvalidConfig(format!("{}: {reason}", path.display()));
        let text = std::fs::read(path).map_err(|e| invalid(e.to_string()))?;
        let config: Self = serde_json::from_slice(&text).map_err(|e| invalid(e.to_string()))?;
        config.check()?;
        Ok(config)
    }

    /// Checks what can be checked without a chain.
    ///
    /// # Errors
    /// `InvalidConfig`.
    pub fn check(&self) -> Result<(), GatewayError> {
        let invalid = |reason: &str| Err(GatewayError::InvalidConfig(reason.into()));
        if !self.local_address.ip().is_loopback() {
            return invalid("local_address must be a loopback address");
        }
        if self.x25519_secret_files.is_empty() {
            return invalid("x25519_secret_files names no file");
        }
        if self.tuning.store_window == 0 || self.tuning.max_nonces == 0 {
            return invalid("store_window and max_nonces must not be zero");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn json(local: &str) -> String {
        format!(
            r#"{{"consortium_url":"ws://127.0.0.1:9944","hospital_url":"ws://127.0.0.1:9945",
            "hospital":"0x{}","operator_key_file":"operator","x25519_secret_files":["x"],
            "data_dir":"data","public_address":"0.0.0.0:8080","local_address":"{local}"}}"#,
            "11".repeat(32)
        )
    }

    #[test]
    fn check_should_fail_when_the_local_address_is_reachable_from_outside() {
        let config: GatewayConfig = serde_json::from_str(&json("127.0.0.1:8081")).unwrap();
        config.check().unwrap();
        let config: GatewayConfig = serde_json::from_str(&json("0.0.0.0:8081")).unwrap();
        assert!(matches!(
            config.check(),
            Err(GatewayError::InvalidConfig(_))
        ));
    }

    #[test]
    fn anchoring_should_be_far_more_frequent_than_the_consortium_demands() {
        // `MaxAnchorAge` is 1200 slots unless the council says otherwise.
        assert!(Tuning::default().anchor_every <= 300);
        let text = json("127.0.0.1:8081").replacen('{', r#"{"tuning":{"anchor_every":5},"#, 1);
        let config: GatewayConfig = serde_json::from_str(&text).unwrap();
        assert_eq!(config.tuning.anchor_every, 5);
        assert_eq!(config.tuning.poll_ms, Tuning::default().poll_ms);
    }

    #[test]
    fn unknown_settings_should_be_refused() {
        let text = json("127.0.0.1:8081").replacen('{', r#"{"operator_seed":"x","#, 1);
        assert!(serde_json::from_str::<GatewayConfig>(&text).is_err());
    }
}
