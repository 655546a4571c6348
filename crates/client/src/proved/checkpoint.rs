// SPDX-License-Identifier: Apache-2.0
//! The place of a chain from which a wallet follows it.

use crate::{chain::At, error::Result, AuthoritySet, ChainClient};
use codec::{Decode, Encode};
use sp_core::H256;

/// An authority set of the consortium, and a block that it follows.
///
/// It is public, but its holder must have it from a party that it trusts: a release, or the
/// hospital's card.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Checkpoint {
    /// The genesis hash of the chain.
    pub chain: H256,
    /// The height of a finalized block. `set` finalizes the next one.
    pub number: u32,
    /// The hash of this block.
    pub block: H256,
    /// The set of voters.
    pub set: AuthoritySet,
}

impl Checkpoint {
    /// Takes a checkpoint from a node that the caller trusts.
    ///
    /// # Errors
    /// Those of `ChainClient::rpc`.
    pub async fn take(client: &ChainClient) -> Result<Self> {
        let block = client.resolve(At::Finalized).await?;
        Ok(Self {
            chain: client.genesis_hash(),
            number: client.header(At::Block(block)).await?.number,
            block,
            set: client.authority_set(block).await?,
        })
    }
}
