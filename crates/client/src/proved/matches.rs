// SPDX-License-Identifier: Apache-2.0
//! The matches of a request, each by proof.
//!
//! The node lists the records, because a proof does not show the keys of a map. The request in the state
//! has the number of its matches, and each listed match is proved, so the list is whole and true.

use super::ProvedState;
use crate::{
    chain::At,
    error::{ClientError, Result},
    ConsortiumClient,
};
use bspp_types::{MatchedRecord, RecordId, RequestId};

fn invalid(reason: &str) -> ClientError {
    ClientError::InvalidStateProof(reason.into())
}

/// The listed records in order, if they are as many as the state says and all differ.
///
/// # Errors
/// `InvalidStateProof`.
pub(super) fn whole_list(mut listed: Vec<RecordId>, count: u32) -> Result<Vec<RecordId>> {
    let told = listed.len();
    listed.sort_unstable();
    listed.dedup();
    if listed.len() != told {
        return Err(invalid("the node lists a match twice"));
    }
    if u32::try_from(told).ok() != Some(count) {
        return Err(ClientError::InvalidStateProof(format!(
            "the node lists {told} matches of a request that has {count}"
        )));
    }
    Ok(listed)
}

impl ConsortiumClient {
    /// All matches of a request, by proof, in the order in which they were proved on the chain.
    ///
    /// The node cannot hide or invent one. A request that the state does not have has no matches.
    ///
    /// # Errors
    /// `InvalidStateProof`, and those of `ChainClient::rpc`.
    pub async fn proved_matches(
        &self,
        state: &ProvedState,
        id: RequestId,
    ) -> Result<Vec<MatchedRecord>> {
        let count = state.request(&id).await?.map_or(0, |found| found.matches);
        let at = At::Block(state.header().hash());
        let listed = self.matches(at, id).await?;
        let records = whole_list(listed.into_iter().map(|one| one.record).collect(), count)?;
        let matches = state.all_matched(&id, &records).await?;
        let mut proved = Vec::with_capacity(records.len());
        for (record, matched) in records.into_iter().zip(matches) {
            let matched = matched.ok_or_else(|| {
                invalid("the node lists a match that the consortium does not have")
            })?;
            proved.push(MatchedRecord { record, matched });
        }
        proved.sort_by_key(|one| (one.matched.proved_at, one.record));
        Ok(proved)
    }
}
