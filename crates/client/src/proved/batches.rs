// SPDX-License-Identifier: Apache-2.0
//! The batches of a hospital, each by proof.
//!
//! A node that invents a batch knows its secret. It could then try keywords against the buckets that a
//! search fetches, so a search computes nothing with a batch that the consortium does not have.

use super::ProvedState;
use crate::{
    chain::At,
    error::{ClientError, Result},
    ConsortiumClient,
};
use bspp_peks::BatchPoint;
use bspp_types::{BatchId, FilingMonth, HospitalId};

/// A batch that the consortium has, with its valid point.
#[derive(Clone, Debug)]
pub struct ProvedBatch {
    /// The identifier and the point.
    pub point: BatchPoint,
    /// The hospital.
    pub hospital: HospitalId,
    /// The filing month.
    pub filing_month: FilingMonth,
    /// The minimum index of the next entry: an upper bound of the number of entries.
    ///
    /// Indices may have gaps, so it does not show how few entries the batch has.
    pub next_index: u32,
}

fn invalid(reason: &str) -> ClientError {
    ClientError::InvalidStateProof(reason.into())
}

impl ConsortiumClient {
    /// A batch, by proof. `None` if the consortium does not have it.
    ///
    /// # Errors
    /// `InvalidStateProof`, and those of `ChainClient::rpc`.
    pub async fn proved_batch(
        &self,
        state: &ProvedState,
        id: BatchId,
    ) -> Result<Option<ProvedBatch>> {
        let Some(batch) = state.batch(&id).await? else {
            return Ok(None);
        };
        let header = &batch.header;
        let valid = header
            .verify(&self.chain().0)
            .map_err(|error| ClientError::InvalidStateProof(error.to_string()))?;
        if valid.id != id.0 {
            return Err(invalid("a batch has another identifier"));
        }
        Ok(Some(ProvedBatch {
            point: BatchPoint {
                id: valid.id,
                point: valid.point,
            },
            hospital: header.hospital.into(),
            filing_month: header.filing_month,
            next_index: batch.next_index,
        }))
    }

    /// All batches of a hospital and month, by proof. A node cannot leave one out.
    ///
    /// # Errors
    /// `InvalidStateProof`, and those of `ChainClient::rpc`.
    pub async fn proved_batches(
        &self,
        state: &ProvedState,
        hospital: HospitalId,
        filing_month: FilingMonth,
    ) -> Result<Vec<ProvedBatch>> {
        let at = At::Block(state.header().hash());
        let listed = self.all_batches(at, hospital, filing_month).await?;
        let count = state.batch_count(&hospital, filing_month).await?;
        let mut ids: Vec<BatchId> = listed.iter().map(|listed| listed.id).collect();
        ids.sort();
        ids.dedup();
        if u32::try_from(ids.len()).ok() != Some(count) {
            return Err(invalid("the node does not list all batches of a month"));
        }
        let mut batches = Vec::with_capacity(ids.len());
        for id in ids {
            let batch = self
                .proved_batch(state, id)
                .await?
                .filter(|batch| batch.hospital == hospital && batch.filing_month == filing_month);
            batches.push(batch.ok_or_else(|| {
                invalid("the node lists a batch that the consortium does not have")
            })?);
        }
        Ok(batches)
    }
}
