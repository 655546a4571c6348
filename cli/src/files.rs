// SPDX-License-Identifier: Apache-2.0
//! The files of the command. Only the owner can read secrets.

use crate::error::{CliError, CliResult};
use serde::{de::DeserializeOwned, Serialize};
use std::{
    fs,
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};
use zeroize::Zeroizing;

/// Reads a whole file. The error names it.
pub fn read(path: &Path) -> CliResult<Vec<u8>> {
    fs::read(path)
        .map_err(|error| CliError::Usage(format!("cannot read {}: {error}", path.display())))
}

/// Reads a JSON file. The error names it and the place, never the content.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> CliResult<T> {
    let bytes = Zeroizing::new(read(path)?);
    serde_json::from_slice(&bytes).map_err(|error| {
        CliError::Usage(format!(
            "{} does not have the expected content (line {}, column {})",
            path.display(),
            error.line(),
            error.column()
        ))
    })
}

/// Writes a file completely or not at all.
pub fn write(path: &Path, bytes: &[u8]) -> CliResult<()> {
    write_with_mode(path, bytes, 0o644)
}

/// Writes plaintext of a record. Only the owner can read it and its folders.
pub fn write_private(path: &Path, bytes: &[u8]) -> CliResult<()> {
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|error| {
                CliError::Failed(format!("cannot make {}: {error}", folder.display()))
            })?;
    }
    write_with_mode(path, bytes, 0o600)
}

/// Writes JSON completely or not at all.
pub fn write_json(path: &Path, value: &impl Serialize) -> CliResult<()> {
    write(
        path,
        &serde_json::to_vec_pretty(value).map_err(CliError::failed)?,
    )
}

/// Writes a secret that only the owner can read. It never replaces an existing file.
pub fn write_secret_json(path: &Path, value: &impl Serialize) -> CliResult<()> {
    write_secret(
        path,
        &Zeroizing::new(serde_json::to_vec_pretty(value).map_err(CliError::failed)?),
    )
}

/// Writes a secret text that only the owner can read. It never replaces an existing file.
pub fn write_secret(path: &Path, bytes: &[u8]) -> CliResult<()> {
    if path.exists() {
        return Err(CliError::Usage(format!(
            "{} exists and may hold keys; choose another file",
            path.display()
        )));
    }
    write_with_mode(path, bytes, 0o600)
}

fn write_with_mode(path: &Path, bytes: &[u8], mode: u32) -> CliResult<()> {
    let failed = |error: std::io::Error| {
        CliError::Failed(format!("cannot write {}: {error}", path.display()))
    };
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let temporary = Path::new(&name);
    // A file that an earlier attempt left behind would keep its own mode.
    if temporary.exists() {
        fs::remove_file(temporary).map_err(failed)?;
    }
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(temporary)
        .map_err(failed)?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(failed)?;
    fs::rename(temporary, path).map_err(failed)
}
