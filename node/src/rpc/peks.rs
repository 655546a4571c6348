// SPDX-License-Identifier: Apache-2.0
//! `peks_search`: a search on the caller's own node.
//!
//! A trapdoor finds records and never expires, so the call is refused wherever unsafe RPC is, and trapdoors are erased after
//! their use and appear in no message. The text of the request lives in the RPC server's buffers until the server frees them:
//! one more reason why this node must be the requester's own. Log levels that would print requests are cut in `command.rs`.

use super::{internal, invalid_params};
use crate::search::{
    run::{self, EventSink, Plan, Query},
    ChainView, PhiIndex, SearchEvent,
};
use bspp_peks::{G1Point, PointError, SearchTrapdoor, G1_LEN, G2_LEN};
use bspp_primitives::{Epoch, HospitalId};
use futures::FutureExt;
use jsonrpsee::{
    core::{async_trait, SubscriptionResult},
    proc_macros::rpc,
    types::ErrorObjectOwned,
    Extensions, PendingSubscriptionSink, SubscriptionMessage, SubscriptionSink,
};
use polkadot_sdk::{sc_rpc::SubscriptionTaskExecutor, sc_rpc_api::check_if_safe};
use serde::{de, Deserialize, Deserializer};
use std::{fmt, sync::Arc};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// Trapdoors in one search at most.
pub const MAX_QUERIES: usize = 256;
/// Searches at the same time at most. Each keeps one thread busy.
pub const MAX_SEARCHES: usize = 4;

/// Bytes given as hex. What is not hex of the right length is kept as nothing: which part was wrong, and never its content,
/// is said later.
pub struct HexBytes<const N: usize>(Option<Zeroizing<[u8; N]>>);

impl<const N: usize> HexBytes<N> {
    fn bytes(&self) -> &[u8] {
        self.0.as_ref().map_or(&[], |bytes| bytes.as_slice())
    }
}

impl<'de, const N: usize> Deserialize<'de> for HexBytes<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<const N: usize>;

        impl<const N: usize> de::Visitor<'_> for Visitor<N> {
            type Value = HexBytes<N>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a string of {N} bytes in hex")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                let mut bytes = Zeroizing::new([0u8; N]);
                let digits = text.strip_prefix("0x").unwrap_or(text);
                let decoded = hex::decode_to_slice(digits, bytes.as_mut_slice());
                Ok(HexBytes(decoded.is_ok().then_some(bytes)))
            }
        }

        deserializer.deserialize_str(Visitor)
    }
}

/// What to search for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SearchParams {
    /// The hospital whose batches are searched.
    pub hospital: HospitalId,
    /// The patient's search key `A_s`: 48 bytes.
    pub search_point: HexBytes<G1_LEN>,
    /// Trapdoors, at most [`MAX_QUERIES`].
    pub queries: Vec<QueryParams>,
}

/// One trapdoor and its month.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QueryParams {
    /// Month of filing: months since 1970-01.
    pub epoch: Epoch,
    /// The trapdoor `T_s`: 96 bytes.
    pub trapdoor: HexBytes<G2_LEN>,
}

impl SearchParams {
    /// Validates every point.
    ///
    /// # Errors
    ///
    /// `MaxQueriesExceeded`, `InvalidQueries` for none at all, `InvalidSearchPoint` or `InvalidTrapdoor` with the reason.
    pub fn validate(self) -> Result<Plan, ErrorObjectOwned> {
        if self.queries.len() > MAX_QUERIES {
            return Err(invalid_params(format!(
                "MaxQueriesExceeded: {} queries; at most {MAX_QUERIES} in one search",
                self.queries.len()
            )));
        }
        if self.queries.is_empty() {
            return Err(invalid_params(
                "InvalidQueries: there is nothing to search for",
            ));
        }
        let search_point = G1Point::from_bytes(self.search_point.bytes())
            .map_err(|error| invalid_params(format!("InvalidSearchPoint: {error}")))?;
        let query = |(number, query): (usize, &QueryParams)| {
            let trapdoor = SearchTrapdoor::from_bytes(query.trapdoor.bytes()).map_err(
                |error: PointError| {
                    invalid_params(format!("InvalidTrapdoor: query {number}: {error}"))
                },
            )?;
            Ok(Query {
                epoch: query.epoch,
                trapdoor,
            })
        };
        let queries = self
            .queries
            .iter()
            .enumerate()
            .map(query)
            .collect::<Result<_, ErrorObjectOwned>>()?;
        Ok(Plan {
            hospital: self.hospital,
            search_point,
            queries,
        })
    }
}

/// Search by keyword. Only nodes of the consortium chain have it.
#[rpc(server)]
pub trait PeksApi {
    /// Searches the finalized batches of one hospital with trapdoors. Streams progress and matches; ends with `done` or
    /// `failed`. Stops when the subscriber leaves.
    ///
    /// Refused where unsafe RPC is denied, for invalid points, and when too many searches run.
    #[subscription(
        name = "peks_search" => "peks_searchEvent",
        unsubscribe = "peks_unsubscribeSearch",
        item = SearchEvent,
        with_extensions,
    )]
    async fn search(&self, params: SearchParams) -> SubscriptionResult;
}

/// [`PeksApiServer`] over the tag index.
pub struct Peks {
    view: Arc<dyn ChainView>,
    index: Arc<PhiIndex>,
    executor: SubscriptionTaskExecutor,
    slots: Arc<Semaphore>,
}

impl Peks {
    /// Searches this index on threads of this executor.
    pub fn new(
        view: Arc<dyn ChainView>,
        index: Arc<PhiIndex>,
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
        let plan = match params.validate() {
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
        // Pairings keep a thread busy.
        self.executor
            .spawn_blocking("peks-search", Some("rpc"), search.boxed());
        Ok(())
    }
}

/// Whoever asked for the search.
struct Subscriber(SubscriptionSink);

impl EventSink for Subscriber {
    async fn send(&mut self, event: SearchEvent) -> bool {
        match SubscriptionMessage::from_json(&event) {
            Ok(message) => self.0.send(message).await.is_ok(),
            Err(_) => false,
        }
    }
}
