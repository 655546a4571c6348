// SPDX-License-Identifier: Apache-2.0
//! The configuration of a gateway. Secrets are in separate files, never here.

use crate::{error::GatewayError, tuning::Tuning};
pub use bspp_phi_store::{PhiStoreConfig, StoreConfig};
use bspp_types::HospitalId;
use serde::{Deserialize, Serialize};
use std::{net::SocketAddr, path::PathBuf};

/// The configuration of a gateway, usually read from a JSON file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatewayConfig {
    /// The WebSocket address of a consortium node.
    pub consortium_url: String,
    /// The WebSocket address of a node of the hospital's chain.
    pub hospital_url: String,
    /// The hospital's identifier.
    pub hospital: HospitalId,
    /// The key file (sr25519) of the operator.
    ///
    /// The account acts for the hospital on the consortium chain and stores records on the
    /// hospital's own chain. The file has 32 raw bytes, 64 hex digits, or a secret URI.
    pub operator_key_file: PathBuf,
    /// The key file (sr25519) of the hospital's anchorer. Without it the operator sends anchors.
    ///
    /// The operator names the account on the consortium (`set_anchorer`). An anchor with nonces of
    /// its own never waits behind registrations.
    #[serde(default)]
    pub anchor_key_file: Option<PathBuf>,
    /// The files with the hospital's X25519 secrets: the current one and, if any, the next one.
    ///
    /// A file has 32 raw bytes or 64 hex digits. After a rotation there are two files. The gateway
    /// uses the secret whose public key the consortium names for a filing month.
    pub x25519_secret_files: Vec<PathBuf>,
    /// The folder for the outbox. Only one gateway at a time may use it.
    pub data_dir: PathBuf,
    /// Folders for the shares of records, at least two, on different media.
    ///
    /// A record whose share is lost on all of them cannot be opened any more. Each medium has an
    /// identifier, and the gateway does not start with another medium in its place.
    pub share_dirs: Vec<PathBuf>,
    /// Whether this start may take a new, a foreign or a missing medium for shares.
    ///
    /// It is of one start only, and no setting of the file: `bspp gateway run --admit-share-media`.
    #[serde(skip)]
    pub admit_share_media: bool,
    /// The stores of the ciphertext. The nodes of the hospital's chain read them.
    pub phi_store: PhiStoreConfig,
    /// The file with the key that encrypts shares and waiting plaintext at rest.
    ///
    /// The first start makes it. If it is missing while something is sealed, the gateway does not
    /// start. It belongs on another medium than the data, and in the backups.
    pub vault_key_file: PathBuf,
    /// The file with the token that callers of the local address must send.
    ///
    /// The first start makes it. A caller sends its content as `Authorization: Bearer …`.
    pub local_token_file: PathBuf,
    /// The certificate chain (PEM) and the key (PEM) for TLS at the public address.
    ///
    /// Without them the address speaks plain HTTP: then a proxy must speak TLS.
    #[serde(default)]
    pub tls: Option<TlsFiles>,
    /// The address at which requesters ask for disclosure.
    pub public_address: SocketAddr,
    /// The address at which the hospital's own systems ingest.
    ///
    /// It must be a loopback address.
    pub local_address: SocketAddr,
    /// The times and sizes of the gateway.
    #[serde(default)]
    pub tuning: Tuning,
}

/// The files for TLS.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsFiles {
    /// The certificate chain, PEM.
    pub cert_file: PathBuf,
    /// The private key, PEM.
    pub key_file: PathBuf,
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

    /// Checks everything that can be checked without a chain.
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
        self.phi_store.check()?;
        self.tuning.check()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use bspp_types::limits::HOUR_MS;

    fn json(local: &str) -> String {
        format!(
            r#"{{"consortium_url":"ws://127.0.0.1:9944","hospital_url":"ws://127.0.0.1:9945",
            "hospital":"0x{}","operator_key_file":"operator","x25519_secret_files":["x"],
            "phi_store":{{"stores":[{{"name":"s","place":{{"folder":"phi"}}}}],"quorum":1,"journal":"j"}},
            "data_dir":"data","share_dirs":["a","b"],"vault_key_file":"k","local_token_file":"t",
            "public_address":"0.0.0.0:8080","local_address":"{local}"}}"#,
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
        // `MaxAnchorAge` is an hour unless the council changes it.
        assert!(Tuning::default().anchor_every_ms <= HOUR_MS / 4);
        assert_eq!(Tuning::default().anchor_every(3_000), 100);
        let text = json("127.0.0.1:8081").replacen('{', r#"{"tuning":{"anchor_every_ms":5},"#, 1);
        let config: GatewayConfig = serde_json::from_str(&text).unwrap();
        assert_eq!(config.tuning.anchor_every(3_000), 1);
        assert_eq!(config.tuning.poll_ms, Tuning::default().poll_ms);
    }

    #[test]
    fn unknown_settings_should_be_refused() {
        let text = json("127.0.0.1:8081").replacen('{', r#"{"operator_seed":"x","#, 1);
        assert!(serde_json::from_str::<GatewayConfig>(&text).is_err());
    }
}
