// SPDX-License-Identifier: Apache-2.0
//! A doctor's keys: made, shown, and stated for the operator.

use crate::{
    card::Card,
    checkpoints::DoctorCheckpoints,
    error::CliResult,
    files,
    keys::{DoctorArguments, DoctorFile, DoctorKeys, SecretText},
    output::Output,
    passphrase::PassphraseArguments,
    requester_key::RequesterKeyFile,
    values::hex0x,
};
use serde::Serialize;
use std::path::Path;

#[derive(Serialize)]
struct Identity {
    account: String,
    x25519: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_seed: Option<SecretText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    x25519_secret: Option<SecretText>,
}

impl Identity {
    fn new(keys: &DoctorKeys) -> Self {
        Self {
            account: hex0x(keys.signer.account_bytes()),
            x25519: hex0x(keys.x25519.public().0),
            account_seed: None,
            x25519_secret: None,
        }
    }

    fn lines(&self) -> Vec<String> {
        let mut lines = vec![
            format!("Account     {}", self.account),
            format!("X25519 key  {}", self.x25519),
        ];
        for (name, secret) in [
            ("Account seed", &self.account_seed),
            ("X25519 secret", &self.x25519_secret),
        ] {
            if let Some(secret) = secret {
                lines.push(format!("{name}  {}", secret.reveal()));
            }
        }
        lines
    }
}

/// Makes the keys of a doctor.
pub(super) fn new(out: &Path, passphrase: &PassphraseArguments, output: Output) -> CliResult<()> {
    let made = Identity::new(&DoctorKeys::create(out, passphrase)?);
    let mut lines = made.lines();
    lines.push("Give the account to patients. The consortium names the X25519 key.".into());
    output.result(&made, &lines)
}

/// Shows the keys of a doctor, with the secrets only if `reveal` is set.
pub(super) fn whoami(arguments: &DoctorArguments, reveal: bool, output: Output) -> CliResult<()> {
    let file = DoctorFile::read(arguments)?;
    let mut identity = Identity::new(&DoctorKeys::from_file(&file)?);
    if reveal {
        identity.account_seed = Some(file.account_seed);
        identity.x25519_secret = Some(file.x25519_secret);
    }
    let lines = identity.lines();
    output.result(&identity, &lines)
}

/// Signs the statement of the doctor's X25519 key, for the operator of the hospital.
///
/// It also keeps the checkpoint of the card: from it the doctor follows the consortium.
pub(super) fn requester_key(
    arguments: &DoctorArguments,
    card: &Path,
    out: Option<&Path>,
    output: Output,
) -> CliResult<()> {
    let card = Card::read(card)?;
    let keys = DoctorKeys::read(arguments)?;
    DoctorCheckpoints::read(&arguments.key)?.keep(&card.checkpoint()?)?;
    let file = RequesterKeyFile::sign(&keys, &card.chain()?, &card.hospital()?);
    let lines = match out {
        Some(path) => {
            files::write_json(path, &file)?;
            vec![format!(
                "The statement is in {}: hand it to the operator of {}.",
                path.display(),
                card.name
            )]
        }
        // Without a file the statement itself is the output.
        None => file.lines()?,
    };
    output.result(&file, &lines)
}
