// SPDX-License-Identifier: Apache-2.0
//! A chain, read over the RPC of one of its nodes.

use crate::{
    digest::Item,
    wait::{self, seconds},
};
use anyhow::{anyhow, Context, Result};
use serde_json::{json, Value};
use std::time::Duration;
use subxt::{
    config::substrate::H256,
    rpcs::{
        client::{RpcClient, RpcParams},
        Error as RpcError,
    },
    OnlineClient, OnlineClientAtBlock, SubstrateConfig,
};
use tokio::{sync::Mutex, time::timeout};

/// Hash of a block.
pub type Hash = H256;
/// A client that signs and decodes with the metadata of the chain.
///
/// It uses Polkadot's configuration: hashes, headers, accounts and signatures of our chains have
/// the same types.
pub type Client = OnlineClient<SubstrateConfig>;

/// The maximum time that a node may take to answer.
const PATIENCE: Duration = seconds(30);

/// The RPC of a node.
///
/// It connects at the first call, and connects again after the node was restarted.
pub struct Chain {
    name: String,
    url: String,
    client: Mutex<Option<RpcClient>>,
}

/// A block's header.
#[derive(Clone, Debug)]
pub struct Header {
    /// Height.
    pub number: u32,
    /// Hash of the parent.
    pub parent: Hash,
    /// Digest.
    pub digest: Vec<Item>,
}

impl Chain {
    /// The chain of the node `name`, which has this WebSocket address.
    pub fn new(name: &str, url: &str) -> Self {
        Self {
            name: name.to_owned(),
            url: url.to_owned(),
            client: Mutex::new(None),
        }
    }

    /// Name of the node.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// WebSocket address of the node.
    pub fn url(&self) -> &str {
        &self.url
    }

    async fn connected(&self) -> Result<RpcClient> {
        let mut client = self.client.lock().await;
        match client.as_ref() {
            Some(client) => Ok(client.clone()),
            None => {
                let new = timeout(PATIENCE, RpcClient::from_insecure_url(&self.url))
                    .await
                    .context("connecting took too long")??;
                *client = Some(new.clone());
                Ok(new)
            }
        }
    }

    /// Makes a JSON-RPC call. `params` is a JSON array.
    ///
    /// # Errors
    ///
    /// Fails if the node does not answer or answers with an error.
    pub async fn request(&self, method: &str, params: Value) -> Result<Value> {
        let answer = async {
            let mut list = RpcParams::new();
            for param in params.as_array().into_iter().flatten() {
                list.push(param)?;
            }
            let client = self.connected().await?;
            let answer = timeout(PATIENCE, client.request::<Value>(method, list))
                .await
                .context("no answer in time")?;
            Ok::<_, anyhow::Error>(answer?)
        };
        match answer.await {
            Ok(value) => Ok(value),
            Err(error) => {
                // The next call connects again: the node may have been restarted.
                if error_code(&error).is_none() {
                    *self.client.lock().await = None;
                }
                Err(error.context(format!("{method} of {}", self.name)))
            }
        }
    }

    /// Makes a new client with the chain's current metadata.
    ///
    /// # Errors
    ///
    /// Fails if the node does not answer.
    pub async fn client(&self) -> Result<Client> {
        timeout(PATIENCE, Client::from_insecure_url(&self.url))
            .await
            .with_context(|| format!("{} gave no metadata in time", self.name))?
            .with_context(|| format!("the metadata of {}", self.name))
    }

    /// A subxt client at a block, with the metadata of the block's runtime.
    ///
    /// # Errors
    ///
    /// The errors of [`Self::client`]. Fails also if the node does not have the block.
    pub async fn client_at(&self, block: Hash) -> Result<OnlineClientAtBlock<SubstrateConfig>> {
        let client = self.client().await?;
        let at = client.at_block(block).await;
        at.with_context(|| format!("{} at block {block:?}", self.name))
    }

    /// Hash of the best block.
    ///
    /// # Errors
    ///
    /// Fails if the node does not answer.
    pub async fn best(&self) -> Result<Hash> {
        self.hash("chain_getBlockHash", json!([]))
            .await?
            .context("no best block")
    }

    /// Hash of the newest finalized block.
    ///
    /// # Errors
    ///
    /// Fails if the node does not answer.
    pub async fn finalized(&self) -> Result<Hash> {
        self.hash("chain_getFinalizedHead", json!([]))
            .await?
            .context("no finalized block")
    }

    /// Hash of the genesis block.
    ///
    /// # Errors
    ///
    /// Fails if the node does not answer.
    pub async fn genesis(&self) -> Result<Hash> {
        self.block_at(0).await?.context("no genesis block")
    }

    /// Hash of the block of the best chain at a height, if it exists.
    ///
    /// # Errors
    ///
    /// Fails if the node does not answer.
    pub async fn block_at(&self, number: u32) -> Result<Option<Hash>> {
        self.hash("chain_getBlockHash", json!([number])).await
    }

