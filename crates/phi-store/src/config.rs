// SPDX-License-Identifier: Apache-2.0
//! The configuration of a PHI store. Secrets are in separate files, never here.

use crate::error::{PhiStoreError, Result};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Duration,
};

/// Maximum number of stores.
pub const MAX_STORES: usize = 8;
/// Maximum length of a store's name.
pub const MAX_STORE_NAME: usize = 32;
const TIMEOUT_MS: u64 = 60_000;

fn timeout_ms() -> u64 {
    TIMEOUT_MS
}

fn region() -> String {
    "us-east-1".into()
}

/// The stores of a hospital, and the number of them that must have a payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhiStoreConfig {
    /// The stores, in the order in which they are read.
    pub stores: Vec<StoreConfig>,
    /// The number of stores in which a payload must be durable before it counts as stored.
    pub quorum: usize,
    /// The file with what is erased and what is still to do. It belongs into the backups.
    ///
    /// It must not be on the medium of a store: a backup of a store wins over its own deletions
    /// otherwise.
    pub journal: PathBuf,
}

/// One store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreConfig {
    /// Its name: lower-case letters, digits and hyphens.
    ///
    /// A new medium in place of a broken one gets a new name.
    pub name: String,
    /// Its place.
    pub place: StorePlace,
    /// The time within which it must answer, in milliseconds.
    #[serde(default = "timeout_ms")]
    pub timeout_ms: u64,
}

/// The place of a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StorePlace {
    /// A folder on a local medium.
    Folder(PathBuf),
    /// A bucket of an S3-compatible store.
    S3(S3Place),
}

/// A bucket of an S3-compatible store.
///
/// Versioning and object lock of the bucket must be off: they keep what is deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3Place {
    /// The URL of the service.
    pub endpoint: String,
    /// The region.
    #[serde(default = "region")]
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// The prefix of all names in the bucket.
    #[serde(default)]
    pub prefix: Option<String>,
    /// The file with `access_key_id` and `secret_access_key`, as JSON.
    ///
    /// A node's key should only be able to read and list. Without the right to list, S3 says of a
    /// missing object that it is forbidden.
    pub credentials_file: PathBuf,
    /// The certificates (PEM) of the authority that signed the service's certificate.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// Whether the URL may be `http://`, for tests and for a proxy on the same machine.
    #[serde(default)]
    pub allow_http: bool,
}

impl StoreConfig {
    /// A store in a folder.
    pub fn folder(name: impl Into<String>, folder: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            place: StorePlace::Folder(folder.into()),
            timeout_ms: TIMEOUT_MS,
        }
    }

    pub(crate) fn limit(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    fn check(&self) -> Result<()> {
        let invalid = |reason: &str| {
            Err(PhiStoreError::InvalidConfig(format!(
                "store {:?}: {reason}",
                self.name
            )))
        };
        let is_valid =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if self.name.is_empty()
            || self.name.len() > MAX_STORE_NAME
            || !self.name.bytes().all(is_valid)
        {
            return invalid("a name has 1 to 32 lower-case letters, digits and hyphens");
        }
        if self.timeout_ms == 0 {
            return invalid("timeout_ms is zero");
        }
        if let StorePlace::S3(s3) = &self.place {
            if s3.bucket.is_empty() {
                return invalid("bucket is empty");
            }
            let is_secure = s3.endpoint.starts_with("https://");
            let is_allowed = is_secure || (s3.allow_http && s3.endpoint.starts_with("http://"));
            if !is_allowed {
                return invalid("endpoint must be an https:// URL, or http:// with allow_http");
            }
        }
        Ok(())
    }

    /// Equal for two configurations of the same store.
    fn identity(&self) -> Result<String> {
        Ok(match &self.place {
            StorePlace::Folder(folder) => {
                let absolute = absolute(folder)?;
                format!("folder {}", absolute.display())
            }
            StorePlace::S3(s3) => format!(
                "s3 {} {} {}",
                s3.endpoint.trim_end_matches('/'),
                s3.bucket,
                s3.prefix.as_deref().unwrap_or_default()
            ),
        })
    }
}

pub(crate) fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path)
        .map_err(|e| PhiStoreError::InvalidConfig(format!("{}: {e}", path.display())))
}

/// Checks a list of stores: number, names, places.
pub(crate) fn check_stores(stores: &[StoreConfig]) -> Result<()> {
    let invalid = |reason: String| Err(PhiStoreError::InvalidConfig(reason));
    if stores.is_empty() || stores.len() > MAX_STORES {
        return invalid(format!("name 1 to {MAX_STORES} stores"));
    }
    let (mut names, mut places) = (BTreeSet::new(), BTreeSet::new());
    for store in stores {
        store.check()?;
        if !names.insert(&store.name) {
            return invalid(format!("two stores have the name {:?}", store.name));
        }
        if !places.insert(store.identity()?) {
            return invalid(format!("store {:?} is named twice", store.name));
        }
    }
    Ok(())
}

impl PhiStoreConfig {
    /// Checks everything that can be checked without a store.
    ///
    /// # Errors
    /// `InvalidConfig`.
    pub fn check(&self) -> Result<()> {
        check_stores(&self.stores)?;
        if self.quorum == 0 || self.quorum > self.stores.len() {
            return Err(PhiStoreError::InvalidConfig(
                "quorum must be 1 to the number of stores".into(),
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn config(text: &str) -> PhiStoreConfig {
        serde_json::from_str(text).unwrap()
    }

    fn refusal(config: &PhiStoreConfig) -> String {
        config.check().unwrap_err().to_string()
    }

    const TWO: &str = r#"{
        "stores": [
            {"name": "disk-1", "place": {"folder": "/srv/phi"}},
            {"name": "s3-1", "place": {"s3": {"endpoint": "https://s3.hospital.example",
                "bucket": "phi", "credentials_file": "/etc/bspp/s3.json"}}}
        ],
        "quorum": 2, "journal": "/var/lib/bspp/phi.redb"}"#;

    #[test]
    fn config_should_be_read_from_json() {
        let config = config(TWO);
        config.check().unwrap();
        assert_eq!(config.stores[0], StoreConfig::folder("disk-1", "/srv/phi"));
        let unknown = TWO.replace("\"quorum\"", "\"secret_access_key\": \"x\", \"quorum\"");
        assert!(serde_json::from_str::<PhiStoreConfig>(&unknown).is_err());
    }

    #[test]
    fn check_should_fail_when_stores_are_the_same_or_the_quorum_is_out_of_reach() {
        let mut wrong = config(TWO);
        wrong.quorum = 3;
        assert!(refusal(&wrong).contains("quorum"));
        wrong.quorum = 0;
        assert!(refusal(&wrong).contains("quorum"));
        let mut wrong = config(TWO);
        wrong.stores[1] = StoreConfig::folder("disk-2", "/srv/phi");
        assert!(refusal(&wrong).contains("named twice"));
        wrong.stores[1] = StoreConfig::folder("disk-1", "/srv/other");
        assert!(refusal(&wrong).contains("two stores"));
        wrong.stores[1] = StoreConfig::folder("Disk 2", "/srv/other");
        assert!(refusal(&wrong).contains("lower-case"));
        wrong.stores.clear();
        assert!(refusal(&wrong).contains("1 to 8"));
    }

    #[test]
    fn check_should_fail_when_an_endpoint_is_not_encrypted() {
        let plain = TWO.replace("https://", "http://");
        assert!(refusal(&config(&plain)).contains("https://"));
        let allowed = plain.replace("\"bucket\"", "\"allow_http\": true, \"bucket\"");
        config(&allowed).check().unwrap();
    }
}
