// SPDX-License-Identifier: Apache-2.0
//! The network files in `networks/`, for people who work with zombienet.
//!
//! The tests start them with zombienet-sdk.

use anyhow::{anyhow, Context, Result};
use std::path::{Path, PathBuf};
use zombienet_sdk::NetworkConfig;

/// The network files: one for the consortium and one for each hospital chain.
pub const FILES: [&str; 3] = ["consortium.toml", "hospital-a.toml", "hospital-b.toml"];

/// The folder of the network files.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("networks")
}

/// Reads a network file.
///
/// # Errors
///
/// Fails if zombienet does not accept the file.
pub fn load(file: &str) -> Result<NetworkConfig> {
    let path = folder().join(file);
    let path = path.to_str().context("the path of the network files")?;
    NetworkConfig::load_from_toml(path).map_err(|error| anyhow!("{file}: {error}"))
}
