// SPDX-License-Identifier: Apache-2.0
//! `peks_search`: keyword search on the caller's own node.
//!
//! A search sends trapdoors to the node. Trapdoors give their holder the power to search: callers
//! must use their own node only.

use crate::{chain::*, consortium::ConsortiumClient, error::*};
use bspp_rpc_types::{
    FoundRecord, SearchEvent, SearchParams, SearchProgress, SearchQuery, SearchSummary,
};
use bspp_types::HospitalId;

/// A step of a running search. A search that fails ends with an error instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SearchStep {
    /// One more batch was searched.
    Progress(SearchProgress),
    /// A record was found.
    Match(Box<FoundRecord>),
    /// All batches are searched.
    Done(SearchSummary),
}

/// A running search. Dropping it ends the search.
pub struct Search {
    inner: Subscription<SearchEvent>,
    ended: bool,
}

impl Search {
    /// The next step; `None` after `Done`.
    ///
    /// # Errors
    /// `RpcRefused` if the node ended the search; `ConnectionLost` if the connection broke: the
    /// search must then be started again.
    pub async fn next(&mut self) -> Option<Result<SearchStep>> {
        if self.ended {
            return None;
        }
        let step = match self.inner.next().await {
            Some(Ok(event)) => search_step(event),
            Some(Err(error)) => Err(error),
            None => Err(ClientError::ConnectionLost {
                reason: "the search ended without a result".into(),
            }),
        };
        self.ended = !matches!(step, Ok(SearchStep::Progress(_) | SearchStep::Match(_)));
        Some(step)
    }
}

/// The step of a search that a message of the node means.
///
/// # Errors
/// `RpcRefused` if the node ended the search.
pub fn search_step(event: SearchEvent) -> Result<SearchStep> {
    match event {
        SearchEvent::Progress(progress) => Ok(SearchStep::Progress(progress)),
        SearchEvent::Match(found) => Ok(SearchStep::Match(found)),
        SearchEvent::Done(summary) => Ok(SearchStep::Done(summary)),
        SearchEvent::Failed { reason } => Err(ClientError::RpcRefused {
            method: "peks_search".into(),
            code: 0,
            message: reason,
        }),
    }
}

impl ConsortiumClient {
    /// Starts a search among one hospital's batches. `search_point` is the patient's `A_s`.
    ///
    /// The node refuses unless it allows unsafe RPC, as the caller's own node does. It refuses more
    /// queries than `bspp_rpc_types::MAX_QUERIES`.
    ///
    /// # Errors
    /// Those of `ChainClient::rpc`.
    pub async fn search(
        &self,
        hospital: HospitalId,
        search_point: &[u8; 48],
        queries: &[SearchQuery],
    ) -> Result<Search> {
        let request = SearchParams {
            hospital,
            search_point: search_point.into(),
            queries: queries.to_vec(),
        };
        let inner = self
            .subscribe("peks_search", params![request], "peks_unsubscribeSearch")
            .await?;
        Ok(Search {
            inner: Subscription {
                inner,
                method: "peks_search",
            },
            ended: false,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn step_should_be_an_error_when_the_search_failed() {
        let event: SearchEvent = serde_json::from_str(r#"{"type":"failed","reason":"x"}"#).unwrap();
        let error = search_step(event).unwrap_err();
        assert!(
            matches!(error, ClientError::RpcRefused { method, code: 0, message }
                if method == "peks_search" && message == "x")
        );
    }

    #[test]
    fn step_should_show_progress() {
        let progress = SearchProgress {
            batches_done: 1,
            batches_total: 3,
        };
        let step = search_step(SearchEvent::Progress(progress)).unwrap();
        assert_eq!(step, SearchStep::Progress(progress));
    }
}
