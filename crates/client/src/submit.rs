// SPDX-License-Identifier: Apache-2.0
//! Signing, submitting and following transactions.

use crate::{
    call::Call,
    chain::*,
    config::{params as extension_params, MORTALITY_BLOCKS},
    error::*,
    events::Event,
    signer::Signer,
};
use sp_core::{Bytes, H256};
use sp_io::hashing::blake2_256;
use std::time::Duration;
use subxt::ext::subxt_rpcs::{client::RpcSubscription, methods::legacy::TransactionStatus};

/// How often a refused nonce is tried again: another process may use the same key.
const NONCE_ATTEMPTS: u32 = 5;
/// How long inclusion or finality may take before it is given up.
const PATIENCE: Duration = Duration::from_secs(600);
/// How often blocks are looked through when the pool says nothing any more.
const POLL: Duration = Duration::from_millis(1000);

/// A transaction in a block.
#[derive(Clone, Debug)]
pub struct Included {
    /// Hash of the block.
    pub block: H256,
    /// Height of the block.
    pub number: u32,
    /// Index in the block.
    pub extrinsic: u32,
    /// Events it caused.
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
    sent: Sent,
    watch: Option<RpcSubscription<TransactionStatus<H256>>>,
}

/// A transaction and where to look for it.
struct Sent {
    client: ChainClient,
    bytes: Vec<u8>,
    /// A height below which it cannot stand in a block.
    from: u32,
}

impl Pending {
    /// Hash of the extrinsic.
    pub fn hash(&self) -> H256 {
        blake2_256(&self.sent.bytes).into()
    }

    /// Waits until it is in a block, and says how it went there. The block may still be abandoned.
    ///
    /// # Errors
    /// `DispatchFailed`, `TransactionDropped`, `TransactionExpired`, `TimeExpired`, and those of the connection.
    pub async fn in_block(&mut self) -> Result<Included> {
        let waiting = self.wait(false);
        let block = ChainClient::within("inclusion in a block", PATIENCE, waiting).await?;
        self.sent.outcome(block).await
    }

    /// Waits until it is in a final block, and says how it went there.
    ///
    /// # Errors
    /// As [`Self::in_block`].
    pub async fn finalized(&mut self) -> Result<Included> {
        let waiting = self.wait(true);
        let block = ChainClient::within("finality", PATIENCE, waiting).await?;
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
                // The pool forgot it, or the connection broke: it may be in a block all the same. Look.
                Some(Ok(TransactionStatus::Dropped | TransactionStatus::FinalityTimeout(_)))
                | Some(Err(_))
                | None => self.watch = None,
            }
        }
        self.sent.search(finality).await
    }
}

