// SPDX-License-Identifier: Apache-2.0
//! Keys that sign transactions.

use crate::{config::BsppConfig, error::*};
use core::fmt;
use sp_core::{crypto::Ss58Codec, ed25519, sr25519, Pair};
use sp_runtime::{traits::IdentifyAccount, AccountId32, MultiSignature, MultiSigner};
use std::path::Path;
use zeroize::Zeroizing;

/// The signature scheme of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Schnorrkel over Ristretto.
    Sr25519,
    /// Ed25519, RFC 8032.
    Ed25519,
}

#[derive(Clone)]
enum Key {
    Sr25519(Box<sr25519::Pair>),
    Ed25519(Box<ed25519::Pair>),
}

/// An account with its secret. `Debug` prints only the account.
#[derive(Clone)]
pub struct Signer {
    key: Key,
    account: AccountId32,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.account.to_ss58check())
    }
}

impl Signer {
    fn from_key(key: Key) -> Self {
        let signer = match &key {
            Key::Sr25519(pair) => MultiSigner::from(pair.public()),
            Key::Ed25519(pair) => MultiSigner::from(pair.public()),
        };
        Self {
            key,
            account: signer.into_account(),
        }
    }

    /// The key of a secret URI: a mnemonic, a hex seed, or a development name such as `//Alice`.
    ///
    /// # Errors
    /// `InvalidSecret`. The error never contains the secret.
    pub fn from_suri(suri: &str, scheme: Scheme) -> Result<Self> {
        let invalid =
            |_| ClientError::InvalidSecret("not a mnemonic, seed or derivation path".into());
        Ok(Self::from_key(match scheme {
            Scheme::Sr25519 => Key::Sr25519(Box::new(
                sr25519::Pair::from_string(suri, None).map_err(invalid)?,
            )),
            Scheme::Ed25519 => Key::Ed25519(Box::new(
                ed25519::Pair::from_string(suri, None).map_err(invalid)?,
            )),
        }))
    }

    /// The key of a 32-byte seed.
    pub fn from_seed(seed: &[u8; 32], scheme: Scheme) -> Self {
        Self::from_key(match scheme {
            Scheme::Sr25519 => Key::Sr25519(Box::new(sr25519::Pair::from_seed(seed))),
            Scheme::Ed25519 => Key::Ed25519(Box::new(ed25519::Pair::from_seed(seed))),
        })
    }

    /// Reads a key file: 32 raw bytes, or text with a secret URI.
    ///
    /// A secret URI is 64 hex digits with or without `0x`, a mnemonic, or a name such as `//Alice`.
    ///
    /// # Errors
    /// `InvalidSecret` if the file cannot be read or has neither form.
    pub fn from_file(path: &Path, scheme: Scheme) -> Result<Self> {
        let bytes = Zeroizing::new(
            std::fs::read(path)
                .map_err(|e| ClientError::InvalidSecret(format!("{}: {e}", path.display())))?,
        );
        if let Ok(seed) = <&[u8; 32]>::try_from(bytes.as_slice()) {
            return Ok(Self::from_seed(seed, scheme));
        }
        let text = core::str::from_utf8(&bytes)
            .map_err(|_| ClientError::InvalidSecret(format!("{}: not a key file", path.display())))?
            .trim();
        let is_bare_hex = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if is_bare_hex {
            return Self::from_suri(&Zeroizing::new(format!("0x{text}")), scheme);
        }
        Self::from_suri(text, scheme)
    }

    /// The account.
    pub fn account(&self) -> &AccountId32 {
        &self.account
    }

    /// The bytes of the account, which are its public key.
    pub fn account_bytes(&self) -> [u8; 32] {
        self.account.clone().into()
    }

    /// Signs the bytes without change.
    pub fn sign_bytes(&self, message: &[u8]) -> MultiSignature {
        match &self.key {
            Key::Sr25519(pair) => pair.sign(message).into(),
            Key::Ed25519(pair) => pair.sign(message).into(),
        }
    }
}

impl subxt::tx::Signer<BsppConfig> for Signer {
    fn account_id(&self) -> subxt::utils::AccountId32 {
        subxt::utils::AccountId32(self.account_bytes())
    }

    fn sign(&self, payload: &[u8]) -> subxt::utils::MultiSignature {
        use subxt::utils::MultiSignature;
        match &self.key {
            Key::Sr25519(pair) => MultiSignature::Sr25519(pair.sign(payload).0),
            Key::Ed25519(pair) => MultiSignature::Ed25519(pair.sign(payload).0),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use sp_runtime::traits::Verify;

    #[test]
    fn from_file_should_read_every_form() {
        let dir = std::env::temp_dir().join(format!("bspp-signer-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let path = dir.join("key");
        let seed = [7u8; 32];
        let expected = Signer::from_seed(&seed, Scheme::Sr25519).account_bytes();
        for content in [
            seed.to_vec(),
            hex::encode(seed).into_bytes(),
            format!("0x{}\n", hex::encode(seed)).into_bytes(),
        ] {
            std::fs::write(&path, content).unwrap();
            assert_eq!(
                Signer::from_file(&path, Scheme::Sr25519)
                    .unwrap()
                    .account_bytes(),
                expected
            );
        }
        std::fs::write(&path, b"//Alice").unwrap();
        assert_eq!(
            Signer::from_file(&path, Scheme::Sr25519)
                .unwrap()
                .account()
                .to_ss58check(),
            "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
        );
        std::fs::write(&path, b"not a key").unwrap();
        let error = Signer::from_file(&path, Scheme::Sr25519).unwrap_err();
        assert!(matches!(error, ClientError::InvalidSecret(_)));
        assert!(!error.to_string().contains("not a key"));
        std::fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn debug_should_print_the_account_only() {
        let signer = Signer::from_suri("//Alice", Scheme::Sr25519).unwrap();
        assert_eq!(
            format!("{signer:?}"),
            "Signer(5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY)"
        );
    }

    #[test]
    fn both_schemes_should_sign() {
        for scheme in [Scheme::Sr25519, Scheme::Ed25519] {
            let signer = Signer::from_seed(&[9; 32], scheme);
            assert!(signer
                .sign_bytes(b"message")
                .verify(&b"message"[..], signer.account()));
            assert!(!signer
                .sign_bytes(b"message")
                .verify(&b"other"[..], signer.account()));
        }
    }
}
