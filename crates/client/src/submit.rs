// SPDX-License-Identifier: Apache-2.0
//! Signs transactions and submits them to the pool.

use crate::{
    call::Call,
    chain::*,
    config::{params as extension_params, BsppConfig},
    error::*,
    pending::{Included, Pending, Sent},
    signer::Signer,
};
use sp_core::{Bytes, H256};
use std::time::Duration;
use subxt::{
    config::{ClientState, DefaultTransactionExtensions, TransactionExtensions as _},
    ext::frame_decode::extrinsics::encode_v5_general,
};

/// The transaction extensions of both chains.
type Extensions = DefaultTransactionExtensions<BsppConfig>;

/// The number of attempts after a refused nonce.
///
/// Another process may use the same key.
const NONCE_ATTEMPTS: u32 = 5;

/// The code in the pool's `Custom error: n`.
fn custom_code(message: &str) -> Option<u8> {
    let (_, rest) = message.split_once("Custom error: ")?;
    rest.split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

/// The JSON-RPC codes of `author_submit…` that refuse the transaction.
///
/// They are the author errors of `sc-rpc-api`.
const POOL_CODES: core::ops::RangeInclusive<i32> = 1010..=1022;
/// The transaction is in the pool already.
const ALREADY_IMPORTED: i32 = 1013;
/// A transaction with the same nonce is in the pool.
const TOO_LOW_PRIORITY: i32 = 1014;
/// The transaction is banned for a while, because it was refused before.
const TEMPORARILY_BANNED: i32 = 1012;

/// The height and the hash of the block from which a transaction is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Birth(u32, H256);

impl ChainClient {
    /// The bytes that the runtime decodes as this call.
    ///
    /// # Errors
    /// `CallNotFound`.
    pub async fn encode_call(&self, call: &Call) -> Result<Vec<u8>> {
        call.encode_for(self.at_best().await?.metadata_ref())
    }

    /// Signs a call as the account's next transaction and submits it to the pool.
    ///
    /// Concurrent calls through clones of this client keep the order in which they took their
    /// nonces.
    ///
    /// # Errors
    /// `CallNotFound`, `InvalidTransaction`, `TransactionRefused`, and those of the connection.
    pub async fn submit(&self, call: &Call, signer: &Signer) -> Result<Pending> {
        self.submit_for(call, signer, self.mortality()).await
    }

    /// [`Self::submit`], with a transaction that is valid for a number of blocks.
    ///
    /// The number is a power of two, and not more than the chain's own number for transactions.
    ///
    /// # Errors
    /// Those of [`Self::submit`].
    pub async fn submit_for(&self, call: &Call, signer: &Signer, blocks: u64) -> Result<Pending> {
        self.submit_born(call, signer, None, blocks).await
    }

    /// [`Self::submit_for`], with a transaction that is valid from a birth on.
    ///
    /// Transactions of one birth and one number of blocks expire together: none of them stays valid
    /// behind a gap of nonces that an earlier one has left.
    ///
    /// # Errors
    /// Those of [`Self::submit`].
    pub async fn submit_from(
        &self,
        call: &Call,
        signer: &Signer,
        birth: Birth,
        blocks: u64,
    ) -> Result<Pending> {
        self.submit_born(call, signer, Some(birth), blocks).await
    }

    async fn submit_born(
        &self,
        call: &Call,
        signer: &Signer,
        birth: Option<Birth>,
        blocks: u64,
    ) -> Result<Pending> {
        self.encode_call(call).await?;
        let _order = self.submission.lock().await;
        let mut attempt = 0u32;
        loop {
            let nonce = self.next_nonce(signer.account()).await?;
            let birth = match birth {
                Some(birth) => birth,
                None => self.birth().await?,
            };
            let bytes = self.sign(call, signer, nonce, (birth, blocks)).await?;
            attempt = attempt.saturating_add(1);
            match self.submit_mortal(bytes, birth.0, blocks).await {
                Err(error) if attempt < NONCE_ATTEMPTS && is_nonce_race(&error) => {
                    tracing::debug!(%error, nonce, "nonce taken, trying the next");
                    tokio::time::sleep(Duration::from_millis(300)).await;
                }
                result => return result,
            }
        }
    }

    /// The block from which a transaction that is signed now is valid.
    ///
    /// It is a finalized block, which cannot be abandoned. If finality lags so much that the
    /// transaction would soon be too old, it is a newer block.
    ///
    /// # Errors
    /// Those of the connection.
    pub async fn birth(&self) -> Result<Birth> {
        const LAG: u32 = 16;
        let finalized = self.header(At::Finalized).await?;
        let best = self.header(At::Best).await?;
        let header = if best.number > finalized.number.saturating_add(LAG) {
            best
        } else {
            finalized
        };
        Ok(Birth(header.number, header.hash()))
    }

    async fn sign(
        &self,
        call: &Call,
        signer: &Signer,
        nonce: u64,
        (birth, blocks): (Birth, u64),
    ) -> Result<Vec<u8>> {
        let params = extension_params(nonce, (birth.0, birth.1), blocks);
        let signed = self
            .at_best()
            .await?
            .tx()
            .create_v4_signable_offline(call, params)
            .and_then(|mut transaction| transaction.sign(signer))
            .map_err(|e| ClientError::InvalidTransaction(e.to_string()))?;
        Ok(signed.into_encoded())
    }

    /// Submits a call that the runtime authorizes by its content (`#[pallet::authorize]`).
    ///
    /// The transaction has no account and no signature: it is a "general" transaction of extrinsic
    /// format 5.
    ///
    /// # Errors
    /// As [`Self::submit`].
    pub async fn submit_authorized(&self, call: &Call) -> Result<Pending> {
        let best = self.at_best().await?;
        call.encode_for(best.metadata_ref())?;
        let birth = self.birth().await?;
        let params = extension_params(0, (birth.0, birth.1), self.mortality());
        let state = ClientState {
            genesis_hash: self.genesis_hash(),
            spec_version: best.spec_version(),
            transaction_version: best.transaction_version(),
            metadata: best.metadata(),
        };
        let invalid = |reason: String| ClientError::InvalidTransaction(reason);
        let extensions = Extensions::new(&state, params).map_err(|e| invalid(e.to_string()))?;
        let metadata = best.metadata_ref();
        let general = encode_v5_general(
            call.pallet,
            call.call,
            call,
            metadata
                .extrinsic()
                .transaction_extension_version_to_use_for_encoding(),
            &extensions,
            metadata,
            metadata.types(),
        )
        .map_err(|e| invalid(e.to_string()))?;
        self.submit_bytes(general, birth.0).await
    }

    /// Submits an extrinsic to the pool without change.
    ///
    /// No block below the height `from` can include it.
    ///
    /// # Errors
    /// `TransactionRefused`, and those of the connection.
    pub async fn submit_bytes(&self, bytes: Vec<u8>, from: u32) -> Result<Pending> {
        self.submit_mortal(bytes, from, self.mortality()).await
    }

    /// [`Self::submit_bytes`] of a transaction that is valid for a number of blocks.
    async fn submit_mortal(&self, bytes: Vec<u8>, from: u32, blocks: u64) -> Result<Pending> {
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
                blocks,
            },
            watch,
        })
    }

    /// [`Self::submit`], then waits for inclusion in a block.
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

/// Whether the pool refused because another transaction took the nonce in the meantime.
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
