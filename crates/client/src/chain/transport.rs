// SPDX-License-Identifier: Apache-2.0
//! RPC calls and subscriptions, and the classification of their errors.

use crate::error::*;
use codec::Decode;
use serde::de::DeserializeOwned;
use sp_core::H256;
use std::{future::Future, time::Duration};
use subxt::rpcs::client::{RpcClient, RpcParams, RpcSubscription};

/// Maximum duration of one RPC call.
pub(super) const REQUEST: Duration = Duration::from_secs(60);

/// Builds JSON-RPC parameters.
macro_rules! params {
    ($($value:expr),* $(,)?) => {{
        #[allow(unused_mut)]
        let mut params = subxt::rpcs::client::RpcParams::new();
        $(
            params.push($value).map_err(|e| $crate::chain::rpc_error("parameters", e))?;
        )*
        params
    }};
}
pub(crate) use params;

/// Makes one RPC call.
pub(super) async fn call_rpc<R: DeserializeOwned>(
    rpc: &RpcClient,
    method: &str,
    params: RpcParams,
) -> Result<R> {
    match tokio::time::timeout(REQUEST, rpc.request::<R>(method, params)).await {
        Ok(answer) => answer.map_err(|e| rpc_error(method, e)),
        Err(_) => Err(ClientError::TimeExpired {
            what: method.to_owned(),
            seconds: REQUEST.as_secs(),
        }),
    }
}

/// Calls a runtime API through `state_call`, on the best block if `at` is `None`.
pub(super) async fn state_call<R: Decode>(
    rpc: &RpcClient,
    method: &str,
    args: &[u8],
    at: Option<H256>,
) -> Result<R> {
    let answer: sp_core::Bytes = call_rpc(
        rpc,
        "state_call",
        params![method, sp_core::Bytes(args.to_vec()), at],
    )
    .await
    .map_err(|e| match e {
        ClientError::RpcRefused { code, message, .. } => ClientError::RpcRefused {
            method: method.to_owned(),
            code,
            message,
        },
        other => other,
    })?;
    runtime_value(method, &answer.0)
}

/// The value that a runtime API returned, from its SCALE encoding.
///
/// # Errors
/// `InvalidAnswer`.
pub fn runtime_value<R: Decode>(method: &str, mut bytes: &[u8]) -> Result<R> {
    R::decode(&mut bytes).map_err(|e| ClientError::InvalidAnswer {
        what: method.to_owned(),
        reason: e.to_string(),
    })
}

/// Waits until `future` ends, but no longer than `limit`.
pub(crate) async fn within<T>(
    what: &str,
    limit: Duration,
    future: impl Future<Output = Result<T>>,
) -> Result<T> {
    tokio::time::timeout(limit, future)
        .await
        .unwrap_or_else(|_| {
            Err(ClientError::TimeExpired {
                what: what.to_owned(),
                seconds: limit.as_secs(),
            })
        })
}

/// Classifies an error of the transport.
///
/// The node refused the call, the connection broke, or the answer does not decode.
pub(crate) fn rpc_error(method: &str, error: subxt::rpcs::Error) -> ClientError {
    use subxt::rpcs::Error;
    match error {
        Error::User(refusal) => ClientError::RpcRefused {
            method: method.to_owned(),
            code: refusal.code,
            message: match refusal.data {
                Some(data) => format!("{}: {}", refusal.message, data.get().trim_matches('"')),
                None => refusal.message,
            },
        },
        Error::Deserialization(e) => ClientError::InvalidAnswer {
            what: method.to_owned(),
            reason: e.to_string(),
        },
        Error::Decode(e) => ClientError::InvalidAnswer {
            what: method.to_owned(),
            reason: e.to_string(),
        },
        other => ClientError::ConnectionLost {
            reason: format!("{method}: {other}"),
        },
    }
}

/// A stream of notifications from a node.
pub struct Subscription<T> {
    pub(crate) inner: RpcSubscription<T>,
    pub(crate) method: &'static str,
}

impl<T: DeserializeOwned> Subscription<T> {
    /// The next notification. `None` if the node has ended the stream.
    ///
    /// After `ConnectionLost` the stream continues when the client has reconnected. Notifications
    /// in between are lost.
    pub async fn next(&mut self) -> Option<Result<T>> {
        let next = self.inner.next().await?;
        Some(next.map_err(|e| rpc_error(self.method, e)))
    }
}
