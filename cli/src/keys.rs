// SPDX-License-Identifier: Apache-2.0
//! Key files: a patient's seed, a doctor's keys, an operator's secret.

use crate::{
    error::{CliError, CliResult},
    files,
    values::hex0x,
};
use bspp_client::{Scheme, Signer};
use bspp_peks::{PatientKeys, Seed, X25519Secret};
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
}

fn random() -> Zeroizing<[u8; 32]> {
    let mut bytes = Zeroizing::new([0u8; 32]);
    OsRng.fill_bytes(bytes.as_mut_slice());
    bytes
}

#[derive(Serialize, Deserialize)]
struct SeedFile {
    seed: SecretText,
}

/// Makes a wallet with a new seed. It is an error if the wallet exists.
pub fn new_wallet(wallet: &Path) -> CliResult<()> {
    files::write_secret_json(
        &seed_path(wallet),
        &SeedFile {
            seed: SecretText::new(&random()),
        },
    )
}

/// The patient's keys of a wallet.
pub fn patient_keys(wallet: &Path) -> CliResult<PatientKeys> {
    let path = seed_path(wallet);
    if !path.exists() {
        return Err(CliError::NotFound(format!(
            "there is no wallet in {}; make one with `bspp patient new`",
            wallet.display()
        )));
    }
    let file: SeedFile = files::read_json(&path)?;
    Ok(PatientKeys::from_seed(&Seed::from_bytes(
        *file.seed.bytes("seed")?,
    )))
}

fn seed_path(wallet: &Path) -> PathBuf {
    wallet.join("seed.json")
}

#[derive(Serialize, Deserialize)]
struct DoctorFile {
    account_seed: SecretText,
    x25519_secret: SecretText,
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
    pub fn create(path: &Path) -> CliResult<Self> {
        let file = DoctorFile {
            account_seed: SecretText::new(&random()),
            x25519_secret: SecretText::new(&random()),
        };
        files::write_secret_json(path, &file)?;
        Self::from_file(file)
    }

    /// Reads the keys.
    pub fn read(path: &Path) -> CliResult<Self> {
        Self::from_file(files::read_json(path)?)
    }

    fn from_file(file: DoctorFile) -> CliResult<Self> {
        Ok(Self {
            signer: Signer::from_seed(&*file.account_seed.bytes("account_seed")?, Scheme::Sr25519),
            x25519: X25519Secret::from_bytes(*file.x25519_secret.bytes("x25519_secret")?),
        })
    }
}

/// The key of an operator, an admin or a council member.
///
/// `key` is a development name such as `//Alice`, or a key file.
pub fn signer(key: &str) -> CliResult<Signer> {
    if key.starts_with("//") {
        Ok(Signer::from_suri(key, Scheme::Sr25519)?)
    } else {
        Ok(Signer::from_file(Path::new(key), Scheme::Sr25519)?)
    }
}
