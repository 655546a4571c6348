// SPDX-License-Identifier: Apache-2.0
//! One store: its objects, and whether it may be changed.

use crate::{
    config::{absolute, StoreConfig, StorePlace},
    error::{Answer, Failure, Fault, PhiStoreError},
    folder::Folder,
    journal::Journal,
    object::{self, Head, MAX_HEAD_BYTES, MAX_OBJECT_BYTES},
    place,
};
use bspp_types::{PayloadProof, H256};
use futures::StreamExt;
use object_store::{
    local::LocalFileSystem, path::Path, prefix::PrefixStore, GetOptions, ObjectStore,
    ObjectStoreExt, PutPayload,
};
use std::{
    collections::BTreeSet,
    fmt,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::Semaphore;

/// Number of locks, each for the payloads with some first bytes of their hashes.
const LOCKS: usize = 256;
/// Maximum number of changes that one store has not finished.
const MAX_CHANGES: usize = 64;
/// Maximum size of a marker.
const MAX_MARKER_BYTES: u64 = 64;
/// Time for which a store that failed is read last.
const LAST_FOR: Duration = Duration::from_secs(30);

/// Whether a store may be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It has the marker with this identity.
    Ready(String),
    /// It failed, or was not asked for its marker yet.
    Away(String),
}

/// One store.
pub(crate) struct Medium {
    name: String,
    objects: Arc<dyn ObjectStore>,
    folder: Option<Folder>,
    limit: Duration,
    locks: Vec<Arc<tokio::sync::Mutex<()>>>,
    changes: Arc<Semaphore>,
    state: Mutex<State>,
    failed_at: Mutex<Option<Instant>>,
}

impl fmt::Debug for Medium {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Medium({})", self.name)
    }
}

