// SPDX-License-Identifier: Apache-2.0
//! The limit of requests of one client of the public address.

use super::{client::Client, ApiError};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::{net::IpAddr, num::NonZeroU32, sync::Arc};

/// The number of clients above which idle ones are forgotten.
const MANY_CLIENTS: usize = 10_000;

/// Requests of each client in the last minute.
pub struct ClientLimit(DefaultKeyedRateLimiter<IpAddr>);

impl core::fmt::Debug for ClientLimit {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("ClientLimit")
    }
}

impl ClientLimit {
    /// Permits a number of requests a minute. Zero counts as one.
    pub fn new(per_minute: u32) -> Self {
        let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
        Self(RateLimiter::keyed(quota))
    }

    /// Whether a client may send another request.
    fn permits(&self, address: IpAddr) -> bool {
        let Some(client) = Client(address).name() else {
            return true;
        };
        if self.0.len() > MANY_CLIENTS {
            self.0.retain_recent();
        }
        self.0.check_key(&client).is_ok()
    }
}

/// Refuses a request of a client that sends too many.
pub(crate) async fn limit_clients(
    State(limit): State<Arc<ClientLimit>>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let client = request.extensions().get::<Client>().copied();
    match client {
        Some(Client(address)) if !limit.permits(address) => Err(ApiError::too_many(
            "TooManyRequests",
            "this client sends too many requests; try again in a minute",
        )),
        _ => Ok(next.run(request).await),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_client_should_not_use_up_the_requests_of_others() {
        let limit = ClientLimit::new(3);
        let of = |last| IpAddr::from([192, 0, 2, last]);
        for _ in 0..3 {
            assert!(limit.permits(of(1)));
        }
        assert!(!limit.permits(of(1)));
        assert!(limit.permits(of(2)));
        for _ in 0..10 {
            assert!(limit.permits(IpAddr::from([127, 0, 0, 1])));
        }
    }

    #[test]
    fn addresses_of_one_ipv6_network_should_be_one_client() {
        let limit = ClientLimit::new(1);
        let of = |network: u16, host: u16| IpAddr::from([0x2001, 0xdb8, 0, network, 0, 0, 0, host]);
        assert!(limit.permits(of(1, 1)));
        assert!(!limit.permits(of(1, 2)));
        assert!(limit.permits(of(2, 1)));
    }
}
