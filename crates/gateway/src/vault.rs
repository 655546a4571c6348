// SPDX-License-Identifier: Apache-2.0
//! Encryption at rest: the key of this gateway, and the boxes that it seals.
//!
//! Shares and plaintext that wait in the outbox are sealed with XChaCha20-Poly1305. The key is in a
//! file of its own, apart from the data.

use crate::error::{GatewayError, Result};
use bspp_peks::blake2b_256_parts;
use chacha20poly1305::{
    aead::{Aead, KeyInit, Payload},
    XChaCha20Poly1305, XNonce,
};
use std::{io::Write, path::Path, sync::Arc};
use zeroize::Zeroizing;

const NONCE_BYTES: usize = 24;

/// Seals and opens data at rest. A clone is cheap; the `Debug` prints nothing.
#[derive(Clone)]
pub struct Vault(Arc<Zeroizing<[u8; 32]>>);

impl core::fmt::Debug for Vault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// Reads the key, or makes a key the first time.
    ///
    /// The caller knows that nothing is sealed if it lets the key be made: see
    /// [`AtRest`](crate::at_rest::AtRest).
    ///
    /// # Errors
    /// `InvalidSecret`, also if others than the owner may read the file.
    pub fn open(path: &Path) -> Result<Self> {
        let invalid =
            |reason: String| GatewayError::InvalidSecret(format!("{}: {reason}", path.display()));
        if !path.exists() {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).map_err(|e| invalid(e.to_string()))?;
            }
            let key = Zeroizing::new(rand::random::<[u8; 32]>());
            private_file(path, key.as_slice()).map_err(|e| invalid(e.to_string()))?;
            return Ok(Self(Arc::new(key)));
        }
        check_mode(path)?;
        let bytes = Zeroizing::new(std::fs::read(path).map_err(|e| invalid(e.to_string()))?);
        let key: [u8; 32] = bytes
            .as_slice()
            .try_into()
            .map_err(|_| invalid("it does not have 32 bytes".into()))?;
        Ok(Self(Arc::new(Zeroizing::new(key))))
    }

    /// Seals `plain` for one place. `place` names it, so that boxes cannot be exchanged.
    ///
    /// # Errors
    /// `OutboxFailed`. No input is known to cause this.
    pub fn seal(&self, place: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let nonce: [u8; NONCE_BYTES] = rand::random();
        let sealed = XChaCha20Poly1305::new(self.0.as_slice().into())
            .encrypt(
                XNonce::from_slice(&nonce),
                Payload {
                    msg: plain,
                    aad: place,
                },
            )
            .map_err(|_| GatewayError::Outbox("the data cannot be sealed".into()))?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// A hash that only the holder of the key can make. `place` names its use.
    ///
    /// A secret prefix makes BLAKE2b a MAC. So a thief of the data cannot try what was hashed.
    pub fn fingerprint(&self, place: &'static [u8], bytes: &[u8]) -> [u8; 32] {
        blake2b_256_parts(&[self.0.as_slice(), place, bytes])
    }

    /// A value by which a gateway recognises its key. It tells nothing about the key.
    pub fn check_value(&self) -> [u8; 32] {
        self.fingerprint(b"key check", &[])
    }

    /// Opens a box of this place.
    ///
    /// # Errors
    /// `OutboxFailed` if the box was changed, or another key sealed it.
    pub fn unseal(&self, place: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let wrong =
            || GatewayError::Outbox("sealed data were changed, or the key is another".into());
        let (nonce, ciphertext) = sealed.split_at_checked(NONCE_BYTES).ok_or_else(wrong)?;
        XChaCha20Poly1305::new(self.0.as_slice().into())
            .decrypt(
                XNonce::from_slice(nonce),
                Payload {
                    msg: ciphertext,
                    aad: place,
                },
            )
            .map(Zeroizing::new)
            .map_err(|_| wrong())
    }
}

/// Writes a new file that only its owner can read.
///
/// # Errors
/// Those of the file system.
pub(crate) fn private_file(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Refuses a secret file that others than its owner may read or write.
///
/// # Errors
/// `InvalidSecret`.
pub(crate) fn check_mode(path: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let invalid =
            |reason: String| GatewayError::InvalidSecret(format!("{}: {reason}", path.display()));
        let mode = std::fs::metadata(path)
            .map_err(|e| invalid(e.to_string()))?
            .permissions()
            .mode();
        if mode & 0o077 != 0 {
            return Err(invalid(format!(
                "other users may read the file (mode {:o}); run: chmod 600 {}",
                mode & 0o777,
                path.display()
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn box_should_open_at_its_place_with_its_key_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/vault");
        let vault = Vault::open(&path).unwrap();
        let sealed = vault.seal(b"place", b"secret").unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
        let again = Vault::open(&path).unwrap();
        assert_eq!(
            again.unseal(b"place", &sealed).unwrap().as_slice(),
            b"secret"
        );
        assert!(vault.unseal(b"other", &sealed).is_err());
        let other = Vault::open(&folder.path().join("other")).unwrap();
        assert!(other.unseal(b"place", &sealed).is_err());
        let mut changed = sealed;
        if let Some(last) = changed.last_mut() {
            *last ^= 1;
        }
        assert!(vault.unseal(b"place", &changed).is_err());
        assert!(vault.unseal(b"place", &[0; 10]).is_err());
    }

    #[test]
    fn check_value_should_be_that_of_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault");
        let check = Vault::open(&path).unwrap().check_value();
        assert_eq!(Vault::open(&path).unwrap().check_value(), check);
        let other = Vault::open(&folder.path().join("other")).unwrap();
        assert_ne!(other.check_value(), check);
        assert_ne!(other.check_value(), other.fingerprint(b"subject", &[]));
    }

    #[cfg(unix)]
    #[test]
    fn key_that_others_may_read_should_be_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault");
        Vault::open(&path).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let refused = Vault::open(&path).unwrap_err().to_string();
        assert!(refused.contains("chmod 600"), "{refused}");
    }
}
