// SPDX-License-Identifier: Apache-2.0
//! The guard over the node's votes: record, database and the task that reports a silence.

use super::{
    may_vote,
    record::{Admission, File, Record, Vote},
    restart_helps, state, Position, LOG_TARGET,
};
use bspp_primitives::Hash;
use polkadot_sdk::{sc_client_api::AuxStore, sp_blockchain};
use std::{
    path::Path,
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc, Mutex, MutexGuard, PoisonError,
    },
    time::{Duration, Instant},
};

/// Time between two looks at the silence of a voter.
const EVERY: Duration = Duration::from_secs(10);
/// Time after which the node stops, if a new start ends its silence and no new round does.
const PATIENCE: Duration = Duration::from_secs(60);

/// Reads the stored state of GRANDPA's voter.
type Stored = Arc<dyn Fn() -> Option<Vec<u8>> + Send + Sync>;

/// The guard over the node's votes.
pub struct Guard {
    genesis: Hash,
    file: File,
    record: Mutex<Option<Record>>,
    stored: Stored,
    silent: AtomicBool,
}

impl Guard {
    /// Opens the record in a keystore's folder.
    ///
    /// # Errors
    ///
    /// Fails if the file exists and cannot be read. Then the node does not know how it voted.
    pub fn open<C: AuxStore + Send + Sync + 'static>(
        keystore: &Path,
        genesis: Hash,
        client: Arc<C>,
    ) -> Result<Arc<Self>, String> {
        let stored = move || client.get_aux(state::KEY).ok().flatten();
        Self::with(keystore, genesis, Arc::new(stored))
    }

    pub(super) fn with(
        keystore: &Path,
        genesis: Hash,
        stored: Stored,
    ) -> Result<Arc<Self>, String> {
        let file = File::new(keystore);
        let record = read(&file, genesis)?;
        Ok(Arc::new(Self {
            genesis,
            file,
            record: Mutex::new(record),
            stored,
            silent: AtomicBool::new(false),
        }))
    }

    fn record(&self) -> MutexGuard<'_, Option<Record>> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn position(&self) -> Option<Position> {
        Position::read(&(self.stored)()?)
    }

    /// Whether the voter may vote in the round that begins. The voter asks at each round.
    pub fn may_begin(&self) -> bool {
        let record = self.record();
        let may = record.is_none()
            || self
                .position()
                .is_some_and(|position| may_vote(record.as_ref(), &position));
        self.silent.store(!may, Ordering::Relaxed);
        may
    }

    /// Records a vote before it is signed. Returns whether it may be signed.
    pub fn admit(&self, key: [u8; 32], at: (u64, u64), vote: Vote) -> bool {
        let mut record = self.record();
        match Record::admit(record.as_ref(), self.genesis, key, at, vote) {
            Admission::Known => true,
            Admission::Refuse => {
                let (set, round) = at;
                log::error!(
                    target: LOG_TARGET,
                    "refused to sign a second vote in round {round} of set {set}"
                );
                false
            }
            Admission::Store(new) => match self.file.write(&new) {
                Ok(()) => {
                    *record = Some(new);
                    true
                }
                Err(error) => {
                    let path = self.file.path();
                    log::error!(
                        target: LOG_TARGET,
                        "refused to sign a vote that cannot be recorded: {}: {error}",
                        path.display()
                    );
                    false
                }
            },
        }
    }

    /// Reports the node's silence, and ends when only a new start of the node ends it.
    ///
    /// The task is essential, so the node stops when it ends.
    pub async fn watch(self: Arc<Self>) {
        let mut helpful_since: Option<Instant> = None;
        let mut reported = false;
        loop {
            tokio::time::sleep(EVERY).await;
            if !self.silent.load(Ordering::Relaxed) {
                if reported {
                    log::info!(target: LOG_TARGET, "voting again");
                }
                (helpful_since, reported) = (None, false);
                continue;
            }
            let record = self.record().clone();
            if !reported {
                if let Some(Record { set, round, .. }) = &record {
                    log::warn!(
                        target: LOG_TARGET,
                        "not voting: the database is younger than this node's votes in round {round} of set {set}; \
                         it votes again when that round is over"
                    );
                }
                reported = true;
            }
            let helps = self
                .position()
                .is_some_and(|position| restart_helps(record.as_ref(), &position));
            let since = helps.then(|| helpful_since.unwrap_or_else(Instant::now));
            helpful_since = since;
            if since.is_some_and(|since| since.elapsed() >= PATIENCE) {
                log::error!(
                    target: LOG_TARGET,
                    "stopping: the database has reached this node's votes, and the next start goes on from them; \
                     start the node again"
                );
                return;
            }
        }
    }
}

fn read(file: &File, genesis: Hash) -> Result<Option<Record>, String> {
    file.read(genesis).map_err(|error| {
        format!(
            "InvalidVotes: {}: {error}; without the record of its votes this node could vote twice; replace its \
             session keys, then remove the file",
            file.path().display()
        )
    })
}

/// Gives the recorded votes back to GRANDPA.
///
/// It does so if the database has reached their round without them. It must run before GRANDPA reads its state.
///
/// # Errors
///
/// Fails if the record cannot be read or the database cannot be written.
pub fn restore<C: AuxStore>(keystore: &Path, genesis: Hash, client: &C) -> Result<(), String> {
    let Some(record) = read(&File::new(keystore), genesis)? else {
        return Ok(());
    };
    let failed = |error: sp_blockchain::Error| error.to_string();
    let Some(stored) = client.get_aux(state::KEY).map_err(failed)? else {
        return Ok(());
    };
    if let Some(restored) = state::with_votes_of(&stored, &record) {
        client
            .insert_aux(&[(state::KEY, &restored[..])], &[])
            .map_err(failed)?;
        log::info!(
            target: LOG_TARGET,
            "restored this node's votes in round {} of set {}",
            record.round,
            record.set
        );
    }
    Ok(())
}