impl Sent {
    /// Looks for the transaction in the blocks in which it was valid.
    async fn search(&self, finality: bool) -> Result<H256> {
        let last = self
            .from
            .saturating_add(u32::try_from(MORTALITY_BLOCKS).unwrap_or(u32::MAX));
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
                        blocks: MORTALITY_BLOCKS,
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
        match self.client.failure(&events)? {
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

/// Code in the pool's `Custom error: n`.
fn custom_code(message: &str) -> Option<u8> {
    let (_, rest) = message.split_once("Custom error: ")?;
    rest.split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

/// JSON-RPC codes of `author_submit…` that speak of the transaction (`sc-rpc-api`'s author errors).
const POOL_CODES: core::ops::RangeInclusive<i32> = 1010..=1022;
/// The transaction is in the pool already.
const ALREADY_IMPORTED: i32 = 1013;
/// A transaction with the same nonce is in the pool.
const TOO_LOW_PRIORITY: i32 = 1014;
/// The transaction was banned for a while, having been refused before.
const TEMPORARILY_BANNED: i32 = 1012;

impl ChainClient {
    /// The bytes that the runtime decodes as this call.
    ///
    /// # Errors
    /// `CallNotFound`.
    pub fn encode_call(&self, call: &Call) -> Result<Vec<u8>> {
        call.encode_for(&self.metadata())
    }

    /// Signs a call as the account's next transaction and hands it to the pool. Concurrent calls through clones of this
    /// client keep the order in which they took their nonces.
    ///
    /// # Errors
    /// `CallNotFound`, `InvalidTransaction`, `TransactionRefused`, and those of the connection.
    pub async fn submit(&self, call: &Call, signer: &Signer) -> Result<Pending> {
        self.encode_call(call)?;
        let _order = self.submission.lock().await;
        let mut attempt = 0u32;
        loop {
            let nonce = self.next_nonce(signer.account()).await?;
            let (bytes, from) = self.sign(call, signer, nonce).await?;
            attempt = attempt.saturating_add(1);
            match self.submit_bytes(bytes, from).await {
                Err(error) if attempt < NONCE_ATTEMPTS && is_nonce_race(&error) => {
                    tracing::debug!(%error, nonce, "nonce taken, trying the next");
                    tokio::time::sleep(Duration::from_millis(300)).await;
                }
                result => return result,
            }
        }
    }

    /// The block from which a transaction is valid: a final one, which cannot be abandoned, unless finality lags so far that
    /// the transaction would soon be too old.
    async fn born(&self) -> Result<(u32, H256)> {
        const LAG: u32 = 16;
        let finalized = self.header(At::Finalized).await?;
        let best = self.header(At::Best).await?;
        let header = if best.number > finalized.number.saturating_add(LAG) {
            best
        } else {
            finalized
        };
        Ok((header.number, header.hash()))
    }

    async fn sign(&self, call: &Call, signer: &Signer, nonce: u64) -> Result<(Vec<u8>, u32)> {
        let born = self.born().await?;
        let mut partial = self
            .online
            .tx()
            .create_v4_partial_offline(call, extension_params(nonce, born))
            .map_err(|e| ClientError::InvalidTransaction(e.to_string()))?;
        Ok((partial.sign(signer).into_encoded(), born.0))
    }

    /// Submits a call that the runtime authorizes by what stands in it (`#[pallet::authorize]`): no account, no signature of
    /// the transaction. A "general" transaction of extrinsic format 5.
    ///
    /// # Errors
    /// As [`Self::submit`].
    pub async fn submit_authorized(&self, call: &Call) -> Result<Pending> {
        self.encode_call(call)?;
        let born = self.born().await?;
        let state = subxt::client::OfflineClientT::client_state(&self.online);
        let general =
            subxt::ext::subxt_core::tx::create_v5_general(call, &state, extension_params(0, born))
                .map_err(|e| ClientError::InvalidTransaction(e.to_string()))?;
        self.submit_bytes(general.to_transaction().into_encoded(), born.0)
            .await
    }

    /// Hands an extrinsic to the pool as it is. `from` is a height below which it cannot stand in a block.
    ///
    /// # Errors
    /// `TransactionRefused`, and those of the connection.
    pub async fn submit_bytes(&self, bytes: Vec<u8>, from: u32) -> Result<Pending> {
        let watch = self
            .subscribe(
                "author_submitAndWatchExtrinsic",
                params![Bytes(bytes.clone())],
                "author_unwatchExtrinsic",
            )
            .await;
        let watch = match watch {
            Ok(watch) => Some(watch),
            Err(ClientError::RpcRefused {
                code: ALREADY_IMPORTED,
                ..
            }) => None,
            Err(ClientError::RpcRefused { code, message, .. }) if POOL_CODES.contains(&code) => {
                let custom = custom_code(&message);
                let reason = format!("{message} ({code})");
                return Err(ClientError::TransactionRefused { reason, custom });
            }
            Err(other) => return Err(other),
        };
        Ok(Pending {
            sent: Sent {
                client: self.clone(),
                bytes,
                from,
            },
            watch,
        })
    }

    /// [`Self::submit`], then waits for a block.
    ///
    /// # Errors
    /// Those of [`Self::submit`] and [`Pending::in_block`].
    pub async fn submit_in_block(&self, call: &Call, signer: &Signer) -> Result<Included> {
        self.submit(call, signer).await?.in_block().await
    }

    /// [`Self::submit`], then waits for finality.
    ///
    /// # Errors
    /// Those of [`Self::submit`] and [`Pending::finalized`].
    pub async fn submit_and_finalize(&self, call: &Call, signer: &Signer) -> Result<Included> {
        self.submit(call, signer).await?.finalized().await
    }
}

/// Whether the pool refused because another transaction took the nonce meanwhile.
fn is_nonce_race(error: &ClientError) -> bool {
    match error {
        ClientError::TransactionRefused { reason, .. } => {
            reason.contains(&format!("({TOO_LOW_PRIORITY})"))
                || reason.contains(&format!("({TEMPORARILY_BANNED})"))
                || reason.contains("outdated")
                || reason.contains("Stale")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn custom_code_should_be_found_in_the_pools_words() {
        assert_eq!(
            custom_code("Invalid Transaction: Custom error: 12"),
            Some(12)
        );
        assert_eq!(
            custom_code("Invalid Transaction: Transaction is outdated"),
            None
        );
        assert_eq!(custom_code("Custom error: 999"), None);
    }

    #[test]
    fn nonce_races_should_be_told_from_other_refusals() {
        let refusal = |reason: &str| ClientError::TransactionRefused {
            reason: reason.into(),
            custom: custom_code(reason),
        };
        assert!(is_nonce_race(&refusal(
            "Priority is too low: (12 vs 12) (1014)"
        )));
        assert!(is_nonce_race(&refusal(
            "Invalid Transaction: Transaction is outdated (1010)"
        )));
        assert!(!is_nonce_race(&refusal(
            "Invalid Transaction: Custom error: 1 (1010)"
        )));
    }
}
