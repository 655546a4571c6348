// SPDX-License-Identifier: Apache-2.0
//! The newest known anchor, in a file that outlives the database.

use bspp_rpc_types::NotedAnchor;
use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

/// Name of the file in the keystore's folder.
///
/// The keystore ignores names that are not hexadecimal.
const NAME: &str = "anchor.json";

/// The file with the anchor.
#[derive(Clone, Debug)]
pub struct File {
    folder: PathBuf,
}

impl File {
    /// The file in a keystore's folder.
    pub fn new(keystore: &Path) -> Self {
        Self {
            folder: keystore.to_owned(),
        }
    }

    /// The path of the file.
    pub fn path(&self) -> PathBuf {
        self.folder.join(NAME)
    }

    /// Reads the anchor. `None` if there is no file.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read, or does not contain exactly an anchor.
    pub fn read(&self) -> io::Result<Option<NotedAnchor>> {
        match fs::read(self.path()) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Stores the anchor. It is on the medium when the function returns.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be written.
    pub fn write(&self, anchor: &NotedAnchor) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let new = self.folder.join(format!("{NAME}.new"));
        let mut file = fs::File::create(&new)?;
        file.write_all(&serde_json::to_vec_pretty(anchor)?)?;
        file.sync_all()?;
        fs::rename(&new, self.path())?;
        fs::File::open(&self.folder)?.sync_all()
    }
}
