// SPDX-License-Identifier: Apache-2.0
//! The rule for connections without TLS: only to this machine, unless the user allows more.
//!
//! A plain connection shows requests, and with them patients and keywords, to everyone on the way,
//! and lets them answer in the place of a gateway or node.

use crate::error::{CliError, CliResult};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether `--insecure-transport` was given. It is set once, before any connection.
static ALLOWED: AtomicBool = AtomicBool::new(false);

/// Allows connections without TLS to other machines, in this process.
pub fn allow_insecure() {
    ALLOWED.store(true, Ordering::Relaxed);
}

/// Checks an address before the first connection to it.
///
/// `http://` and `ws://` are accepted for loopback addresses and `localhost` only.
pub fn check(url: &str) -> CliResult<()> {
    check_with(url, ALLOWED.load(Ordering::Relaxed))
}

fn check_with(url: &str, allowed: bool) -> CliResult<()> {
    let parsed = reqwest::Url::parse(url)
        .map_err(|error| CliError::usage(format!("the address {url} is not valid: {error}")))?;
    let secure = matches!(parsed.scheme(), "https" | "wss");
    if secure || allowed || is_loopback(&parsed) {
        return Ok(());
    }
    Err(CliError::usage(format!(
        "{url} is not encrypted and not on this machine; use https:// or wss://, or allow it with --insecure-transport"
    )))
}

fn is_loopback(url: &reqwest::Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_connections_should_be_refused_to_other_machines() {
        for url in [
            "http://gateway.example.org",
            "ws://10.0.0.1:9944",
            "http://127.0.0.1.example.org",
            "ws://[2001:db8::1]:9944",
            "http://localhost.example.org:8080",
        ] {
            assert!(
                matches!(check_with(url, false), Err(CliError::Usage(_))),
                "{url}"
            );
            assert!(check_with(url, true).is_ok(), "{url}");
        }
    }

    #[test]
    fn this_machine_and_tls_should_be_accepted() {
        for url in [
            "http://127.0.0.1:8080",
            "ws://localhost:9944",
            "ws://[::1]:9944",
            "https://gateway.example.org",
            "wss://node.example.org:443",
        ] {
            assert!(check_with(url, false).is_ok(), "{url}");
        }
    }

    #[test]
    fn text_that_is_not_an_address_should_be_refused() {
        assert!(matches!(
            check_with("127.0.0.1:9944", false),
            Err(CliError::Usage(_))
        ));
    }
}
