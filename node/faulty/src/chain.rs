// SPDX-License-Identifier: Apache-2.0
//! The best chain without the node's own faulty blocks, so that it never builds on one.

use bspp_node::client::{FullClient, FullSelectChain};
use bspp_primitives::{
    conformance::{attestation_of, Attestation},
    AccountId, Hash, Header, OpaqueBlock,
};
use bspp_types::BlockNumber;
use polkadot_sdk::sp_consensus::{Error as ConsensusError, SelectChain};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

/// Number of blocks in which the node searches for an attestation of another author.
const DEPTH: u32 = 256;

/// The node's own faulty blocks.
#[derive(Clone, Default)]
pub struct BadBlocks(Arc<Mutex<HashSet<Hash>>>);

impl BadBlocks {
    /// Adds a block.
    pub fn insert(&self, hash: Hash) {
        let mut blocks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        blocks.insert(hash);
    }

    /// Whether a block is among them.
    pub fn contains(&self, hash: &Hash) -> bool {
        let blocks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        blocks.contains(hash)
    }
}

/// The rule that selects the block on which the node builds.
#[derive(Clone)]
pub struct HonestChain {
    /// The rule for the best chain.
    pub best: FullSelectChain,
    /// The client.
    pub client: Arc<FullClient>,
    /// The blocks that the rule leaves out.
    pub bad: BadBlocks,
}

#[async_trait::async_trait]
impl SelectChain<OpaqueBlock> for HonestChain {
    async fn leaves(&self) -> Result<Vec<Hash>, ConsensusError> {
        self.best.leaves().await
    }

    async fn best_chain(&self) -> Result<Header, ConsensusError> {
        let mut head = self.best.best_chain().await?;
        while self.bad.contains(&head.hash()) {
            head = header(&self.client, head.parent_hash)
                .ok_or_else(|| ConsensusError::ChainLookup("no parent".into()))?;
        }
        Ok(head)
    }

    async fn finality_target(
        &self,
        base: Hash,
        highest: Option<BlockNumber>,
    ) -> Result<Hash, ConsensusError> {
        self.best.finality_target(base, highest).await
    }
}

/// The newest attestation of another author in the chain up to `head`.
pub fn borrow(
    client: &FullClient,
    head: &Header,
    author: &AccountId,
) -> Option<Attestation<AccountId>> {
    let mut head = head.clone();
    for _ in 0..DEPTH {
        match attestation_of::<AccountId>(&head.digest) {
            Ok(attestation) if attestation.author != *author => return Some(attestation),
            _ => head = header(client, head.parent_hash)?,
        }
    }
    None
}

fn header(client: &FullClient, hash: Hash) -> Option<Header> {
    client.header(hash).ok().flatten()
}
