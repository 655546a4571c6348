// SPDX-License-Identifier: Apache-2.0
//! The rule for addresses of nodes and gateways.
//!
//! The way to another machine is encrypted, or the caller permits a plain one.
//! Grants, requests and revocations go to nodes and gateways. A plain connection shows the
//! identity and the activity of patients and doctors to everybody on the way.

use crate::{
    error::{CliError, CliResult},
    files,
};
use reqwest::{tls::Certificate, Url};
use std::{net::IpAddr, path::Path, sync::OnceLock};

/// The settings of a run, which `main` makes once.
static SETTINGS: OnceLock<Settings> = OnceLock::new();

#[derive(Default)]
struct Settings {
    /// Whether plain connections to other machines are permitted.
    insecure: bool,
    /// Further roots of trust for gateways.
    roots: Vec<Certificate>,
}

/// Takes the settings of the command line. Only the first call has an effect.
pub fn configure(insecure: bool, root: Option<&Path>) -> CliResult<()> {
    let roots = match root {
        None => Vec::new(),
        Some(path) => {
            let certificates = Certificate::from_pem_bundle(&files::read(path)?).map_err(|_| {
                CliError::Usage(format!("{} has no certificates in PEM", path.display()))
            })?;
            if certificates.is_empty() {
                return Err(CliError::Usage(format!(
                    "{} has no certificates in PEM",
                    path.display()
                )));
            }
            certificates
        }
    };
    let _ = SETTINGS.set(Settings { insecure, roots });
    Ok(())
}

/// The further roots of trust for gateways.
pub fn roots() -> Vec<Certificate> {
    SETTINGS
        .get()
        .map(|settings| settings.roots.clone())
        .unwrap_or_default()
}

/// Checks the address of a node: `wss://…`, or `ws://…` of this machine.
pub fn check_node(url: &str) -> CliResult<()> {
    check(url, "wss", "ws", insecure())
}

/// Checks the address of a gateway: `https://…`, or `http://…` of this machine.
pub fn check_gateway(url: &str) -> CliResult<()> {
    check(url, "https", "http", insecure())
}

fn insecure() -> bool {
    SETTINGS.get().is_some_and(|settings| settings.insecure)
}

fn check(url: &str, encrypted: &str, plain: &str, insecure: bool) -> CliResult<()> {
    let wrong = || {
        CliError::Usage(format!(
            "the address {url} does not begin with {encrypted}:// or {plain}://"
        ))
    };
    let parsed = Url::parse(url).map_err(|_| wrong())?;
    let host = parsed.host_str().ok_or_else(wrong)?;
    if parsed.scheme() == encrypted {
        return Ok(());
    }
    if parsed.scheme() != plain {
        return Err(wrong());
    }
    if insecure || is_loopback(host) {
        return Ok(());
    }
    Err(CliError::Usage(format!(
        "{url} is not encrypted and leads to another machine; use {encrypted}://, \
         or --insecure-transport in a network that you trust"
    )))
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost"
        || bare
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(url: &str) -> CliResult<()> {
        check(url, "wss", "ws", false)
    }

    #[test]
    fn plain_address_should_be_refused_unless_it_is_this_machine() {
        for url in [
            "ws://127.0.0.1:9944",
            "ws://localhost:9944",
            "ws://[::1]:9944",
            "wss://node.example",
        ] {
            assert!(node(url).is_ok(), "{url}");
        }
        for url in [
            "ws://node.example",
            "ws://10.0.0.1:9944",
            "ws://localhost.example",
            "ws://127.0.0.1.example",
            "ws://127.0.0.1@node.example",
        ] {
            let error = node(url).err().map(|error| error.to_string());
            assert!(
                error.is_some_and(|error| error.contains("--insecure-transport")),
                "{url}"
            );
            assert!(check(url, "wss", "ws", true).is_ok(), "{url}");
        }
    }

    #[test]
    fn address_should_be_refused_when_it_has_another_scheme() {
        for url in ["http://127.0.0.1", "127.0.0.1:9944", "ws:", "", "file:///x"] {
            assert!(node(url).is_err(), "{url}");
            assert!(check(url, "wss", "ws", true).is_err(), "{url}");
        }
    }
}
