// SPDX-License-Identifier: Apache-2.0
//! The hospital's X25519 secrets.

use crate::{
    error::{GatewayError, Result},
    vault::check_mode,
};
use bspp_peks::X25519Secret;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Secrets, found by their public keys. `Debug` prints nothing of them.
pub struct EncryptionSecrets(Vec<X25519Secret>);

impl core::fmt::Debug for EncryptionSecrets {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "EncryptionSecrets({})", self.0.len())
    }
}

impl EncryptionSecrets {
    /// Reads all files.
    ///
    /// # Errors
    /// `InvalidSecret`.
    pub fn from_files(paths: &[PathBuf]) -> Result<Self> {
        paths
            .iter()
            .map(|path| read_x25519(path))
            .collect::<Result<_>>()
            .map(Self)
    }

    /// All secrets.
    pub fn all(&self) -> impl Iterator<Item = &X25519Secret> {
        self.0.iter()
    }

    /// Secrets that the caller has read.
    pub fn new(secrets: Vec<X25519Secret>) -> Self {
        Self(secrets)
    }

    /// The secret of a public key.
    pub fn find(&self, public: &[u8; 32]) -> Option<&X25519Secret> {
        self.0.iter().find(|secret| secret.public().0 == *public)
    }
}

/// Reads an X25519 secret: 32 raw bytes, or 64 hex digits with or without `0x`.
///
/// # Errors
/// `InvalidSecret`. The error never contains the content.
pub fn read_x25519(path: &Path) -> Result<X25519Secret> {
    let invalid =
        |reason: &str| GatewayError::InvalidSecret(format!("{}: {reason}", path.display()));
    check_mode(path)?;
    let bytes = Zeroizing::new(std::fs::read(path).map_err(|e| invalid(&e.to_string()))?);
    if let Ok(raw) = <[u8; 32]>::try_from(bytes.as_slice()) {
        return Ok(X25519Secret::from_bytes(*Zeroizing::new(raw)));
    }
    let text = core::str::from_utf8(&bytes)
        .map_err(|_| invalid("not an X25519 secret"))?
        .trim();
    let mut raw = Zeroizing::new([0u8; 32]);
    hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), raw.as_mut_slice())
        .map_err(|_| invalid("not an X25519 secret"))?;
    Ok(X25519Secret::from_bytes(*raw))
}
