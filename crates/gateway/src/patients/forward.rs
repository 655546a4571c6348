// SPDX-License-Identifier: Apache-2.0
//! Wishes on their way to their chains.
//!
//! Each chain and each account has a lane of its own. A lane that waits, for example for a chain that
//! makes no blocks, holds back no other one.

use crate::{
    clock,
    error::{GatewayError, Result},
    outbox::{Forward, Outbox},
    ports::{PatientRegistry, RequestView},
};
use bspp_client::Result as ChainResult;
use bspp_types::{day_start, Ed25519Key, RequestId};
use codec::Encode;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{sync::Semaphore, task::JoinSet, time::timeout};

/// The time for which a round waits for its lanes. Those that need longer go on without it.
const ROUND: Duration = Duration::from_secs(1);
/// Maximum number of lanes of one kind that talk to a chain at a time.
const MAX_LANES: usize = 32;
/// The same for tombstones, which are transactions of the busy operator.
const MAX_TOMBSTONE_LANES: usize = 4;

/// A wish with its key in the outbox.
type Waiting = ([u8; 32], Forward);

/// The part of a wish that names it. The same wish with another time is the same wish.
///
/// The order of these keys is the order of the wishes of a lane: the rises of an account by version.
pub(super) fn wish_key(wish: &Forward) -> Vec<u8> {
    match wish {
        Forward::Tombstone { authority, .. } => (0u8, authority).encode(),
        Forward::Revocation { request, .. } => (1u8, request).encode(),
        Forward::LabelVersion {
            account, version, ..
        } => (2u8, account, version.to_be_bytes()).encode(),
    }
}

/// Wishes that wait for each other, and for no others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Lane {
    /// Revocation of an opened request, for the consortium.
    Revocation(RequestId),
    /// Tombstones that an account asked for, for the consortium.
    Tombstones(Ed25519Key),
    /// Rises of an account, for the hospital chain.
    Rises(Ed25519Key),
}

impl Lane {
    fn of(wish: &Forward) -> Self {
        match wish {
            Forward::Tombstone { account, .. } => Self::Tombstones(*account),
            Forward::Revocation { request, .. } => Self::Revocation(*request),
            Forward::LabelVersion { account, .. } => Self::Rises(*account),
        }
    }
}

/// Brings wishes to their chains.
pub(super) struct Forwarder<V, P> {
    lanes: Arc<Lanes<V, P>>,
    /// The lanes that run. They end with the forwarder.
    running: tokio::sync::Mutex<JoinSet<()>>,
}

impl<V: RequestView + 'static, P: PatientRegistry + 'static> Forwarder<V, P> {
    pub(super) fn new(view: Arc<V>, chain_side: Arc<P>, outbox: Outbox) -> Self {
        Self {
            lanes: Arc::new(Lanes {
                view,
                chain_side,
                outbox,
                busy: Mutex::default(),
                failures: Mutex::default(),
                revocations: Semaphore::new(MAX_LANES),
                tombstones: Semaphore::new(MAX_TOMBSTONE_LANES),
                rises: Semaphore::new(MAX_LANES),
            }),
            running: tokio::sync::Mutex::default(),
        }
    }

    /// Brings waiting wishes to their chains, and waits for a short time.
    ///
    /// # Errors
    /// `OutboxFailed`, and the first failure of a lane since the last call.
    pub(super) async fn forward(&self) -> Result<()> {
        let mut waiting: BTreeMap<Lane, Vec<Waiting>> = BTreeMap::new();
        for (id, wish) in self.lanes.outbox.forwards()? {
            let lane = Lane::of(&wish);
            waiting.entry(lane).or_default().push((id, wish));
        }
        let mut running = self.running.lock().await;
        for (lane, mut wishes) in waiting {
            wishes.sort_by_cached_key(|(_, wish)| wish_key(wish));
            if let Some(turn) = Turn::take(&self.lanes, lane) {
                running.spawn(turn.bring(wishes));
            }
        }
        let ended = timeout(ROUND, async {
            while running.join_next().await.is_some() {}
        })
        .await;
        if ended.is_err() {
            tracing::debug!("some wishes still wait for their chains");
        }
        let failures = core::mem::take(&mut *locked(&self.lanes.failures));
        failures.into_values().next().map_or(Ok(()), Err)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Lanes<V, P> {
    view: Arc<V>,
    chain_side: Arc<P>,
    outbox: Outbox,
    /// The lanes that run.
    busy: Mutex<BTreeSet<Lane>>,
    /// The failures of lanes, until the next round tells them.
    failures: Mutex<BTreeMap<Lane, GatewayError>>,
    revocations: Semaphore,
    tombstones: Semaphore,
    rises: Semaphore,
}

/// The turn of a lane. No lane has two at a time.
struct Turn<V, P> {
    lanes: Arc<Lanes<V, P>>,
    lane: Lane,
}

impl<V, P> Turn<V, P> {
    /// `None` if the lane runs.
    fn take(lanes: &Arc<Lanes<V, P>>, lane: Lane) -> Option<Self> {
        locked(&lanes.busy).insert(lane).then(|| Self {
            lanes: Arc::clone(lanes),
            lane,
        })
    }
}

impl<V, P> Drop for Turn<V, P> {
    fn drop(&mut self) {
        locked(&self.lanes.busy).remove(&self.lane);
    }
}

impl<V: RequestView, P: PatientRegistry> Turn<V, P> {
    /// Brings the wishes of the lane to their chain, in order.
    ///
    /// A wish that its chain does not take now stays: it holds here in any case, and the refusal may be
    /// of this moment, for example a used-up quota.
    async fn bring(self, wishes: Vec<Waiting>) {
        let lanes = &self.lanes;
        let places = match self.lane {
            Lane::Revocation(_) => &lanes.revocations,
            Lane::Tombstones(_) => &lanes.tombstones,
            Lane::Rises(_) => &lanes.rises,
        };
        // Nobody closes a semaphore, so this waits for a place.
        let _place = places.acquire().await;
        for (id, wish) in wishes {
            let brought = match lanes.bring(&wish).await {
                Ok(true) => lanes.outbox.remove_forward(&id),
                Ok(false) => Ok(()),
                Err(error) => Err(error.into()),
            };
            if let Err(error) = brought {
                locked(&lanes.failures).insert(self.lane, error);
                // The chain takes a version only after the one before it.
                if matches!(self.lane, Lane::Rises(_)) {
                    return;
                }
            }
        }
    }
}

impl<V: RequestView, P: PatientRegistry> Lanes<V, P> {
    /// Brings a wish to its chain. Returns whether it holds in finalized state.
    async fn bring(&self, wish: &Forward) -> ChainResult<bool> {
        match wish {
            Forward::Tombstone {
                authority,
                expiry,
                signature,
                ..
            } => {
                if day_start(*expiry) <= clock::now() {
                    return Ok(true);
                }
                self.view
                    .file_tombstone(authority, *expiry, *signature)
                    .await
            }
            Forward::Revocation { request, signature } => {
                self.view.forward_revocation(*request, *signature).await
            }
            Forward::LabelVersion {
                account,
                version,
                revoke_before,
                signature,
                ..
            } => {
                self.chain_side
                    .raise_label_version(*account, *version, *revoke_before, *signature)
                    .await
            }
        }
    }
}
