// SPDX-License-Identifier: Apache-2.0
//! Transactions, made by the names in the chain's metadata.

use crate::{
    accounts::{address, keypair},
    chain::{Chain, Client, Hash},
    wait::minutes,
};
use anyhow::{anyhow, bail, Context, Result};
use serde_json::json;
use std::time::Duration;
use subxt::{
    blocks::ExtrinsicEvents,
    config::{DefaultExtrinsicParamsBuilder, PolkadotConfig},
    dynamic::{self, Value},
    ext::scale_value::Composite,
    tx::{DynamicPayload, TxProgress, TxStatus},
};
use tokio::time::timeout;

/// A call.
pub type Call = DynamicPayload;

/// The maximum time that a transaction may wait for a block.
const PATIENCE: Duration = minutes(3);
/// The number of blocks for which a transaction stays valid.
const MORTALITY: u64 = 64;

/// Makes a call with named arguments.
pub fn call<const N: usize>(pallet: &str, name: &str, arguments: [(&str, Value); N]) -> Call {
    let named = arguments.map(|(name, value)| (name.to_owned(), value));
    dynamic::tx(pallet, name, Composite::named(named))
}

/// A transaction that the pool has accepted.
pub struct Sent {
    progress: TxProgress<PolkadotConfig, Client>,
    what: String,
}

/// An included transaction.
pub struct Included {
    /// Hash of the block.
    pub block: Hash,
    /// The events of the transaction.
    pub events: ExtrinsicEvents<PolkadotConfig>,
}

/// Signs a call and submits it to the node's pool.
///
/// It is the next transaction of `signer`, which is a development name.
///
/// # Errors
///
/// Fails if the metadata does not have the call or the pool refuses the transaction.
pub async fn send(chain: &Chain, call: &Call, signer: &str) -> Result<Sent> {
    let what = format!("{}.{} by {signer}", call.pallet_name(), call.call_name());
    let sent = sign_and_send(chain, call, signer).await;
    Ok(Sent {
        progress: sent.with_context(|| what.clone())?,
        what,
    })
}

async fn sign_and_send(
    chain: &Chain,
    call: &Call,
    signer: &str,
) -> Result<TxProgress<PolkadotConfig, Client>> {
    let client = chain.client().await?;
    // The nonce and the era come from the pool and the best block, because a test may stop
    // finality.
    let account = address(signer)?;
    let nonce = chain
        .request("system_accountNextIndex", json!([account]))
        .await?;
    let best = chain.best().await?;
    let number = chain.header(best).await?.number;
    let params = DefaultExtrinsicParamsBuilder::<PolkadotConfig>::new()
        .nonce(nonce.as_u64().context("a nonce")?)
        .mortal_from_unchecked(MORTALITY, number.into(), best)
        .build();
    let mut partial = client.tx().create_v4_partial_offline(call, params)?;
    Ok(partial.sign(&keypair(signer)?).submit_and_watch().await?)
}

/// Submits a call and waits until it is included: [`send`], then [`Sent::in_block`].
///
/// # Errors
///
/// The errors of both.
pub async fn submit(chain: &Chain, call: &Call, signer: &str) -> Result<Included> {
    send(chain, call, signer).await?.in_block().await
}

impl Sent {
    /// Waits until the transaction is included in the best chain and has succeeded.
    ///
    /// # Errors
    ///
    /// Fails if the pool drops the transaction, the call fails, or the wait takes too long.
    pub async fn in_block(mut self) -> Result<Included> {
        let what = self.what.clone();
        timeout(PATIENCE, self.wait())
            .await
            .map_err(|_| anyhow!("not in a block within {} s", PATIENCE.as_secs()))
            .and_then(|result| result)
            .context(what)
    }

    async fn wait(&mut self) -> Result<Included> {
        while let Some(status) = self.progress.next().await {
            match status? {
                TxStatus::InBestBlock(included) | TxStatus::InFinalizedBlock(included) => {
                    return Ok(Included {
                        block: included.block_hash(),
                        events: included.wait_for_success().await?,
                    });
                }
                TxStatus::Error { message }
                | TxStatus::Invalid { message }
                | TxStatus::Dropped { message } => bail!("the pool gave it up: {message}"),
                TxStatus::Validated | TxStatus::Broadcasted | TxStatus::NoLongerInBestBlock => {}
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
    let client = chain.client().await?;
    let block = client.blocks().at(block).await?;
    block
        .extrinsics()
        .await?
        .iter()
        .map(|extrinsic| {
            let call = format!("{}.{}", extrinsic.pallet_name()?, extrinsic.variant_name()?);
            let arguments = extrinsic.field_bytes().to_vec();
            Ok(Extrinsic { call, arguments })
        })
        .collect()
}
