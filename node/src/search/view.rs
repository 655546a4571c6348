// SPDX-License-Identifier: Apache-2.0
//! The view of the chain that index, search and RPC have.

use crate::client::FullClient;
use bspp_primitives::{apis::PhiIndexApi, Hash};
use bspp_tag_index::FinalizedBlock;
use bspp_types::{BlockNumber, FilingMonth, HospitalId, IdentifiedBatch};
use polkadot_sdk::{
    sc_client_api::BlockBackend,
    sp_api::{ApiExt, ProvideRuntimeApi},
    sp_blockchain::HeaderBackend,
    sp_runtime::traits::Header as _,
    *,
};
use std::sync::Arc;

/// The reason why the chain cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// The database returned an error.
    #[error("chain database: {0}")]
    Database(#[from] sp_blockchain::Error),
    /// A runtime call failed.
    #[error("runtime call: {0}")]
    Runtime(#[from] sp_api::ApiError),
    /// The block does not exist.
    #[error("NotFound: block {0}")]
    NotFound(BlockNumber),
    /// The test double is set to fail.
    #[cfg(test)]
    #[error("the chain cannot be read")]
    Unavailable,
}

/// The view of the chain that index, search and RPC have.
pub trait ChainView: Send + Sync + 'static {
    /// The newest finalized block.
    fn finalized(&self) -> (BlockNumber, Hash);

    /// Hash of the finalized block at a height.
    fn hash(&self, number: BlockNumber) -> Result<Hash, ViewError>;

    /// A finalized block with its registrations.
    fn block(&self, number: BlockNumber) -> Result<FinalizedBlock, ViewError>;

    /// The batches of a hospital and filing month in the state after block `at`.
    ///
    /// The answer begins with batch number `from` and has no more than `limit` batches.
    fn batches(
        &self,
        at: Hash,
        hospital: HospitalId,
        filing_month: FilingMonth,
        from: u32,
        limit: u32,
    ) -> Result<Vec<IdentifiedBatch>, ViewError>;
}

/// The view of a running node.
pub struct ClientView(pub Arc<FullClient>);

impl ClientView {
    /// Whether this chain registers entries. Only the consortium chain does.
    ///
    /// # Errors
    ///
    /// Fails if the runtime's version cannot be read.
    pub fn has_index(&self) -> Result<bool, ViewError> {
        let best = self.0.info().best_hash;
        Ok(self
            .0
            .runtime_api()
            .has_api::<dyn PhiIndexApi<bspp_primitives::OpaqueBlock>>(best)?)
    }
}

impl ChainView for ClientView {
    fn finalized(&self) -> (BlockNumber, Hash) {
        let info = self.0.info();
        (info.finalized_number, info.finalized_hash)
    }

    fn hash(&self, number: BlockNumber) -> Result<Hash, ViewError> {
        HeaderBackend::hash(&*self.0, number)?.ok_or(ViewError::NotFound(number))
    }

    fn block(&self, number: BlockNumber) -> Result<FinalizedBlock, ViewError> {
        let hash = ChainView::hash(self, number)?;
        let header = self.0.header(hash)?.ok_or(ViewError::NotFound(number))?;
        let body = self
            .0
            .block_body(hash)?
            .ok_or(ViewError::NotFound(number))?;
        // The state of any later block also says which of the block's extrinsics succeeded. So a
        // node that keeps only recent states can fill its index again.
        let (_, head) = ChainView::finalized(self);
        let registrations = self.0.runtime_api().registrations(head, number, body)?;
        Ok(FinalizedBlock {
            number,
            hash,
            parent: *header.parent_hash(),
            registrations,
        })
    }

    fn batches(
        &self,
        at: Hash,
        hospital: HospitalId,
        filing_month: FilingMonth,
        from: u32,
        limit: u32,
    ) -> Result<Vec<IdentifiedBatch>, ViewError> {
        Ok(self
            .0
            .runtime_api()
            .batches(at, hospital, filing_month, from, limit)?)
    }
}
