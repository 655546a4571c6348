// SPDX-License-Identifier: Apache-2.0
//! Reading: payloads and proofs of storage, from the first store that has the right bytes.

use crate::{
    config::{check_stores, StoreConfig},
    error::{Answer, Failure, PhiStoreError, Result},
    medium::{checked, Medium},
};
use bspp_types::{PayloadProof, H256};
use futures::{stream::FuturesUnordered, StreamExt};
use std::sync::Arc;

/// Reads the stores of a hospital, and changes nothing. A clone is cheap.
#[derive(Clone, Debug)]
pub struct PhiReader {
    media: Arc<Vec<Medium>>,
}

/// An object that a store gave, checked.
pub(crate) struct Found {
    pub(crate) object: Vec<u8>,
    /// The position at which the payload begins.
    pub(crate) start: usize,
    /// The stores that were asked before.
    pub(crate) failures: Vec<Failure>,
}

impl PhiReader {
    /// Prepares the stores. Nothing is read yet.
    ///
    /// # Errors
    /// `InvalidConfig`, `InvalidSecret`.
    pub fn open(stores: &[StoreConfig]) -> Result<Self> {
        check_stores(stores)?;
        let media = stores.iter().map(Medium::new).collect::<Result<_>>()?;
        Ok(Self::over(media))
    }

    pub(crate) fn over(media: Vec<Medium>) -> Self {
        Self {
            media: Arc::new(media),
        }
    }

    pub(crate) fn media(&self) -> &[Medium] {
        &self.media
    }

    /// The stores in the order in which they are read.
    fn in_order(&self) -> Vec<&Medium> {
        let mut media: Vec<&Medium> = self.media.iter().collect();
        // The key changes with time: it is taken once.
        media.sort_by_cached_key(|medium| medium.is_read_last());
        media
    }

    /// The payload with a hash. Every byte is verified.
    ///
    /// # Errors
    /// `PayloadNotFound`, `PayloadUnreadable`.
    pub async fn get(&self, hash: H256) -> Result<Vec<u8>> {
        let mut found = self.find(hash).await?;
        Ok(found.object.split_off(found.start))
    }

    /// The object of a payload.
    pub(crate) async fn find(&self, hash: H256) -> Result<Found> {
        let mut failures = Vec::new();
        for medium in self.in_order() {
            let answer = match medium.read(&hash).await {
                Ok(object) => checked(object, hash).await,
                Err(fault) => Err(fault),
            };
            match answer {
                Ok((object, start)) => {
                    return Ok(Found {
                        object,
                        start,
                        failures,
                    })
                }
                Err(fault) => failures.push(medium.failure(fault)),
            }
        }
        Err(PhiStoreError::unread(hash, failures))
    }

    /// The proof of a leaf of a payload. `position` gives the leaf by the payload's length.
    ///
    /// It takes one read of the object's head, and one of 64 KiB unless the payload is small. All
    /// stores are asked at once, because an author has no time to wait for one that hangs.
    ///
    /// # Errors
    /// `LeafNotFound`, `PayloadNotFound`, `PayloadUnreadable`.
    pub async fn prove<P>(&self, hash: H256, position: P) -> Result<PayloadProof>
    where
        P: Fn(u32) -> u64 + Send + Sync,
    {
        let mut answers = FuturesUnordered::new();
        for medium in self.media.iter() {
            answers.push(prove_from(medium, hash, &position));
        }
        let mut failures = Vec::new();
        while let Some((medium, answer)) = answers.next().await {
            match answer {
                Ok(Ok(proof)) => return Ok(proof),
                Ok(Err(position)) => return Err(PhiStoreError::LeafNotFound { hash, position }),
                Err(fault) => failures.push(medium.failure(fault)),
            }
        }
        failures.sort_by(|one, other| one.store.cmp(&other.store));
        Err(PhiStoreError::unread(hash, failures))
    }
}

/// The answer of one store to a question for a proof, with the store.
async fn prove_from<'a>(
    medium: &'a Medium,
    hash: H256,
    position: &'a (dyn Fn(u32) -> u64 + Send + Sync),
) -> (&'a Medium, Answer<core::result::Result<PayloadProof, u64>>) {
    (medium, medium.prove(&hash, position).await)
}
