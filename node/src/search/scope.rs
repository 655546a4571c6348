// SPDX-License-Identifier: Apache-2.0
//! The scope of a query: all batches of one hospital and filing month.

use super::view::{ChainView, ViewError};
use bspp_peks::{BatchPoint, PointError};
use bspp_types::{BatchId, FilingMonth, HospitalId, H256};

/// Maximum number of batches in one runtime call.
const PAGE: u32 = 256;

/// The reason why a scope cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ScopeError {
    /// The chain cannot be read.
    #[error(transparent)]
    Chain(#[from] ViewError),
    /// A registered batch has no valid point.
    #[error("InvalidBatch: {id:?}: {reason}")]
    InvalidBatch {
        /// The batch.
        id: BatchId,
        /// The reason why its point is not valid.
        reason: PointError,
    },
}

/// All batches of a hospital and filing month in the state after block `at`.
///
/// # Errors
///
/// Fails if the chain cannot be read or a batch has no valid point.
pub fn scope(
    view: &dyn ChainView,
    at: H256,
    hospital: HospitalId,
    filing_month: FilingMonth,
) -> Result<Vec<BatchPoint>, ScopeError> {
    let mut batches = Vec::new();
    loop {
        let from = u32::try_from(batches.len()).unwrap_or(u32::MAX);
        let page = view.batches(at, hospital, filing_month, from, PAGE)?;
        if page.is_empty() {
            return Ok(batches);
        }
        for item in page {
            let point = item.batch.header.point.validate();
            batches.push(BatchPoint {
                id: item.id.0,
                point: point.map_err(|reason| ScopeError::InvalidBatch {
                    id: item.id,
                    reason,
                })?,
            });
        }
    }
}
