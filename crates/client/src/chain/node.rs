// SPDX-License-Identifier: Apache-2.0
//! The answers of a node about itself, its pool and its state.

use super::{params, transport::state_call, At, ChainClient};
use crate::error::*;
use codec::Decode;
use serde::Deserialize;
use sp_core::H256;
use sp_runtime::AccountId32;

/// The connections of a node to its peers.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// The number of connected peers.
    pub peers: usize,
    /// Whether the node still imports old blocks.
    pub is_syncing: bool,
    /// Whether the node is expected to have peers.
    pub should_have_peers: bool,
}

/// The answer of `state_getReadProof`.
#[derive(Clone, Debug, Deserialize)]
pub struct ReadProof {
    proof: Vec<sp_core::Bytes>,
}

impl ReadProof {
    /// The trie nodes.
    pub fn into_nodes(self) -> Vec<Vec<u8>> {
        self.proof.into_iter().map(|node| node.0).collect()
    }
}

impl ChainClient {
    /// The name of the chain in its chain spec.
    pub async fn chain_name(&self) -> Result<String> {
        self.rpc("system_chain", params![]).await
    }

    /// The connections of the node to its peers.
    pub async fn health(&self) -> Result<Health> {
        self.rpc("system_health", params![]).await
    }

    /// The next nonce of an account, including transactions in the pool.
    pub async fn next_nonce(&self, account: &AccountId32) -> Result<u64> {
        self.rpc("system_accountNextIndex", params![account]).await
    }

    /// A value in the state.
    pub async fn storage(&self, key: &[u8], at: At) -> Result<Option<Vec<u8>>> {
        let hash = self.resolve(at).await?;
        let key = sp_core::Bytes(key.to_vec());
        let value: Option<sp_core::Bytes> =
            self.rpc("state_getStorage", params![key, hash]).await?;
        Ok(value.map(|bytes| bytes.0))
    }

    /// The trie nodes that prove values (or their absence) in the state after a block.
    pub async fn read_proof(&self, keys: &[Vec<u8>], block: H256) -> Result<Vec<Vec<u8>>> {
        let keys: Vec<_> = keys.iter().cloned().map(sp_core::Bytes).collect();
        let answer: ReadProof = self.rpc("state_getReadProof", params![keys, block]).await?;
        Ok(answer.into_nodes())
    }

    /// Calls a runtime API (`Trait_method`) with SCALE-encoded arguments.
    ///
    /// # Errors
    /// Those of [`Self::rpc`].
    pub async fn runtime_call<R: Decode>(&self, method: &str, args: &[u8], at: At) -> Result<R> {
        let hash = self.resolve(at).await?;
        state_call(&self.rpc, method, args, Some(hash)).await
    }
}