fn get<T: Clone>(value: &Mutex<T>) -> T {
    value.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn set<T>(value: &Mutex<T>, new: T) {
    *value.lock().unwrap_or_else(PoisonError::into_inner) = new;
}

impl Medium {
    /// Prepares a store. Nothing is read or written yet.
    pub(crate) fn new(config: &StoreConfig) -> Result<Self, PhiStoreError> {
        match &config.place {
            StorePlace::Folder(folder) => {
                let root = absolute(folder)?;
                let prefix = Path::from_absolute_path(&root).map_err(|e| {
                    PhiStoreError::InvalidConfig(format!("store {:?}: {e}", config.name))
                })?;
                let files = LocalFileSystem::new().with_fsync(true);
                let objects = Arc::new(PrefixStore::new(files, prefix));
                let folder = Some(Folder::new(root));
                Ok(Self::over(&config.name, objects, folder, config.limit()))
            }
            #[cfg(feature = "s3")]
            StorePlace::S3(place) => {
                let objects = crate::s3::open(&config.name, place, config.limit())?;
                Ok(Self::over(&config.name, objects, None, config.limit()))
            }
            #[cfg(not(feature = "s3"))]
            StorePlace::S3(_) => Err(PhiStoreError::InvalidConfig(format!(
                "store {:?}: this build has no S3; build it with the feature `s3`",
                config.name
            ))),
        }
    }

    /// A store over any objects.
    pub(crate) fn over(
        name: &str,
        objects: Arc<dyn ObjectStore>,
        folder: Option<Folder>,
        limit: Duration,
    ) -> Self {
        Self {
            name: name.to_owned(),
            objects,
            folder,
            limit,
            locks: (0..LOCKS).map(|_| Arc::default()).collect(),
            changes: Arc::new(Semaphore::new(MAX_CHANGES)),
            state: Mutex::new(State::Away("it was not asked yet".into())),
            failed_at: Mutex::new(None),
        }
    }

    /// The name of the store.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// A failure of this store.
    pub(crate) fn failure(&self, fault: Fault) -> Failure {
        Failure {
            store: self.name.clone(),
            fault,
        }
    }

    pub(crate) fn state(&self) -> State {
        get(&self.state)
    }

    pub(crate) fn set_ready(&self, identity: String) {
        set(&self.state, State::Ready(identity));
    }

    pub(crate) fn set_away(&self, fault: &Fault) {
        let reason = match fault {
            Fault::Away(reason) => reason.clone(),
            other => other.to_string(),
        };
        set(&self.state, State::Away(reason));
    }

    /// The identity of a store that may be changed.
    fn ready(&self) -> Answer<String> {
        match self.state() {
            State::Ready(identity) => Ok(identity),
            State::Away(reason) => Err(Fault::Away(reason)),
        }
    }

    /// Whether the store failed a short time ago, so that the others are read first.
    pub(crate) fn is_read_last(&self) -> bool {
        get(&self.failed_at).is_some_and(|at| at.elapsed() < LAST_FOR)
    }

    /// Notes that the store failed. It must show its marker again before it is changed.
    fn note<T>(&self, outcome: &Answer<T>) {
        if let Err(fault @ (Fault::TooLate(_) | Fault::Failed(_) | Fault::Away(_))) = outcome {
            tracing::warn!(store = self.name, %fault, "a PHI store failed");
            set(&self.failed_at, Some(Instant::now()));
            self.set_away(fault);
        }
    }

    /// Asks the store, within its time.
    async fn ask<T>(&self, question: impl Future<Output = object_store::Result<T>>) -> Answer<T> {
        let outcome = match tokio::time::timeout(self.limit, question).await {
            Err(_) => Err(Fault::TooLate(self.limit)),
            Ok(answer) => answer.map_err(Fault::from),
        };
        self.note(&outcome);
        outcome
    }

    /// The object of a payload, unchecked.
    pub(crate) async fn read(&self, hash: &H256) -> Answer<Vec<u8>> {
        let path = place::payload(hash);
        let bytes = self
            .ask(async {
                let found = self.objects.get(&path).await?;
                if found.meta.size > MAX_OBJECT_BYTES {
                    return Ok(None);
                }
                found.bytes().await.map(Some)
            })
            .await?;
        bytes
            .map(Vec::from)
            .ok_or(Fault::Corrupt("it is larger than any payload"))
    }

    /// The proof of a leaf, whose position follows from the length of the payload.
    ///
    /// The result is the position alone if the payload has no such leaf.
    pub(crate) async fn prove(
        &self,
        hash: &H256,
        position: &(dyn Fn(u32) -> u64 + Send + Sync),
    ) -> Answer<Result<PayloadProof, u64>> {
        let path = place::payload(hash);
        let options = GetOptions::new().with_range(Some(0..MAX_HEAD_BYTES));
        let (start, size) = self
            .ask(async {
                match self.objects.get_opts(&path, options).await {
                    Ok(found) => {
                        let size = found.meta.size;
                        Ok((found.bytes().await?, size))
                    }
                    Err(error @ object_store::Error::NotFound { .. }) => Err(error),
                    // A range of an empty object is an error, but the store did not fail.
                    Err(error) => match self.objects.head(&path).await {
                        Ok(object) if object.size == 0 => Ok(Default::default()),
                        _ => Err(error),
                    },
                }
            })
            .await?;
        let head = Head::read(&start, hash)?;
        if size != head.object_size() {
            return Err(Fault::Corrupt("its size is not that of its payload"));
        }
        let position = position(head.length());
        let Some(range) = head.piece_with(position) else {
            return Ok(Err(position));
        };
        let inside = |at: u64| usize::try_from(at).ok();
        // The first read has all of a small payload.
        let near = inside(range.start)
            .zip(inside(range.end))
            .and_then(|(from, to)| start.get(from..to));
        let proof = match near {
            Some(piece) => head.prove(piece, position)?,
            None => {
                let piece = self.ask(self.objects.get_range(&path, range)).await?;
                head.prove(&piece, position)?
            }
        };
        Ok(proof.ok_or(position))
    }

    /// Runs a change of one payload to its end, also when it takes too long for the caller.
    ///
    /// Changes of a payload follow each other. So a late write never comes after a deletion.
    async fn change(
        &self,
        hash: &H256,
        change: impl Future<Output = Answer<()>> + Send + 'static,
    ) -> Answer<()> {
        let [first, ..] = hash.0;
        let lock = self.locks.get(usize::from(first)).cloned();
        let changes = Arc::clone(&self.changes);
        let run = async {
            let Ok(permit) = changes.acquire_owned().await else {
                return Err(Fault::Away("the store is closed".into()));
            };
            let task = tokio::spawn(async move {
                let _permit = permit;
                let _held = match lock {
                    Some(lock) => Some(lock.lock_owned().await),
                    None => None,
                };
                change.await
            });
            task.await
                .unwrap_or_else(|error| Err(Fault::Failed(error.to_string())))
        };
        let outcome = tokio::time::timeout(self.limit, run)
            .await
            .unwrap_or(Err(Fault::TooLate(self.limit)));
        self.note(&outcome);
        outcome
    }

    /// Writes the object of a payload. It is durable when the method returns.
    pub(crate) async fn put(
        &self,
        hash: H256,
        object: PutPayload,
        journal: &Arc<Journal>,
    ) -> Answer<()> {
        let identity = self.ready()?;
        let (objects, folder) = (Arc::clone(&self.objects), self.folder.clone());
        let journal = Arc::clone(journal);
        let change = async move {
            if let Some(folder) = &folder {
                folder.check(&identity).await?;
            }
            let is_erased = journal
                .is_erased(&hash)
                .map_err(|e| Fault::Failed(e.to_string()))?;
            if is_erased {
                return Err(Fault::Erased);
            }
            let written = objects.put(&place::payload(&hash), object).await;
            written.map(drop).map_err(unwritten)
        };
        self.change(&hash, change).await
    }

    /// Deletes a payload and leaves a tombstone. Both are durable when the method returns.
    pub(crate) async fn erase(&self, hash: H256) -> Answer<()> {
        let identity = self.ready()?;
        let (objects, folder) = (Arc::clone(&self.objects), self.folder.clone());
        let change = async move {
            if let Some(folder) = &folder {
                folder.check(&identity).await?;
            }
            let tombstone = PutPayload::from_static(b"erased\n");
            let written = objects.put(&place::tombstone(&hash), tombstone).await;
            written.map_err(unwritten)?;
            match objects.delete(&place::payload(&hash)).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
            if let Some(folder) = &folder {
                folder.settle(&hash).await?;
            }
            Ok::<(), Fault>(())
        };
        self.change(&hash, change).await
    }

    /// The identity in the store's marker. `None` if the store has no marker.
    pub(crate) async fn marker(&self) -> Answer<Option<String>> {
        let path = Path::from(place::MARKER);
        let found = self
            .ask(async {
                let found = self.objects.get(&path).await?;
                if found.meta.size > MAX_MARKER_BYTES {
                    return Ok(None);
                }
                found.bytes().await.map(Some)
            })
            .await;
        match found {
            Ok(bytes) => {
                let text = bytes.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
                text.map(Some)
                    .ok_or_else(|| Fault::Away("its marker is not one of a PHI store".into()))
            }
            Err(Fault::Missing) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Writes the marker of a store that never had one.
    pub(crate) async fn mark(&self, identity: &str) -> Answer<()> {
        let path = Path::from(place::MARKER);
        let marker = PutPayload::from(identity.to_owned());
        let written = self.ask(self.objects.put(&path, marker)).await;
        match written {
            Err(Fault::Missing) => Err(Fault::Away("it does not exist".into())),
            other => other.map(drop),
        }
    }

    /// The payloads that have a tombstone.
    pub(crate) async fn tombstones(&self) -> Answer<BTreeSet<H256>> {
        self.list(Path::from(place::ERASED)).await
    }

    /// The payloads whose hashes begin with a byte.
    pub(crate) async fn payloads(&self, first: u8) -> Answer<BTreeSet<H256>> {
        if let (Some(folder), State::Ready(_)) = (&self.folder, self.state()) {
            if let Err(fault) = folder.sweep(first).await {
                tracing::warn!(store = self.name, %fault, "unfinished writes stay");
            }
        }
        self.list(place::payloads_from(first)).await
    }

    /// The hashes in a room. Each object must come within the store's time.
    async fn list(&self, room: Path) -> Answer<BTreeSet<H256>> {
        let mut objects = self.objects.list(Some(&room));
        let mut hashes = BTreeSet::new();
        loop {
            match self.ask(async { objects.next().await.transpose() }).await? {
                Some(object) => hashes.extend(place::hash_of(&object.location)),
                None => return Ok(hashes),
            }
        }
    }
}

/// The fault of a write. A bucket that does not exist is not a payload that is missing.
fn unwritten(error: object_store::Error) -> Fault {
    Fault::Failed(error.to_string())
}

/// Checks a whole object away from the threads that serve others.
pub(crate) async fn checked(object: Vec<u8>, hash: H256) -> Answer<(Vec<u8>, usize)> {
    let work = move || object::check(&object, &hash).map(|start| (object, start));
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(Fault::Failed(error.to_string())))
}
