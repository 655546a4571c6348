// SPDX-License-Identifier: Apache-2.0
//! The files of the command. Only the owner can read secrets.

use crate::error::{CliError, CliResult};
use serde::{de::DeserializeOwned, Serialize};
use std::{
    fs,
    io::{Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::Path,
};
use zeroize::Zeroizing;

/// Maximum size of a file with a secret, in bytes.
const MAX_SECRET: u64 = 64 * 1024 * 1024;

/// Reads a whole file. The error names it.
pub fn read(path: &Path) -> CliResult<Vec<u8>> {
    fs::read(path)
        .map_err(|error| CliError::Usage(format!("cannot read {}: {error}", path.display())))
}

/// Reads a file with a secret. It is refused if others than the owner have access to it.
pub fn read_secret(path: &Path) -> CliResult<Zeroizing<Vec<u8>>> {
    let failed =
        |error: std::io::Error| CliError::Usage(format!("cannot read {}: {error}", path.display()));
    let file = fs::File::open(path).map_err(failed)?;
    let found = file.metadata().map_err(failed)?;
    // A pipe has no mode that means anything; the shell makes it for one reader.
    if found.is_file() {
        check_mode(path, found.permissions().mode())?;
    }
    // Enough space from the beginning: a vector that grows leaves copies behind.
    let size = usize::try_from(found.len().min(MAX_SECRET)).unwrap_or(0);
    let mut bytes = Zeroizing::new(Vec::with_capacity(size.saturating_add(4096)));
    file.take(MAX_SECRET)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    Ok(bytes)
}

/// Checks that only the owner has access to a file with a secret.
pub fn check_secret(path: &Path) -> CliResult<()> {
    let found = fs::metadata(path)
        .map_err(|error| CliError::Usage(format!("cannot read {}: {error}", path.display())))?;
    if !found.is_file() {
        return Ok(());
    }
    check_mode(path, found.permissions().mode())
}

fn check_mode(path: &Path, mode: u32) -> CliResult<()> {
    let mode = mode & 0o7777;
    if matches!(mode, 0o600 | 0o400) {
        return Ok(());
    }
    Err(CliError::Usage(format!(
        "{} has a secret and mode {mode:04o}: only its owner may have access. \
         If no stranger has read it: chmod 600 {}",
        path.display(),
        path.display()
    )))
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

/// Replaces a file with a secret completely or not at all.
pub fn replace_secret(path: &Path, bytes: &[u8]) -> CliResult<()> {
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
    fs::rename(temporary, path).map_err(failed)?;
    // The new name must survive a loss of power, as the content does.
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(failed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn secret_should_be_refused_when_others_have_access() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        write_secret(&path, b"secret").unwrap();
        for mode in [0o600, 0o400] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(read_secret(&path).unwrap().as_slice(), b"secret");
            assert!(check_secret(&path).is_ok());
        }
        for mode in [0o644, 0o640, 0o604, 0o660, 0o700, 0o602] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let error = read_secret(&path).unwrap_err().to_string();
            assert!(error.contains("chmod 600"), "{error}");
            assert!(check_secret(&path).is_err());
        }
    }

    #[test]
    fn secret_should_not_replace_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        write_secret(&path, b"first").unwrap();
        assert!(write_secret(&path, b"second").is_err());
        assert_eq!(read_secret(&path).unwrap().as_slice(), b"first");
        replace_secret(&path, b"third").unwrap();
        assert_eq!(read_secret(&path).unwrap().as_slice(), b"third");
    }
}
