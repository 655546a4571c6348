// SPDX-License-Identifier: Apache-2.0
//! What is the same for both chains: connection, blocks, state, runtime APIs.

use crate::{config::BsppConfig, error::*};
use bspp_primitives::{apis::ChainKind, Header};
use codec::{Compact, Decode, Encode};
use serde::{de::DeserializeOwned, Deserialize};
use sp_core::H256;
use sp_runtime::AccountId32;
use std::{future::Future, sync::Arc, time::Duration};
use subxt::{
    backend::legacy::LegacyBackend,
    ext::subxt_rpcs::client::{
        reconnecting_rpc_client::{ExponentialBackoff, RpcClient as Reconnecting},
        RpcClient, RpcParams, RpcSubscription,
    },
    Metadata, OnlineClient,
};

/// How long a first connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long one RPC call may take.
const REQUEST: Duration = Duration::from_secs(60);
/// Largest message either way: a chunk of 1 MiB is 2 MiB in hex, and a block's body may have many.
const MAX_MESSAGE: u32 = 64 * 1024 * 1024;

/// Which state a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// After the node's best block.
    Best,
    /// After the newest final block.
    Finalized,
    /// After this block.
    Block(H256),
}

/// A block's body and header.
#[derive(Clone, Debug)]
pub struct Block {
    /// Hash of the header.
    pub hash: H256,
    /// The header.
    pub header: Header,
    /// Extrinsics as encoded, each with its length in front.
    pub extrinsics: Vec<Vec<u8>>,
}

impl Block {
    /// The body as an argument of a runtime API: a vector of opaque extrinsics.
    pub fn encoded_body(&self) -> Vec<u8> {
        let len = u32::try_from(self.extrinsics.len()).unwrap_or(u32::MAX);
        let mut bytes = Compact(len).encode();
        self.extrinsics
            .iter()
            .for_each(|extrinsic| bytes.extend_from_slice(extrinsic));
        bytes
    }
}

#[derive(Deserialize)]
struct RpcSignedBlock {
    block: RpcBlock,
}

#[derive(Deserialize)]
struct RpcBlock {
    header: Header,
    extrinsics: Vec<sp_core::Bytes>,
}

#[derive(Deserialize)]
struct RpcReadProof {
    proof: Vec<sp_core::Bytes>,
}

/// How well a node is connected.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// Connected peers.
    pub peers: usize,
    /// Whether the node is catching up.
    pub is_syncing: bool,
    /// Whether it ought to have peers.
    pub should_have_peers: bool,
}

struct StopOnDrop(tokio::task::JoinHandle<()>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A connection to a node of either chain. Cheap to clone; reconnects by itself.
#[derive(Clone)]
pub struct ChainClient {
    url: Arc<str>,
    pub(crate) rpc: RpcClient,
    pub(crate) online: OnlineClient<BsppConfig>,
    /// Held while a transaction gets its nonce and enters the pool, so that concurrent ones keep their order.
    pub(crate) submission: Arc<tokio::sync::Mutex<()>>,
    kind: ChainKind,
    chain: H256,
    _updater: Arc<StopOnDrop>,
}

impl core::fmt::Debug for ChainClient {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "ChainClient({:?} at {})", self.kind, self.url)
    }
}

async fn call_rpc<R: DeserializeOwned>(
    rpc: &RpcClient,
    method: &str,
    params: RpcParams,
) -> Result<R> {
    match tokio::time::timeout(REQUEST, rpc.request::<R>(method, params)).await {
        Ok(answer) => answer.map_err(|e| rpc_error(method, e)),
        Err(_) => Err(ClientError::TimeExpired {
            what: method.to_owned(),
            seconds: REQUEST.as_secs(),
        }),
    }
}

