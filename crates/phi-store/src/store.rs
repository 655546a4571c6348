// SPDX-License-Identifier: Apache-2.0
//! The PHI store: writes to all stores, counts those that are durable, and erases.

use crate::{
    config::PhiStoreConfig,
    error::{Answer, Failure, Fault, PhiStoreError, Result},
    journal::{Journal, Task},
    medium::{Medium, State},
    object,
    reader::{Found, PhiReader},
    status::{Status, StoreStatus},
};
use bspp_types::H256;
use futures::future::join_all;
use object_store::PutPayload;
use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Mutex;

/// Time between two attempts to bring stores back for a write that needs them.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(5);

/// The hospital's stores, with the right to change them. A clone is cheap.
#[derive(Clone, Debug)]
pub struct PhiStore {
    reader: PhiReader,
    journal: Arc<Journal>,
    quorum: usize,
    names: Arc<Vec<String>>,
    /// The time at which stores that are away were asked.
    asked: Arc<Mutex<Option<Instant>>>,
}

/// A payload that counts as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its hash.
    pub hash: H256,
    /// The number of stores in which it is durable.
    pub stores: usize,
    /// The stores that lack it. The journal has the writes.
    pub lacking: Vec<Failure>,
}

/// A payload that is erased: no store gives it any more, and nothing writes it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// Its hash.
    pub hash: H256,
    /// The stores that may still have its bytes. The journal has the deletions.
    pub lacking: Vec<Failure>,
}

impl PhiStore {
    /// Opens the journal, asks each store for its marker, and replays erasures.
    ///
    /// A store that does not answer is away: it gets its changes when it is back.
    ///
    /// # Errors
    /// `InvalidConfig`, `InvalidSecret`, `JournalInUse`, `JournalFailed`.
    pub async fn open(config: &PhiStoreConfig) -> Result<Self> {
        config.check()?;
        let media = config
            .stores
            .iter()
            .map(Medium::new)
            .collect::<Result<Vec<_>>>()?;
        let journal = Journal::open(&config.journal)?;
        let store = Self::over(media, journal, config.quorum);
        store.replay().await?;
        Ok(store)
    }

    pub(crate) fn over(media: Vec<Medium>, journal: Journal, quorum: usize) -> Self {
        let names = media.iter().map(|one| one.name().to_owned()).collect();
        Self {
            reader: PhiReader::over(media),
            journal: Arc::new(journal),
            quorum,
            names: Arc::new(names),
            asked: Arc::default(),
        }
    }

    pub(crate) fn media(&self) -> &[Medium] {
        self.reader.media()
    }

    pub(crate) fn journal(&self) -> &Arc<Journal> {
        &self.journal
    }

    /// A reader of the same stores.
    ///
    /// It does not know the journal, so it gives out an erased payload that a store still has.
    pub fn reader(&self) -> PhiReader {
        self.reader.clone()
    }

    fn is_ready(medium: &Medium) -> bool {
        matches!(medium.state(), State::Ready(_))
    }

    /// Asks stores that are away for their markers, if too few are ready for a write.
    async fn gather(&self) -> Result<()> {
        let ready = || {
            self.media()
                .iter()
                .filter(|one| Self::is_ready(one))
                .count()
        };
        if ready() >= self.quorum {
            return Ok(());
        }
        let mut asked = self.asked.lock().await;
        if ready() >= self.quorum || asked.is_some_and(|at| at.elapsed() < ASK_AGAIN_AFTER) {
            return Ok(());
        }
        let away: Vec<&Medium> = self
            .media()
            .iter()
            .filter(|one| !Self::is_ready(one))
            .collect();
        for medium in away {
            if let Err(fault) = self.welcome(medium).await? {
                medium.set_away(&fault);
            }
        }
        *asked = Some(Instant::now());
        Ok(())
    }

    /// Writes a payload to all stores. It is durable in enough of them when the method returns.
    ///
    /// A repetition changes nothing. After an error some stores may have the payload: the caller
    /// repeats the write, or erases the payload.
    ///
    /// # Errors
    /// `InvalidLength`, `PayloadErased`, `QuorumNotReached`, `JournalFailed`, `Stopped`.
    pub async fn put(&self, payload: Vec<u8>) -> Result<Stored> {
        let encoded = tokio::task::spawn_blocking(move || object::encode(&payload)).await;
        let (hash, object) = encoded.map_err(|e| PhiStoreError::Stopped(e.to_string()))??;
        if self.journal.is_erased(&hash)? {
            return Err(PhiStoreError::Erased(hash));
        }
        self.gather().await?;
        let object = PutPayload::from(object);
        let writes = self
            .media()
            .iter()
            .map(|medium| medium.put(hash, object.clone(), &self.journal));
        let failures = self.failures(join_all(writes).await);
        let reached = self.media().len().saturating_sub(failures.len());
        if failures.iter().any(|one| one.fault == Fault::Erased) {
            return Err(PhiStoreError::Erased(hash));
        }
        if reached < self.quorum {
            return Err(PhiStoreError::QuorumNotReached {
                hash,
                reached,
                quorum: self.quorum,
                failures,
            });
        }
        if !failures.is_empty() {
            let tasks: Vec<_> = failures
                .iter()
                .map(|failure| (failure.store.clone(), hash, Task::Put))
                .collect();
            self.journal.add(&tasks)?;
        }
        Ok(Stored {
            hash,
            stores: reached,
            lacking: failures,
        })
    }

