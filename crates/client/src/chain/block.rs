// SPDX-License-Identifier: Apache-2.0
//! Blocks: hashes, headers and bodies.

use super::{params, ChainClient, Subscription};
use crate::error::*;
use bspp_primitives::Header;
use codec::{Compact, Encode};
use serde::Deserialize;
use sp_core::H256;

/// The state that a query reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// The state after the node's best block.
    Best,
    /// The state after the newest finalized block.
    Finalized,
    /// The state after this block.
    Block(H256),
}

/// A block's body and header.
#[derive(Clone, Debug)]
pub struct Block {
    /// The hash of the header.
    pub hash: H256,
    /// The header.
    pub header: Header,
    /// The encoded extrinsics, each with its length prefix.
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

/// The answer of `chain_getBlock`.
#[derive(Clone, Debug, Deserialize)]
pub struct SignedBlock {
    block: RpcBlock,
}

#[derive(Clone, Debug, Deserialize)]
struct RpcBlock {
    header: Header,
    extrinsics: Vec<sp_core::Bytes>,
}

impl SignedBlock {
    /// The block, whose hash the caller knows.
    pub fn into_block(self, hash: H256) -> Block {
        let RpcBlock { header, extrinsics } = self.block;
        Block {
            hash,
            header,
            extrinsics: extrinsics.into_iter().map(|bytes| bytes.0).collect(),
        }
    }
}

impl ChainClient {
    /// The hash of the best block.
    pub async fn best_hash(&self) -> Result<H256> {
        self.rpc("chain_getBlockHash", params![]).await
    }

    /// The hash of the newest finalized block.
    pub async fn finalized_hash(&self) -> Result<H256> {
        self.rpc("chain_getFinalizedHead", params![]).await
    }

    /// The hash of the block at a height on the best chain. `None` if there is none yet.
    pub async fn block_hash(&self, number: u32) -> Result<Option<H256>> {
        self.rpc("chain_getBlockHash", params![number]).await
    }

    /// Resolves the state to the hash of its block.
    pub async fn resolve(&self, at: At) -> Result<H256> {
        match at {
            At::Best => self.best_hash().await,
            At::Finalized => self.finalized_hash().await,
            At::Block(hash) => Ok(hash),
        }
    }

    /// The header of a block.
    ///
    /// # Errors
    /// `BlockNotFound`, and those of [`Self::rpc`].
    pub async fn header(&self, at: At) -> Result<Header> {
        let hash = self.resolve(at).await?;
        let header: Option<Header> = self.rpc("chain_getHeader", params![hash]).await?;
        header.ok_or_else(|| ClientError::BlockNotFound(format!("{hash:?}")))
    }

    /// The height of the newest finalized block.
    pub async fn finalized_number(&self) -> Result<u32> {
        Ok(self.header(At::Finalized).await?.number)
    }

    /// The height of the best block.
    pub async fn best_number(&self) -> Result<u32> {
        Ok(self.header(At::Best).await?.number)
    }

    /// A block with its body.
    ///
    /// # Errors
    /// `BlockNotFound`, and those of [`Self::rpc`].
    pub async fn block(&self, at: At) -> Result<Block> {
        let hash = self.resolve(at).await?;
        let signed: Option<SignedBlock> = self.rpc("chain_getBlock", params![hash]).await?;
        signed
            .map(|signed| signed.into_block(hash))
            .ok_or_else(|| ClientError::BlockNotFound(format!("{hash:?}")))
    }

    /// The headers of finalized blocks, as GRANDPA finalizes them.
    ///
    /// Heights may be missing, but the newest head always arrives.
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
}
