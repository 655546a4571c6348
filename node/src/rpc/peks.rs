// SPDX-License-Identifier: Apache-2.0
//! `peks_search`: a search on the requester's own node.
//!
//! A trapdoor finds records and never expires. Therefore the node refuses the call wherever it
//! denies unsafe RPC, erases trapdoors after use, and puts no trapdoor into a message. The text of
//! the request stays in the buffers of the RPC server until the server frees them, which is another
//! reason to search on one's own node. `command.rs` disables log levels that would print requests.

use super::{internal, invalid_params};
use crate::search::{
    run::{self, EventSink, Plan, Query},
    ChainView,
};
use bspp_peks::{G1Point, KeywordLabel, MonthLabel, PointError, SearchTrapdoor};
use bspp_rpc_types::{SearchEvent, SearchParams, SearchQuery, MAX_QUERIES};
use bspp_tag_index::TagIndexDb;
use futures::FutureExt;
use jsonrpsee::{
    core::{async_trait, SubscriptionResult},
    proc_macros::rpc,
    types::ErrorObjectOwned,
    Extensions, PendingSubscriptionSink, SubscriptionMessage, SubscriptionSink,
};
use polkadot_sdk::{sc_rpc::SubscriptionTaskExecutor, sc_rpc_api::check_if_safe};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Maximum number of searches at the same time. Each search uses one thread.
pub const MAX_SEARCHES: usize = 4;

/// Validates every point of a request.
///
/// # Errors
///
/// `MaxQueriesExceeded` if there are too many queries, `InvalidQueries` if there are none,
/// `InvalidSearchPoint`, `InvalidTrapdoor` or `InvalidLabel`, with the reason, if a part of a query
/// is not valid.
fn plan(params: SearchParams) -> Result<Plan, ErrorObjectOwned> {
    if params.queries.len() > MAX_QUERIES {
        return Err(invalid_params(format!(
            "MaxQueriesExceeded: {} queries; the maximum of one search is {MAX_QUERIES}",
            params.queries.len()
        )));
    }
    if params.queries.is_empty() {
        return Err(invalid_params(
            "InvalidQueries: there is nothing to search for",
        ));
    }
    let search_point = G1Point::from_bytes(params.search_point.as_bytes())
        .map_err(|error| invalid_params(format!("InvalidSearchPoint: {error}")))?;
    let query = |(number, query): (usize, &SearchQuery)| {
        let trapdoor = SearchTrapdoor::from_bytes(query.trapdoor.as_bytes()).map_err(
            |error: PointError| invalid_params(format!("InvalidTrapdoor: query {number}: {error}")),
        )?;
        let kw = <[u8; 32]>::try_from(query.label.as_bytes()).map_err(|_| {
            invalid_params(format!(
                "InvalidLabel: query {number}: the label is not 32 bytes in hex"
            ))
        })?;
        Ok(Query {
            label: MonthLabel {
                filing_month: query.filing_month,
                kw: KeywordLabel::from_bytes(kw),
            },
            trapdoor,
        })
    };
    let queries = params
        .queries
        .iter()
        .enumerate()
        .map(query)
        .collect::<Result<_, ErrorObjectOwned>>()?;
    Ok(Plan {
        hospital: params.hospital,
        search_point,
        queries,
    })
}

/// RPC methods for search. Only nodes of the consortium chain have them.
#[rpc(server)]
pub trait PeksApi {
    /// Searches the finalized batches of one hospital with trapdoors.
    ///
    /// The subscription streams progress and matches, and ends with `done` or `failed`. The search
    /// stops when the subscriber leaves.
    ///
    /// The node refuses the call where it denies unsafe RPC, for invalid points, and when too many
    /// searches run.
    #[subscription(
        name = "peks_search" => "peks_searchEvent",
        unsubscribe = "peks_unsubscribeSearch",
        item = SearchEvent,
        with_extensions,
    )]
    async fn search(&self, params: SearchParams) -> SubscriptionResult;
}

/// The implementation of [`PeksApiServer`] over the tag index.
pub struct Peks {
    view: Arc<dyn ChainView>,
    index: Arc<TagIndexDb>,
    executor: SubscriptionTaskExecutor,
    slots: Arc<Semaphore>,
}

impl Peks {
    /// Makes a module that searches this index on threads of this executor.
    pub fn new(
        view: Arc<dyn ChainView>,
        index: Arc<TagIndexDb>,
        executor: SubscriptionTaskExecutor,
    ) -> Self {
        Self {
            view,
            index,
            executor,
            slots: Arc::new(Semaphore::new(MAX_SEARCHES)),
        }
    }
}

#[async_trait]
impl PeksApiServer for Peks {
    async fn search(
        &self,
        pending: PendingSubscriptionSink,
        extensions: &Extensions,
        params: SearchParams,
    ) -> SubscriptionResult {
        if let Err(denied) = check_if_safe(extensions) {
            pending.reject(denied).await;
            return Ok(());
        }
        let plan = match plan(params) {
            Ok(plan) => plan,
            Err(error) => {
                pending.reject(error).await;
                return Ok(());
            }
        };
        let Ok(slot) = self.slots.clone().try_acquire_owned() else {
            let error = internal(format!(
                "MaxSearchesExceeded: {MAX_SEARCHES} searches run; try again later"
            ));
            pending.reject(error).await;
            return Ok(());
        };
        let mut sink = Subscriber(pending.accept().await?);
        let (view, index) = (self.view.clone(), self.index.clone());
        let search = async move {
            run::run(plan, &*view, &index, &mut sink).await;
            drop(slot);
        };
        // Pairings take long, so the search runs on a thread that may block.
        self.executor
            .spawn_blocking("peks-search", Some("rpc"), search.boxed());
        Ok(())
    }
}

/// The subscriber that requested the search.
struct Subscriber(SubscriptionSink);

impl EventSink for Subscriber {
    async fn send(&mut self, event: SearchEvent) -> bool {
        match SubscriptionMessage::from_json(&event) {
            Ok(message) => self.0.send(message).await.is_ok(),
            Err(_) => false,
        }
    }
}
