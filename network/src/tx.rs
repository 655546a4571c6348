// SPDX-License-Identifier: Apache-2.0
//! Transactions, made by the names in the chain's metadata.

use crate::{
    accounts::{address, keypair},
    chain::{Chain, Hash},
    wait::{minutes, seconds},
};
use anyhow::{anyhow, bail, Context, Result};
use serde_json::json;
use std::time::Duration;
use subxt::{
    client::OnlineClientAtBlockImpl,
    config::DefaultExtrinsicParamsBuilder,
    dynamic::{self, Value},
    ext::scale_value::Composite,
    extrinsics::ExtrinsicEvents,
    tx::{DynamicPayload, TransactionProgress, TransactionStatus},
    SubstrateConfig,
};
use tokio::time::timeout;

/// A call.
pub type Call = DynamicPayload<Composite<()>>;
/// The progress of a transaction.
type Progress = TransactionProgress<SubstrateConfig, OnlineClientAtBlockImpl<SubstrateConfig>>;

/// The maximum time that a transaction may wait for a block.
const PATIENCE: Duration = minutes(3);
/// The number of blocks for which a transaction stays valid.
const MORTALITY: u64 = 256;

/// Makes a call with named arguments.
pub fn call<const N: usize>(pallet: &str, name: &str, arguments: [(&str, Value); N]) -> Call {
    let named = arguments.map(|(name, value)| (name.to_owned(), value));
    dynamic::tx(pallet, name, Composite::named(named))
}

/// The words of the pool when it has another transaction with the same nonce.
///
/// The nonce came from a view of the chain that a fork has replaced since.
const NONCE_TAKEN: &str = "priority of the transaction is too low";
/// The number of times that a transaction is signed with a new nonce.
const NONCE_ATTEMPTS: usize = 5;

/// A transaction that the pool has accepted.
pub struct Sent<'a> {
    chain: &'a Chain,
    call: Call,
    signer: String,
    progress: Progress,
    what: String,
}

/// An included transaction.
pub struct Included {
    /// Hash of the block.
    pub block: Hash,
    /// The events of the transaction.
    pub events: ExtrinsicEvents<SubstrateConfig>,
}

/// Signs a call and submits it to the node's pool.
///
/// It is the next transaction of `signer`, which is a development name.
///
/// # Errors
///
/// Fails if the metadata does not have the call or the pool refuses the transaction.
pub async fn send<'a>(chain: &'a Chain, call: &Call, signer: &str) -> Result<Sent<'a>> {
    let what = format!("{}.{} by {signer}", call.pallet_name(), call.call_name());
    let sent = sign_and_send(chain, call, signer).await;
    Ok(Sent {
        chain,
        call: call.clone(),
        signer: signer.to_owned(),
        progress: sent.with_context(|| what.clone())?,
        what,
    })
}

async fn sign_and_send(chain: &Chain, call: &Call, signer: &str) -> Result<Progress> {
    // The nonce and the era come from the pool and the best block, because a test may stop
    // finality.
    let best = chain.best().await?;
    let number = chain.header(best).await?.number;
    // The pool takes a moment to count an earlier transaction of the account, so the nonce comes
    // after the metadata.
    let transactions = chain.client_at(best).await?.tx();
    let account = address(signer)?;
    let nonce = chain
        .request("system_accountNextIndex", json!([account]))
        .await?;
    let params = DefaultExtrinsicParamsBuilder::<SubstrateConfig>::new()
        .nonce(nonce.as_u64().context("a nonce")?)
        .mortal_from_unchecked(MORTALITY, number.into(), best)
        .build();
    let mut signable = transactions.create_v4_signable_offline(call, params)?;
    let signed = signable.sign(&keypair(signer)?)?;
    Ok(signed.submit_and_watch().await?)
}

/// Submits a call and waits until it is included: [`send`], then [`Sent::in_block`].
///
/// # Errors
///
/// The errors of both.
pub async fn submit(chain: &Chain, call: &Call, signer: &str) -> Result<Included> {
    send(chain, call, signer).await?.in_block().await
}

impl Sent<'_> {
    /// Waits until the transaction is included in the best chain and has succeeded.
    ///
    /// # Errors
    ///
    /// Fails if the pool drops the transaction, the call fails, or the wait takes too long.
    pub async fn in_block(mut self) -> Result<Included> {
        let what = self.what.clone();
        timeout(PATIENCE, self.included())
            .await
            .map_err(|_| anyhow!("not in a block within {} s", PATIENCE.as_secs()))
            .and_then(|result| result)
            .context(what)
    }

    async fn included(&mut self) -> Result<Included> {
        for _ in 0..NONCE_ATTEMPTS {
            if let Some(included) = self.wait().await? {
                return Ok(included);
            }
            tokio::time::sleep(seconds(1)).await;
            self.progress = sign_and_send(self.chain, &self.call, &self.signer).await?;
        }
        bail!("its nonce was taken {NONCE_ATTEMPTS} times")
    }

    /// Waits for the end. The result is `None` if the nonce was taken.
    async fn wait(&mut self) -> Result<Option<Included>> {
        while let Some(status) = self.progress.next().await {
            match status? {
                TransactionStatus::InBestBlock(included)
                | TransactionStatus::InFinalizedBlock(included) => {
                    return Ok(Some(Included {
                        block: included.block_hash(),
                        events: included.wait_for_success().await?,
                    }));
                }
                TransactionStatus::Error { message }
                | TransactionStatus::Invalid { message }
                | TransactionStatus::Dropped { message }
                    if message.contains(NONCE_TAKEN) =>
                {
                    return Ok(None)
                }
                TransactionStatus::Error { message }
                | TransactionStatus::Invalid { message }
                | TransactionStatus::Dropped { message } => bail!("the pool gave it up: {message}"),
                TransactionStatus::Validated
                | TransactionStatus::Broadcasted
                | TransactionStatus::NoLongerInBestBlock => {}
            }
        }
        bail!("the node reports nothing more about it")
    }
}

/// An included call.
#[derive(Clone, Debug)]
pub struct Extrinsic {
    /// Its name, in the form `Pallet.call`.
    pub call: String,
    /// The SCALE-encoded arguments.
    pub arguments: Vec<u8>,
}

/// The calls that a block includes.
///
/// # Errors
///
/// Fails if the node does not have the block.
pub async fn extrinsics(chain: &Chain, block: Hash) -> Result<Vec<Extrinsic>> {
    let client = chain.client_at(block).await?;
    let extrinsics = client.extrinsics().fetch().await?;
    let mut found = Vec::with_capacity(extrinsics.len());
    for extrinsic in extrinsics.iter() {
        let extrinsic = extrinsic?;
        found.push(Extrinsic {
            call: format!("{}.{}", extrinsic.pallet_name(), extrinsic.call_name()),
            arguments: extrinsic.call_data_field_bytes().to_vec(),
        });
    }
    Ok(found)
}
