// SPDX-License-Identifier: Apache-2.0
//! The author's answer to the challenge of its slot.
//!
//! It is a leaf of a payload, read from the PHI store.

use bspp_primitives::conformance::{storage_response, Challenge, STORAGE_INHERENT_IDENTIFIER};
use bspp_types::{PayloadProof, H256};
use polkadot_sdk::sp_inherents;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// The reason why a challenge has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The node has no store.
    #[error("the node has no PHI store; give --phi-store")]
    NotConfigured,
    /// The store does not answer in time.
    #[error("the PHI store did not answer in time")]
    TooLate,
    /// The store does not have the payload, or has other bytes.
    #[error("{0}")]
    Failed(String),
}

/// A store of payloads, as an author reads it.
#[async_trait::async_trait]
pub trait PayloadStore: Send + Sync + 'static {
    /// The proof of the leaf that a challenge selects.
    async fn prove(&self, challenge: &Challenge) -> Result<PayloadProof, StoreError>;
}

/// A node without a store.
pub struct NoStore;

#[async_trait::async_trait]
impl PayloadStore for NoStore {
    async fn prove(&self, _: &Challenge) -> Result<PayloadProof, StoreError> {
        Err(StoreError::NotConfigured)
    }
}

/// The proof of the block that the node is making.
///
/// It waits here for the block's inherent data.
#[derive(Clone, Default)]
pub struct PendingProof(Arc<Mutex<Option<PayloadProof>>>);

impl PendingProof {
    /// Replaces the proof.
    pub fn set(&self, proof: Option<PayloadProof>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = proof;
    }

    fn get(&self) -> Option<PayloadProof> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

#[async_trait::async_trait]
impl sp_inherents::InherentDataProvider for PendingProof {
    async fn provide_inherent_data(
        &self,
        data: &mut sp_inherents::InherentData,
    ) -> Result<(), sp_inherents::Error> {
        match self.get() {
            Some(proof) => data.put_data(STORAGE_INHERENT_IDENTIFIER, &proof),
            None => Ok(()),
        }
    }

    async fn try_handle_error(
        &self,
        _: &sp_inherents::InherentIdentifier,
        _: &[u8],
    ) -> Option<Result<(), sp_inherents::Error>> {
        None
    }
}

/// Answers challenges from a store, within a time limit.
#[derive(Clone)]
pub struct Prover {
    store: Arc<dyn PayloadStore>,
    limit: Duration,
    pending: PendingProof,
}

impl Prover {
    /// Makes a prover that waits for the store no longer than `limit`.
    pub fn new(store: Arc<dyn PayloadStore>, limit: Duration, pending: PendingProof) -> Self {
        Self {
            store,
            limit,
            pending,
        }
    }

    /// A prover without a store, for a chain without records.
    pub fn none() -> Self {
        Self::new(Arc::new(NoStore), Duration::ZERO, PendingProof::default())
    }

    /// Forgets the proof of an earlier slot.
    pub fn clear(&self) {
        self.pending.set(None);
    }

    /// Answers a challenge: the commitment for the attestation. The proof waits for the block.
    ///
    /// # Errors
    ///
    /// The reason why there is no answer.
    pub async fn answer(&self, challenge: &Challenge) -> Result<H256, StoreError> {
        self.clear();
        let proof = tokio::time::timeout(self.limit, self.store.prove(challenge))
            .await
            .map_err(|_| StoreError::TooLate)??;
        // A store must not cost the block: the runtime would refuse a wrong proof.
        if !challenge.is_answered_by(&proof) {
            return Err(StoreError::Failed(
                "the PHI store gave another leaf than the one asked for".into(),
            ));
        }
        let response = storage_response(&proof);
        self.pending.set(Some(proof));
        Ok(response)
    }
}
