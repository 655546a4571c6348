// SPDX-License-Identifier: Apache-2.0
//! Replay: a store that is back shows its marker, and gets what it lacks.

use crate::{
    error::{Answer, Failure, Fault, PhiStoreError, Result},
    journal::Task,
    medium::{Medium, State},
    store::PhiStore,
};
use bspp_types::H256;
use object_store::PutPayload;

/// Number of tasks that are read from the journal at a time.
const TASKS: usize = 256;

/// Maximum number of failures in the outcome.
const MAX_FAILURES: usize = 100;

/// The outcome of a replay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replay {
    /// The number of changes that stores got.
    pub done: u64,
    /// The number of changes and stores that failed. The journal keeps the changes.
    pub failed: u64,
    /// The first of them.
    pub failures: Vec<Failure>,
}

impl Replay {
    fn note(&mut self, failure: Failure) {
        self.failed = self.failed.saturating_add(1);
        if self.failures.len() < MAX_FAILURES {
            self.failures.push(failure);
        }
    }
}

impl PhiStore {
    /// Brings stores back that were away, and gives each store the changes that it lacks.
    ///
    /// A daemon calls it often. It costs little when nothing is to do.
    ///
    /// # Errors
    /// `JournalFailed`.
    pub async fn replay(&self) -> Result<Replay> {
        let mut replay = Replay::default();
        for medium in self.media() {
            if matches!(medium.state(), State::Away(_)) {
                if let Err(fault) = self.welcome(medium).await? {
                    medium.set_away(&fault);
                    replay.note(medium.failure(fault));
                    continue;
                }
            }
            self.catch_up(medium, &mut replay).await?;
        }
        Ok(replay)
    }

    /// Lets a store be changed: it has the marker that it should have, and its erasures wait.
    pub(crate) async fn welcome(&self, medium: &Medium) -> Result<Answer<()>> {
        let identity = match self.identify(medium).await? {
            Ok(identity) => identity,
            Err(fault) => return Ok(Err(fault)),
        };
        let tombstones = match medium.tombstones().await {
            Ok(tombstones) => tombstones,
            Err(fault) => return Ok(Err(fault)),
        };
        let erased = self.journal().erased()?;
        let unknown = tombstones.difference(&erased).count();
        if unknown > 0 {
            tracing::warn!(
                store = medium.name(),
                unknown,
                "a PHI store has tombstones that the journal does not know; if the journal came \
                 from a backup, adopt them"
            );
        }
        // The medium may come from a backup that is older than an erasure.
        let tasks: Vec<_> = erased
            .difference(&tombstones)
            .map(|hash| (medium.name().to_owned(), *hash, Task::Erase))
            .collect();
        if !tasks.is_empty() {
            self.journal().add(&tasks)?;
        }
        medium.set_ready(identity);
        Ok(Ok(()))
    }

    /// The identity of a store: the one that the journal knows, or a new one for a new store.
    async fn identify(&self, medium: &Medium) -> Result<Answer<String>> {
        let away = |reason: &str| Ok(Err(Fault::Away(reason.to_owned())));
        let found = match medium.marker().await {
            Ok(found) => found,
            Err(fault) => return Ok(Err(fault)),
        };
        let known = self.journal().identity(medium.name())?;
        match (known, found) {
            (Some(known), Some(found)) if known == found => Ok(Ok(found)),
            (Some(_), Some(_)) => away("it has the marker of another store"),
            (Some(_), None) => away(
                "it lost its marker: the medium is not mounted, or it is a new one, which needs \
                 a new name",
            ),
            (None, Some(found)) => match self.journal().store_with(&found)? {
                Some(other) => away(&format!("it is the store {other:?} under another name")),
                None => {
                    self.journal().set_identity(medium.name(), &found)?;
                    Ok(Ok(found))
                }
            },
            (None, None) => {
                let identity = hex::encode(rand::random::<[u8; 16]>());
                if let Err(fault) = medium.mark(&identity).await {
                    return Ok(Err(fault));
                }
                self.journal().set_identity(medium.name(), &identity)?;
                Ok(Ok(identity))
            }
        }
    }

    /// Gives a store the changes that it lacks, until it fails.
    async fn catch_up(&self, medium: &Medium, replay: &mut Replay) -> Result<()> {
        let mut after = None;
        loop {
            let tasks = self.journal().waiting(medium.name(), after, TASKS)?;
            let Some((last, _)) = tasks.last() else {
                return Ok(());
            };
            after = Some(*last);
            let mut done = Vec::with_capacity(tasks.len());
            for (hash, task) in tasks {
                let outcome = match task {
                    Task::Erase => medium.erase(hash).await,
                    Task::Put => self.copy_to(medium, hash).await?,
                };
                match outcome {
                    // The deletion has a task of its own.
                    Ok(()) | Err(Fault::Erased) => done.push((hash, task)),
                    Err(fault) => replay.note(medium.failure(fault)),
                }
                if matches!(medium.state(), State::Away(_)) {
                    break;
                }
            }
            replay.done = replay.done.saturating_add(done.len() as u64);
            self.journal().done(medium.name(), &done)?;
            if matches!(medium.state(), State::Away(_)) {
                return Ok(());
            }
        }
    }

    /// Copies a payload from the other stores.
    async fn copy_to(&self, medium: &Medium, hash: H256) -> Result<Answer<()>> {
        if self.journal().is_erased(&hash)? {
            return Ok(Err(Fault::Erased));
        }
        let found = match self.reader().find(hash).await {
            Ok(found) => found,
            Err(PhiStoreError::NotFound(_)) => return Ok(Err(Fault::Missing)),
            Err(error) => return Ok(Err(Fault::Failed(error.to_string()))),
        };
        let object = PutPayload::from(found.object);
        Ok(medium.put(hash, object, self.journal()).await)
    }
}
