// SPDX-License-Identifier: Apache-2.0
//! Errors of the index.

use crate::store::StoreError;
use bspp_types::{BlockNumber, H256};

/// The reason why the index fails.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored value does not decode.
    #[error("InvalidTagIndex: a stored value does not decode; run once with --rebuild-tag-index")]
    InvalidValue,
    /// The index belongs to another chain.
    #[error("GenesisMismatch: the tag index is of the chain {found:?}, this one is {expected:?}; give another --tag-index-path or --rebuild-tag-index")]
    GenesisMismatch {
        /// Genesis in the index.
        found: H256,
        /// Genesis of the node's chain.
        expected: H256,
    },
    /// The index holds a block that the chain has not finalized.
    #[error("BlockMismatch: indexed block {number} is not this chain's; run once with --rebuild-tag-index")]
    BlockMismatch {
        /// Height of the block.
        number: BlockNumber,
    },
    /// A block is missing.
    #[error("InvalidBlockOrder: the next block of the tag index is {expected}, not {found}")]
    InvalidBlockOrder {
        /// Height of the next block.
        expected: BlockNumber,
        /// Height of the given block.
        found: BlockNumber,
    },
}
