// SPDX-License-Identifier: Apache-2.0
//! Transactions after the pool has accepted them, and their outcome in a block.

use crate::{chain::*, error::*, events::Event};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use std::time::Duration;
use subxt::rpcs::{client::RpcSubscription, methods::legacy::TransactionStatus};

/// Maximum time for which the client waits for inclusion or finality.
const PATIENCE: Duration = Duration::from_secs(600);
/// The interval at which the client reads blocks when the pool no longer sends a status.
const POLL: Duration = Duration::from_millis(1000);

/// A transaction in a block.
#[derive(Clone, Debug)]
pub struct Included {
    /// The hash of the block.
    pub block: H256,
    /// The height of the block.
    pub number: u32,
    /// The index in the block.
    pub extrinsic: u32,
    /// The events of the transaction.
    pub events: Vec<Event>,
}

impl Included {
    /// The first event with these names.
    pub fn event(&self, pallet: &str, name: &str) -> Option<&Event> {
        self.events.iter().find(|event| event.is(pallet, name))
    }
}

/// A transaction that the pool has accepted.
pub struct Pending {
    pub(crate) sent: Sent,
    pub(crate) watch: Option<RpcSubscription<TransactionStatus<H256>>>,
}

/// A transaction and the first block that may include it.
pub(crate) struct Sent {
    pub(crate) client: ChainClient,
    pub(crate) bytes: Vec<u8>,
    /// A height; no block below it can include the transaction.
    pub(crate) from: u32,
    /// The number of blocks for which the transaction is valid.
    pub(crate) blocks: u64,
}

impl Pending {
    /// The hash of the extrinsic.
    pub fn hash(&self) -> H256 {
        blake2_256(&self.sent.bytes).into()
    }

    /// Waits for inclusion in a block, and returns the outcome there.
    ///
    /// The block may still be abandoned.
    ///
    /// # Errors
    /// `DispatchFailed`, `TransactionDropped`, `TransactionExpired`, `TimeExpired`, and those of
    /// the connection.
    pub async fn in_block(&mut self) -> Result<Included> {
        let waiting = self.wait(false);
        let block = within("inclusion in a block", PATIENCE, waiting).await?;
        self.sent.outcome(block).await
    }

    /// Waits for inclusion in a finalized block, and returns the outcome there.
    ///
    /// # Errors
    /// As [`Self::in_block`].
    pub async fn finalized(&mut self) -> Result<Included> {
        let waiting = self.wait(true);
        let block = within("finality", PATIENCE, waiting).await?;
        self.sent.outcome(block).await
    }

    async fn wait(&mut self, finality: bool) -> Result<H256> {
        while let Some(watch) = self.watch.as_mut() {
            match watch.next().await {
                Some(Ok(TransactionStatus::InBlock(hash))) if !finality => return Ok(hash),
                Some(Ok(TransactionStatus::Finalized(hash))) => {
                    self.watch = None;
                    return Ok(hash);
                }
                Some(Ok(TransactionStatus::Invalid)) => {
                    return Err(dropped("it became invalid in the pool"));
                }
                Some(Ok(TransactionStatus::Usurped(_))) => {
                    return Err(dropped(
                        "another transaction with the same nonce replaced it",
                    ));
                }
                Some(Ok(
                    TransactionStatus::Future
                    | TransactionStatus::Ready
                    | TransactionStatus::Broadcast(_)
                    | TransactionStatus::InBlock(_)
                    | TransactionStatus::Retracted(_),
                )) => {}
                // The pool forgot the transaction, or the connection broke. A block may still
                // include it, so the client reads the blocks.
                Some(Ok(TransactionStatus::Dropped | TransactionStatus::FinalityTimeout(_)))
                | Some(Err(_))
                | None => self.watch = None,
            }
        }
        self.sent.search(finality).await
    }
}

impl Sent {
    /// Searches for the transaction in the blocks in which it was valid.
    async fn search(&self, finality: bool) -> Result<H256> {
        let last = self
            .from
            .saturating_add(u32::try_from(self.blocks).unwrap_or(u32::MAX));
        let mut next = self.from;
        loop {
            let head = if finality {
                self.client.finalized_number().await
            } else {
                self.client.best_number().await
            };
            let head = match head {
                Ok(head) => head,
                Err(error) if error.is_transient() => {
                    tokio::time::sleep(POLL).await;
                    continue;
                }
                Err(error) => return Err(error),
            };
            while next <= head {
                if next > last {
                    return Err(ClientError::TransactionExpired {
                        blocks: self.blocks,
                    });
                }
                if let Some(hash) = self.client.block_hash(next).await? {
                    let block = self.client.block(At::Block(hash)).await?;
                    if block.extrinsics.contains(&self.bytes) {
                        return Ok(hash);
                    }
                }
                next = next.saturating_add(1);
            }
            tokio::time::sleep(POLL).await;
        }
    }

    async fn outcome(&self, hash: H256) -> Result<Included> {
        let block = self.client.block(At::Block(hash)).await?;
        let number = block.header.number;
        let extrinsic = block
            .extrinsics
            .iter()
            .position(|bytes| *bytes == self.bytes)
            .and_then(|index| u32::try_from(index).ok())
            .ok_or_else(|| ClientError::InvalidAnswer {
                what: format!("block {hash:?}"),
                reason: "the transaction is not in it".into(),
            })?;
        let events = self.client.extrinsic_events(hash, extrinsic).await?;
        match self.client.failure(hash, &events).await? {
            Some(failure) => Err(ClientError::DispatchFailed {
                failure,
                block: number,
                extrinsic,
            }),
            None => Ok(Included {
                block: hash,
                number,
                extrinsic,
                events,
            }),
        }
    }
}

fn dropped(reason: &str) -> ClientError {
    ClientError::TransactionDropped {
        reason: reason.to_owned(),
    }
}