    /// Height of the best block.
    ///
    /// # Errors
    ///
    /// Fails if the node does not answer.
    pub async fn best_number(&self) -> Result<u32> {
        Ok(self.header(self.best().await?).await?.number)
    }

    /// Height of the newest finalized block.
    ///
    /// # Errors
    ///
    /// Fails if the node does not answer.
    pub async fn finalized_number(&self) -> Result<u32> {
        Ok(self.header(self.finalized().await?).await?.number)
    }

    async fn hash(&self, method: &str, params: Value) -> Result<Option<Hash>> {
        match self.request(method, params).await? {
            Value::Null => Ok(None),
            value => Ok(Some(serde_json::from_value(value)?)),
        }
    }

    /// The header of a block.
    ///
    /// # Errors
    ///
    /// Fails if the node does not have the block.
    pub async fn header(&self, hash: Hash) -> Result<Header> {
        let found = self.try_header(hash).await?;
        found.with_context(|| format!("{} has no block {hash:?}", self.name))
    }

    /// The header of a block, if the node has the block.
    ///
    /// # Errors
    ///
    /// Fails if the node does not answer.
    pub async fn try_header(&self, hash: Hash) -> Result<Option<Header>> {
        let value = self.request("chain_getHeader", json!([hash])).await?;
        if value.is_null() {
            return Ok(None);
        }
        let number = text(&value["number"])?;
        let logs = value["digest"]["logs"].as_array().context("a digest")?;
        let header = Header {
            number: u32::from_str_radix(number.trim_start_matches("0x"), 16)?,
            parent: serde_json::from_value(value["parentHash"].clone())?,
            digest: logs
                .iter()
                .map(|log| Item::decode(&bytes(log)?))
                .collect::<Result<_>>()?,
        };
        Ok(Some(header))
    }

    /// The answer of a runtime API in the state after a block.
    ///
    /// # Errors
    ///
    /// Fails if the runtime does not have the API or the node does not have the block.
    pub async fn runtime_api(&self, method: &str, arguments: &[u8], at: Hash) -> Result<Vec<u8>> {
        let arguments = format!("0x{}", hex::encode(arguments));
        bytes(
            &self
                .request("state_call", json!([method, arguments, at]))
                .await?,
        )
    }

    /// The `spec_version` of the runtime after a block.
    ///
    /// # Errors
    ///
    /// Fails if the node does not answer.
    pub async fn spec_version(&self, at: Hash) -> Result<u64> {
        let version = self.request("state_getRuntimeVersion", json!([at])).await?;
        version["specVersion"].as_u64().context("a version")
    }

    /// Waits until the node answers.
    ///
    /// # Errors
    ///
    /// Fails if the node does not answer within a minute.
    pub async fn until_up(&self) -> Result<()> {
        let what = format!("an answer of {}", self.name);
        wait::until_true(&what, seconds(60), async || {
            self.request("system_health", json!([])).await?;
            Ok(true)
        })
        .await
    }

    /// Waits until the best chain has grown by `blocks`. Returns its height.
    ///
    /// # Errors
    ///
    /// Fails if the chain has not grown so far within the limit.
    pub async fn until_grown(&self, blocks: u32, limit: Duration) -> Result<u32> {
        let wanted = self.best_number().await?.saturating_add(blocks);
        let what = format!("block {wanted} on {}", self.name);
        wait::until(&what, limit, async || {
            let best = self.best_number().await?;
            Ok((best >= wanted).then_some(best))
        })
        .await
    }

    /// Waits until the block at a height is finalized. Returns the newest finalized height.
    ///
    /// # Errors
    ///
    /// Fails if the block is not finalized within the limit.
    pub async fn until_finalized(&self, number: u32, limit: Duration) -> Result<u32> {
        let what = format!("finality of block {number} on {}", self.name);
        wait::until(&what, limit, async || {
            let finalized = self.finalized_number().await?;
            Ok((finalized >= number).then_some(finalized))
        })
        .await
    }
}

/// The code of the node's answer to a request, if it is an error.
///
/// `None` if the connection failed.
pub fn error_code(error: &anyhow::Error) -> Option<i32> {
    match error.downcast_ref::<RpcError>() {
        Some(RpcError::User(answer)) => Some(answer.code),
        _ => None,
    }
}

/// The runtime's code for which the pool refused a transaction, if the error has one.
pub fn refusal_code(error: &anyhow::Error) -> Option<u8> {
    let Some(RpcError::User(refusal)) = error.downcast_ref::<RpcError>() else {
        return None;
    };
    let data = refusal.data.as_ref()?.get().trim_matches('"');
    data.strip_prefix("Custom error: ")?.parse().ok()
}

/// Decodes the bytes from hexadecimal digits after `0x`.
///
/// # Errors
///
/// Fails if the value is not a text of hexadecimal digits.
pub fn bytes(value: &Value) -> Result<Vec<u8>> {
    Ok(hex::decode(text(value)?.trim_start_matches("0x"))?)
}

fn text(value: &Value) -> Result<&str> {
    value.as_str().ok_or_else(|| anyhow!("not a text: {value}"))
}