    fn failures(&self, outcomes: Vec<Answer<()>>) -> Vec<Failure> {
        let outcomes = self.media().iter().zip(outcomes);
        outcomes
            .filter_map(|(medium, outcome)| outcome.err().map(|fault| medium.failure(fault)))
            .collect()
    }

    /// The payload with a hash. Every byte is verified.
    ///
    /// A store that was asked and lacks the payload, or has other bytes, gets it again.
    ///
    /// # Errors
    /// `PayloadErased`, `PayloadNotFound`, `PayloadUnreadable`, `JournalFailed`.
    pub async fn get(&self, hash: H256) -> Result<Vec<u8>> {
        if self.journal.is_erased(&hash)? {
            return Err(PhiStoreError::Erased(hash));
        }
        let Found {
            mut object,
            start,
            failures,
        } = self.reader.find(hash).await?;
        if failures.iter().any(|one| one.fault.can_be_repaired()) {
            self.repair(hash, &object, &failures).await;
        }
        Ok(object.split_off(start))
    }

    /// Writes a payload to the stores that lack it: those that have it now, and the failures.
    pub(crate) async fn repair(
        &self,
        hash: H256,
        object: &[u8],
        failures: &[Failure],
    ) -> (Vec<String>, Vec<Failure>) {
        let object = PutPayload::from(object.to_vec());
        let (mut repaired, mut left) = (Vec::new(), Vec::new());
        for failure in failures {
            let medium = self.media().iter().find(|one| one.name() == failure.store);
            let Some(medium) = medium.filter(|_| failure.fault.can_be_repaired()) else {
                left.push(failure.clone());
                continue;
            };
            match medium.put(hash, object.clone(), &self.journal).await {
                Ok(()) => {
                    tracing::warn!(%failure, ?hash, "a PHI store got a payload again");
                    repaired.push(failure.store.clone());
                }
                Err(fault) => {
                    let failure = medium.failure(fault);
                    tracing::warn!(%failure, ?hash, "a PHI store does not take a payload again");
                    left.push(failure);
                }
            }
        }
        (repaired, left)
    }

    /// Erases a payload for ever.
    ///
    /// The erasure is durable in the journal when the method returns, and deleted in all stores
    /// but those in the result. [`Self::replay`] deletes it there. A payload that nobody stored is
    /// erased too: it can never be stored.
    ///
    /// # Errors
    /// `JournalFailed`: the payload is not erased.
    pub async fn delete(&self, hash: H256) -> Result<Erasure> {
        self.journal.erase(&BTreeSet::from([hash]), &self.names)?;
        let deletions = self.media().iter().map(|medium| medium.erase(hash));
        let outcomes = join_all(deletions).await;
        for (medium, outcome) in self.media().iter().zip(&outcomes) {
            if outcome.is_ok() {
                self.journal.done(medium.name(), &[(hash, Task::Erase)])?;
            }
        }
        Ok(Erasure {
            hash,
            lacking: self.failures(outcomes),
        })
    }

    /// Erases what stores have tombstones of and the journal does not know.
    ///
    /// After the loss of the journal, or its return from an old backup, an operator decides: a
    /// thief of one store's key can make tombstones too. The result is the number of payloads.
    ///
    /// # Errors
    /// `JournalFailed`.
    pub async fn adopt_erasures(&self) -> Result<usize> {
        let known = self.journal.erased()?;
        let mut unknown = BTreeSet::new();
        for medium in self.media() {
            if let Ok(tombstones) = medium.tombstones().await {
                unknown.extend(tombstones.difference(&known).copied());
            }
        }
        self.journal.erase(&unknown, &self.names)?;
        self.replay().await?;
        Ok(unknown.len())
    }

    /// The state of all stores.
    ///
    /// # Errors
    /// `JournalFailed`.
    pub fn status(&self) -> Result<Status> {
        let stores = self
            .media()
            .iter()
            .map(|medium| {
                let counts = self.journal.counts(medium.name())?;
                Ok(StoreStatus {
                    name: medium.name().to_owned(),
                    away: match medium.state() {
                        State::Ready(_) => None,
                        State::Away(reason) => Some(reason),
                    },
                    waiting_puts: counts.puts,
                    waiting_erasures: counts.erasures,
                })
            })
            .collect::<Result<_>>()?;
        Ok(Status {
            stores,
            quorum: self.quorum,
            erased: self.journal.erased_count()?,
        })
    }
}