/// Sorts the transport's errors: refused by the node, broken connection, answer that does not decode.
pub(crate) fn rpc_error(method: &str, error: subxt::ext::subxt_rpcs::Error) -> ClientError {
    use subxt::ext::subxt_rpcs::Error;
    match error {
        Error::User(refusal) => ClientError::RpcRefused {
            method: method.to_owned(),
            code: refusal.code,
            message: match refusal.data {
                Some(data) => format!("{}: {}", refusal.message, data.get().trim_matches('"')),
                None => refusal.message,
            },
        },
        Error::Deserialization(e) => ClientError::InvalidAnswer {
            what: method.to_owned(),
            reason: e.to_string(),
        },
        Error::Decode(e) => ClientError::InvalidAnswer {
            what: method.to_owned(),
            reason: e.to_string(),
        },
        other => ClientError::ConnectionLost {
            reason: format!("{method}: {other}"),
        },
    }
}

/// Builds JSON-RPC parameters.
macro_rules! params {
    ($($value:expr),* $(,)?) => {{
        #[allow(unused_mut)]
        let mut params = subxt::ext::subxt_rpcs::client::RpcParams::new();
        $(
            params.push($value).map_err(|e| $crate::chain::rpc_error("parameters", e))?;
        )*
        params
    }};
}
pub(crate) use params;

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
        // A runtime upgrade changes indices and versions: follow it.
        let updating = online.clone();
        let updater = tokio::spawn(async move {
            loop {
                if let Err(error) = updating.updater().perform_runtime_updates().await {
                    tracing::debug!(%error, "runtime version subscription ended");
                }
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
        });
        Ok(Self {
            url: url.into(),
            rpc,
            online,
            submission: Arc::default(),
            kind,
            chain,
            _updater: Arc::new(StopOnDrop(updater)),
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

    /// Address of the node.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Which kind of chain the node serves.
    pub fn kind(&self) -> ChainKind {
        self.kind
    }

    /// Genesis hash of the consortium chain: `chain` in the protocol.
    pub fn chain(&self) -> H256 {
        self.chain
    }

    /// Genesis hash of this chain.
    pub fn genesis_hash(&self) -> H256 {
        self.online.genesis_hash()
    }

    /// The metadata in force.
    pub fn metadata(&self) -> Metadata {
        self.online.metadata()
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

    /// Name of the chain, as its spec says.
    pub async fn chain_name(&self) -> Result<String> {
        self.rpc("system_chain", params![]).await
    }

    /// How well the node is connected.
    pub async fn health(&self) -> Result<Health> {
        self.rpc("system_health", params![]).await
    }

    /// Hash of the best block.
    pub async fn best_hash(&self) -> Result<H256> {
        self.rpc("chain_getBlockHash", params![]).await
    }

    /// Hash of the newest final block.
    pub async fn finalized_hash(&self) -> Result<H256> {
        self.rpc("chain_getFinalizedHead", params![]).await
    }

    /// Hash of the block at a height on the best chain. `None` if there is none yet.
    pub async fn block_hash(&self, number: u32) -> Result<Option<H256>> {
        self.rpc("chain_getBlockHash", params![number]).await
    }

    /// Resolves to a hash.
    pub async fn resolve(&self, at: At) -> Result<H256> {
        match at {
            At::Best => self.best_hash().await,
            At::Finalized => self.finalized_hash().await,
            At::Block(hash) => Ok(hash),
        }
    }

    /// Header of a block.
    ///
    /// # Errors
    /// `BlockNotFound`, and those of [`Self::rpc`].
    pub async fn header(&self, at: At) -> Result<Header> {
        let hash = self.resolve(at).await?;
        let header: Option<Header> = self.rpc("chain_getHeader", params![hash]).await?;
        header.ok_or_else(|| ClientError::BlockNotFound(format!("{hash:?}")))
    }

    /// Height of the newest final block.
    pub async fn finalized_number(&self) -> Result<u32> {
        Ok(self.header(At::Finalized).await?.number)
    }

    /// Height of the best block.
    pub async fn best_number(&self) -> Result<u32> {
        Ok(self.header(At::Best).await?.number)
    }

    /// A block with its body.
    ///
    /// # Errors
    /// `BlockNotFound`, and those of [`Self::rpc`].
    pub async fn block(&self, at: At) -> Result<Block> {
        let hash = self.resolve(at).await?;
        let signed: Option<RpcSignedBlock> = self.rpc("chain_getBlock", params![hash]).await?;
        let block = signed
            .ok_or_else(|| ClientError::BlockNotFound(format!("{hash:?}")))?
            .block;
        Ok(Block {
            hash,
            header: block.header,
            extrinsics: block.extrinsics.into_iter().map(|bytes| bytes.0).collect(),
        })
    }

    /// Headers of final blocks as they become final. Heights may be left out; the newest always comes.
    pub async fn subscribe_finalized(&self) -> Result<Subscription<Header>> {
        self.subscribe(
            "chain_subscribeFinalizedHeads",
            params![],
            "chain_unsubscribeFinalizedHeads",
        )
        .await
        .map(|inner| Subscription {
            inner,
            method: "chain_subscribeFinalizedHeads",
        })
    }

    /// The next nonce of an account, pool included.
    pub async fn next_nonce(&self, account: &AccountId32) -> Result<u64> {
        self.rpc("system_accountNextIndex", params![account]).await
    }

    /// A value in state.
    pub async fn storage(&self, key: &[u8], at: At) -> Result<Option<Vec<u8>>> {
        let hash = self.resolve(at).await?;
        let key = sp_core::Bytes(key.to_vec());
        let value: Option<sp_core::Bytes> =
            self.rpc("state_getStorage", params![key, hash]).await?;
        Ok(value.map(|bytes| bytes.0))
    }

    /// Trie nodes that prove values (or their absence) in the state after a block.
    pub async fn read_proof(&self, keys: &[Vec<u8>], block: H256) -> Result<Vec<Vec<u8>>> {
        let keys: Vec<_> = keys.iter().cloned().map(sp_core::Bytes).collect();
        let answer: RpcReadProof = self.rpc("state_getReadProof", params![keys, block]).await?;
        Ok(answer.proof.into_iter().map(|node| node.0).collect())
    }

    /// Calls a runtime API (`Trait_method`) with SCALE-encoded arguments.
    ///
    /// # Errors
    /// Those of [`Self::rpc`].
    pub async fn runtime_call<R: Decode>(&self, method: &str, args: &[u8], at: At) -> Result<R> {
        let hash = self.resolve(at).await?;
        state_call(&self.rpc, method, args, Some(hash)).await
    }

    /// Waits until `future` ends, at most `limit`.
    pub(crate) async fn within<T>(
        what: &str,
        limit: Duration,
        future: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        tokio::time::timeout(limit, future)
            .await
            .unwrap_or_else(|_| {
                Err(ClientError::TimeExpired {
                    what: what.to_owned(),
                    seconds: limit.as_secs(),
                })
            })
    }
}

async fn state_call<R: Decode>(
    rpc: &RpcClient,
    method: &str,
    args: &[u8],
    at: Option<H256>,
) -> Result<R> {
    let answer: sp_core::Bytes = call_rpc(
        rpc,
        "state_call",
        params![method, sp_core::Bytes(args.to_vec()), at],
    )
    .await
    .map_err(|e| match e {
        ClientError::RpcRefused { code, message, .. } => ClientError::RpcRefused {
            method: method.to_owned(),
            code,
            message,
        },
        other => other,
    })?;
    R::decode(&mut answer.0.as_slice()).map_err(|e| ClientError::InvalidAnswer {
        what: method.to_owned(),
        reason: e.to_string(),
    })
}

/// A stream of notifications from a node.
pub struct Subscription<T> {
    pub(crate) inner: RpcSubscription<T>,
    pub(crate) method: &'static str,
}

impl<T: DeserializeOwned> Subscription<T> {
    /// The next notification. `None` when the node has ended the stream. After `ConnectionLost` the stream continues once
    /// the client has reconnected; notifications in between are lost.
    pub async fn next(&mut self) -> Option<Result<T>> {
        let next = self.inner.next().await?;
        Some(next.map_err(|e| rpc_error(self.method, e)))
    }
}
