// SPDX-License-Identifier: Apache-2.0
//! The client of either chain: its connection to a node.

mod block;
mod node;
mod transport;

pub use block::{At, Block, SignedBlock};
pub use node::{Health, ReadProof};
pub(crate) use transport::{params, rpc_error, within};
pub use transport::{runtime_value, Subscription};

use crate::{config::BsppConfig, error::*};
use bspp_primitives::apis::ChainKind;
use bspp_types::limits::transaction_longevity;
use serde::de::DeserializeOwned;
use sp_core::H256;
use std::{sync::Arc, time::Duration};
use subxt::{
    backend::LegacyBackend,
    error::OnlineClientAtBlockError,
    rpcs::client::{
        reconnecting_rpc_client::{ExponentialBackoff, RpcClient as Reconnecting},
        RpcClient, RpcParams, RpcSubscription,
    },
    OnlineClient, OnlineClientAtBlock,
};
use transport::{call_rpc, state_call, REQUEST};

/// Maximum duration of a first connection.
const CONNECT: Duration = Duration::from_secs(5);
/// Maximum size of a message in both directions, in bytes.
///
/// A chunk of 1 MiB is 2 MiB in hex, and a block's body may have many chunks.
const MAX_MESSAGE: u32 = 64 * 1024 * 1024;

/// A connection to a node of either chain. A clone is cheap; it reconnects by itself.
#[derive(Clone)]
pub struct ChainClient {
    url: Arc<str>,
    pub(crate) rpc: RpcClient,
    pub(crate) online: OnlineClient<BsppConfig>,
    /// The lock for the time in which a transaction gets its nonce and enters the pool.
    ///
    /// Concurrent transactions keep their order.
    pub(crate) submission: Arc<tokio::sync::Mutex<()>>,
    kind: ChainKind,
    chain: H256,
    /// Length of a slot, in milliseconds.
    pub(crate) slot_duration: u64,
}

impl core::fmt::Debug for ChainClient {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "ChainClient({:?} at {})", self.kind, self.url)
    }
}

impl ChainClient {
    /// Connects to a node of either chain.
    ///
    /// # Errors
    /// `NotReachable`, `NotOurChain`.
    pub async fn connect(url: &str) -> Result<Self> {
        let unreachable = |reason: String| ClientError::NotReachable {
            url: url.to_owned(),
            reason,
        };
        let building = Reconnecting::builder()
            .retry_policy(ExponentialBackoff::from_millis(100).max_delay(Duration::from_secs(5)))
            .request_timeout(REQUEST)
            .max_request_size(MAX_MESSAGE)
            .max_response_size(MAX_MESSAGE)
            .build(url);
        let rpc = match tokio::time::timeout(CONNECT, building).await {
            Ok(built) => RpcClient::new(built.map_err(|e| unreachable(e.to_string()))?),
            Err(_) => {
                return Err(unreachable(format!(
                    "no answer within {} s",
                    CONNECT.as_secs()
                )))
            }
        };
        let backend = LegacyBackend::<BsppConfig>::builder().build(rpc.clone());
        let online = OnlineClient::from_backend(Arc::new(backend))
            .await
            .map_err(|e| unreachable(e.to_string()))?;
        let ours = |reason: String| ClientError::NotOurChain {
            url: url.to_owned(),
            reason,
        };
        let kind: ChainKind = state_call(&rpc, "ChainApi_kind", &[], None)
            .await
            .map_err(|e| ours(e.to_string()))?;
        let chain: H256 = state_call(&rpc, "ChainApi_chain", &[], None)
            .await
            .map_err(|e| ours(e.to_string()))?;
        // The genesis fixes the value, so one query is enough.
        let slot_duration: u64 = state_call(&rpc, "AuraApi_slot_duration", &[], None)
            .await
            .map_err(|e| ours(e.to_string()))?;
        Ok(Self {
            url: url.into(),
            rpc,
            online,
            submission: Arc::default(),
            kind,
            chain,
            slot_duration,
        })
    }

    /// Connects and checks the kind of chain.
    ///
    /// # Errors
    /// `NotReachable`, `NotOurChain`, `WrongChain`.
    pub(crate) async fn connect_to(url: &str, expected: ChainKind) -> Result<Self> {
        let client = Self::connect(url).await?;
        if client.kind != expected {
            return Err(ClientError::WrongChain {
                url: url.to_owned(),
                expected,
                found: client.kind,
            });
        }
        Ok(client)
    }

    /// The length of a slot of the chain, in milliseconds.
    pub fn slot_millis(&self) -> u64 {
        self.slot_duration
    }

    /// The number of blocks for which a transaction is valid.
    pub(crate) fn mortality(&self) -> u64 {
        transaction_longevity(self.slot_duration)
    }

    /// The address of the node.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The kind of chain that the node serves.
    pub fn kind(&self) -> ChainKind {
        self.kind
    }

    /// The genesis hash of the consortium chain: `chain` in the protocol.
    pub fn chain(&self) -> H256 {
        self.chain
    }

    /// The genesis hash of this chain.
    pub fn genesis_hash(&self) -> H256 {
        self.online.genesis_hash()
    }

    /// The chain after a block, with the metadata of its runtime.
    ///
    /// # Errors
    /// `BlockNotFound`, `ConnectionLost`.
    pub(crate) async fn at(&self, block: H256) -> Result<OnlineClientAtBlock<BsppConfig>> {
        self.online
            .at_block(block)
            .await
            .map_err(|error| match error {
                OnlineClientAtBlockError::BlockHeaderNotFound { .. } => {
                    ClientError::BlockNotFound(format!("{block:?}"))
                }
                other => ClientError::ConnectionLost {
                    reason: other.to_string(),
                },
            })
    }

    /// The chain after the best block. A runtime upgrade in it is in force.
    pub(crate) async fn at_best(&self) -> Result<OnlineClientAtBlock<BsppConfig>> {
        self.at(self.best_hash().await?).await
    }

    /// Makes any RPC call.
    ///
    /// # Errors
    /// `RpcRefused`, `ConnectionLost`, `TimeExpired`, `InvalidAnswer`.
    pub async fn rpc<R: DeserializeOwned>(&self, method: &str, params: RpcParams) -> Result<R> {
        call_rpc(&self.rpc, method, params).await
    }

    pub(crate) async fn subscribe<R: DeserializeOwned>(
        &self,
        method: &str,
        params: RpcParams,
        unsubscribe: &str,
    ) -> Result<RpcSubscription<R>> {
        self.rpc
            .subscribe(method, params, unsubscribe)
            .await
            .map_err(|e| rpc_error(method, e))
    }
}
