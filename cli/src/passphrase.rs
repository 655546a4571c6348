// SPDX-License-Identifier: Apache-2.0
//! Files encrypted under a passphrase, in the `age` format, version 1.
//!
//! Any implementation of `age` opens them: `age --decrypt FILE`.

use crate::{
    error::{CliError, CliResult},
    files,
};
use age::{
    scrypt::{Identity, Recipient},
    secrecy::SecretString,
    DecryptError,
};
use clap::Args;
use serde::{de::DeserializeOwned, Serialize};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The environment variable with the passphrase.
const VARIABLE: &str = "BSPP_PASSPHRASE";
/// Minimum length of a new passphrase, in characters (NIST SP 800-63B).
const MIN_LENGTH: usize = 8;
/// The work of one attempt: scrypt with N = 2^17, r = 8, p = 1, as OWASP recommends.
const WORK: u8 = 17;
/// Maximum work of a file that is opened: a file of another tool may ask for more.
const MAX_WORK: u8 = 20;

/// The source of the passphrase. The order is: file, environment variable, prompt.
#[derive(Args, Clone, Debug, Default)]
pub struct PassphraseArguments {
    /// File with the passphrase of wallets and key files, on its first line.
    ///
    /// Without it the command reads the environment variable BSPP_PASSPHRASE, or asks on the
    /// terminal.
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

/// A passphrase. Erased when dropped.
pub struct Passphrase(Zeroizing<String>);

impl core::fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Passphrase")
    }
}

impl PassphraseArguments {
    /// The passphrase in a file, for tests.
    #[cfg(test)]
    pub(crate) fn of_file(path: PathBuf) -> Self {
        Self {
            passphrase_file: Some(path),
        }
    }

    /// The passphrase of an existing file.
    pub fn read(&self) -> CliResult<Passphrase> {
        match self.given()? {
            Some(given) => Ok(given),
            None => ask("Passphrase: "),
        }
    }

    /// The passphrase of a new file. A prompt asks twice.
    pub fn choose(&self) -> CliResult<Passphrase> {
        if let Some(given) = self.given()? {
            return given.check();
        }
        let first = ask("New passphrase: ")?.check()?;
        if *first.0 != *ask("Again: ")?.0 {
            return Err(CliError::usage("the two passphrases differ"));
        }
        Ok(first)
    }

    fn given(&self) -> CliResult<Option<Passphrase>> {
        if let Some(path) = &self.passphrase_file {
            let bytes = files::read_secret(path)?;
            let text = core::str::from_utf8(&bytes).map_err(|_| {
                CliError::Usage(format!(
                    "the passphrase in {} is not a text",
                    path.display()
                ))
            })?;
            let line = text.lines().next().unwrap_or_default();
            return Ok(Some(Passphrase(Zeroizing::new(line.to_owned()))));
        }
        match std::env::var(VARIABLE) {
            Ok(text) => Ok(Some(Passphrase(Zeroizing::new(text)))),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(std::env::VarError::NotUnicode(_)) => Err(CliError::Usage(format!(
                "the passphrase in {VARIABLE} is not a text"
            ))),
        }
    }
}

fn ask(prompt: &str) -> CliResult<Passphrase> {
    let text = rpassword::prompt_password(prompt).map_err(|_| {
        CliError::Usage(format!(
            "there is no terminal to ask for the passphrase; give --passphrase-file or {VARIABLE}"
        ))
    })?;
    Ok(Passphrase(Zeroizing::new(text)))
}

impl Passphrase {
    fn check(self) -> CliResult<Self> {
        if self.0.chars().count() < MIN_LENGTH {
            return Err(CliError::Usage(format!(
                "a passphrase has at least {MIN_LENGTH} characters"
            )));
        }
        Ok(self)
    }

    fn secret(&self) -> SecretString {
        SecretString::from(self.0.as_str())
    }

    /// Encrypts a value as JSON.
    pub fn seal(&self, value: &impl Serialize) -> CliResult<Vec<u8>> {
        let json = Zeroizing::new(serde_json::to_vec(value).map_err(CliError::failed)?);
        let mut recipient = Recipient::new(self.secret());
        recipient.set_work_factor(WORK);
        age::encrypt(&recipient, &json)
            .map_err(|_| CliError::failed("the secret cannot be encrypted"))
    }

    /// Reads and decrypts a value from a file.
    pub fn open<T: DeserializeOwned>(&self, path: &Path) -> CliResult<T> {
        let sealed = files::read_secret(path)?;
        let mut identity = Identity::new(self.secret());
        identity.set_max_work_factor(MAX_WORK);
        let json = age::decrypt(&identity, &sealed).map_err(|error| {
            CliError::Usage(match error {
                DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => format!(
                    "{} does not open: the passphrase is wrong, or the file was changed",
                    path.display()
                ),
                DecryptError::ExcessiveWork { .. } => format!(
                    "{} asks for more work than this command does",
                    path.display()
                ),
                _ => format!(
                    "{} is not a file encrypted under a passphrase in the age format",
                    path.display()
                ),
            })
        })?;
        let json = Zeroizing::new(json);
        serde_json::from_slice(&json).map_err(|_| {
            CliError::Usage(format!(
                "{} does not have the expected content",
                path.display()
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase(Zeroizing::new(text.into()))
    }

    #[test]
    fn file_should_open_with_its_passphrase_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.age");
        let sealed = passphrase("correct horse").seal(&"battery staple").unwrap();
        assert!(sealed.starts_with(b"age-encryption.org/v1\n-> scrypt "));
        assert!(!sealed.windows(7).any(|window| window == b"battery"));
        files::write_secret(&path, &sealed).unwrap();
        let opened: String = passphrase("correct horse").open(&path).unwrap();
        assert_eq!(opened, "battery staple");
        let error = passphrase("correct house")
            .open::<String>(&path)
            .unwrap_err();
        assert!(error.to_string().contains("passphrase is wrong"), "{error}");
        files::replace_secret(&path, &sealed[..sealed.len() - 1]).unwrap();
        assert!(passphrase("correct horse").open::<String>(&path).is_err());
        files::replace_secret(&path, b"{}").unwrap();
        let error = passphrase("correct horse")
            .open::<String>(&path)
            .unwrap_err();
        assert!(error.to_string().contains("age format"), "{error}");
    }

    #[test]
    fn passphrase_should_be_the_first_line_of_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("passphrase");
        files::write_secret(&path, b"correct horse\nsecond line\n").unwrap();
        let arguments = PassphraseArguments::of_file(path);
        assert_eq!(arguments.read().unwrap().0.as_str(), "correct horse");
        assert_eq!(format!("{:?}", arguments.choose().unwrap()), "Passphrase");
    }

    #[test]
    fn new_passphrase_should_be_refused_when_short() {
        assert!(passphrase("1234567").check().is_err());
        assert!(passphrase("12345678").check().is_ok());
    }
}
