// SPDX-License-Identifier: Apache-2.0
//! The folder of a store: it must be on its own medium, and deletions must be durable.

use crate::{
    error::Fault,
    place::{payload, payloads_from, MARKER},
};
use bspp_types::H256;
use object_store::path::Path;
use std::{
    fs::File,
    io::{Error, ErrorKind},
    path::PathBuf,
    time::{Duration, SystemTime},
};

/// Age at which a file that an interrupted write left is deleted.
const STAGED_FOR: Duration = Duration::from_secs(3_600);

/// The folder of a store.
#[derive(Clone, Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self(root)
    }

    fn path(&self, place: &Path) -> PathBuf {
        let mut path = self.0.clone();
        path.extend(place.as_ref().split('/'));
        path
    }

    /// Fails if the folder does not have the store's marker.
    ///
    /// An unmounted medium leaves an empty folder on another medium: payloads must not go there.
    pub(crate) async fn check(&self, identity: &str) -> Result<(), Fault> {
        let found = tokio::fs::read_to_string(self.0.join(MARKER)).await;
        match found {
            Ok(found) if found == identity => Ok(()),
            Ok(_) => Err(Fault::Away("the folder belongs to another store".into())),
            Err(error) => Err(Fault::Away(format!(
                "the folder lost its marker; is the medium mounted? {error}"
            ))),
        }
    }

    /// Makes a deletion durable, and deletes the rest of an interrupted write.
    pub(crate) async fn settle(&self, hash: &H256) -> Result<(), Fault> {
        let path = self.path(&payload(hash));
        blocking(move || {
            let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
                return Ok(());
            };
            let prefix = format!("{}#", name.to_string_lossy());
            let files = match std::fs::read_dir(parent) {
                Ok(files) => files,
                // Nothing was ever written there.
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
                Err(error) => return Err(error),
            };
            for file in files {
                let file = file?;
                if file.file_name().to_string_lossy().starts_with(&prefix) {
                    gone(std::fs::remove_file(file.path()))?;
                }
            }
            File::open(parent)?.sync_all()
        })
        .await
    }

    /// Deletes what interrupted writes left long ago, among payloads that begin with a byte.
    pub(crate) async fn sweep(&self, first: u8) -> Result<(), Fault> {
        let path = self.path(&payloads_from(first));
        blocking(move || {
            let folders = match std::fs::read_dir(path) {
                Ok(folders) => folders,
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
                Err(error) => return Err(error),
            };
            for folder in folders {
                let folder = folder?;
                if !folder.file_type()?.is_dir() {
                    continue;
                }
                for file in std::fs::read_dir(folder.path())? {
                    let file = file?;
                    if file.file_name().to_string_lossy().contains('#') && is_old(&file)? {
                        gone(std::fs::remove_file(file.path()))?;
                    }
                }
            }
            Ok(())
        })
        .await
    }
}

fn is_old(file: &std::fs::DirEntry) -> Result<bool, Error> {
    let metadata = match file.metadata() {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let age = SystemTime::now().duration_since(metadata.modified()?);
    Ok(age.is_ok_and(|age| age > STAGED_FOR))
}

/// A file that is gone already need not be deleted.
fn gone(outcome: Result<(), Error>) -> Result<(), Error> {
    match outcome {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

async fn blocking<W>(work: W) -> Result<(), Fault>
where
    W: FnOnce() -> Result<(), Error> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Fault::Failed(error.to_string())),
        Err(error) => Err(Fault::Failed(error.to_string())),
    }
}
