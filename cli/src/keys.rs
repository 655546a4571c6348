// SPDX-License-Identifier: Apache-2.0
//! Key files: a doctor's keys, and the secret of an operator, an admin or a council member.

use crate::{
    error::{CliError, CliResult},
    files,
    passphrase::PassphraseArguments,
    values::hex0x,
};
use bspp_client::{Scheme, Signer};
use bspp_peks::X25519Secret;
use clap::Args;
use rand::{rngs::OsRng, RngCore};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A secret of 32 bytes in the form of a key file. `Debug` prints nothing of it.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct SecretText(String);

impl SecretText {
    /// Makes a secret from its bytes.
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(hex0x(bytes))
    }

    /// The bytes. The error names the field, never the content.
    pub fn bytes(&self, what: &str) -> CliResult<Zeroizing<[u8; 32]>> {
        let mut bytes = Zeroizing::new([0u8; 32]);
        hex::decode_to_slice(self.0.trim_start_matches("0x"), bytes.as_mut_slice()).map_err(
            |_| CliError::Usage(format!("the key file's {what} is not 32 bytes of hex")),
        )?;
        Ok(bytes)
    }

    /// The hex digits, for an output that the owner asked for.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl core::fmt::Debug for SecretText {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SecretText")
    }
}

fn random() -> Zeroizing<[u8; 32]> {
    let mut bytes = Zeroizing::new([0u8; 32]);
    OsRng.fill_bytes(bytes.as_mut_slice());
    bytes
}

/// The keys of a doctor, for a command.
#[derive(Args)]
pub struct DoctorArguments {
    /// The doctor's key file.
    #[arg(long)]
    pub key: PathBuf,
    #[command(flatten)]
    pub passphrase: PassphraseArguments,
}

/// The content of a doctor's key file, which is encrypted under a passphrase.
#[derive(Serialize, Deserialize)]
pub struct DoctorFile {
    /// The seed of the account.
    pub account_seed: SecretText,
    /// The X25519 secret.
    pub x25519_secret: SecretText,
}

/// A doctor's keys.
pub struct DoctorKeys {
    /// The key that signs requests, match proofs and receipts.
    pub signer: Signer,
    /// The key to which grants and records are encrypted.
    pub x25519: X25519Secret,
}

impl DoctorKeys {
    /// Makes new keys and writes them. It is an error if the file exists.
    pub fn create(path: &Path, passphrase: &PassphraseArguments) -> CliResult<Self> {
        let file = DoctorFile {
            account_seed: SecretText::new(&random()),
            x25519_secret: SecretText::new(&random()),
        };
        files::write_secret(path, &passphrase.choose()?.seal(&file)?)?;
        Self::from_file(&file)
    }

    /// Reads the keys.
    pub fn read(arguments: &DoctorArguments) -> CliResult<Self> {
        Self::from_file(&DoctorFile::read(arguments)?)
    }

    /// The keys in a file.
    pub fn from_file(file: &DoctorFile) -> CliResult<Self> {
        Ok(Self {
            signer: Signer::from_seed(&*file.account_seed.bytes("account_seed")?, Scheme::Sr25519),
            x25519: X25519Secret::from_bytes(*file.x25519_secret.bytes("x25519_secret")?),
        })
    }
}

impl DoctorFile {
    /// Reads the secrets.
    pub fn read(arguments: &DoctorArguments) -> CliResult<Self> {
        arguments.passphrase.read()?.open(&arguments.key)
    }
}

/// The key of an operator, an admin or a council member.
///
/// `key` is a development name such as `//Alice`, or a key file that only its owner can read.
pub fn signer(key: &str) -> CliResult<Signer> {
    if key.starts_with("//") {
        return Ok(Signer::from_suri(key, Scheme::Sr25519)?);
    }
    let path = Path::new(key);
    files::check_secret(path)?;
    Ok(Signer::from_file(path, Scheme::Sr25519)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn doctors_keys_should_be_read_as_made_and_lie_encrypted() {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("passphrase");
        files::write_secret(&secret, b"correct horse").unwrap();
        let arguments = DoctorArguments {
            key: folder.path().join("doctor.age"),
            passphrase: PassphraseArguments::of_file(secret),
        };
        let made = DoctorKeys::create(&arguments.key, &arguments.passphrase).unwrap();
        let read = DoctorKeys::read(&arguments).unwrap();
        assert_eq!(made.signer.account_bytes(), read.signer.account_bytes());
        assert_eq!(made.x25519.public(), read.x25519.public());
        let bytes = std::fs::read(&arguments.key).unwrap();
        assert!(!bytes.windows(12).any(|window| window == b"account_seed"));
        assert!(DoctorKeys::create(&arguments.key, &arguments.passphrase).is_err());
    }

    #[test]
    fn key_file_should_be_refused_when_others_have_access() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("operator.key");
        files::write_secret(&path, b"//Alice").unwrap();
        assert!(signer(path.to_str().unwrap()).is_ok());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(signer(path.to_str().unwrap()).is_err());
        assert!(signer("//Alice").is_ok());
    }
}
