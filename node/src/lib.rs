// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
// The error type of the command line comes from the SDK.
#![allow(clippy::result_large_err)]

use polkadot_sdk::*;

pub mod anchor;
mod chain_spec;
pub mod cli;
pub mod client;
mod command;
pub mod conformance;
mod rpc;
mod search;
pub mod service;
mod votes;

/// Parses the command line and runs it.
///
/// # Errors
///
/// The error that stops the command.
pub fn run() -> sc_cli::Result<()> {
    command::run(service::Conforming)
}

/// Like [`run`], for a node that authors in another way.
///
/// Network tests use such a node to show that other nodes refuse its blocks.
///
/// # Errors
///
/// The error that stops the command.
pub fn run_with(authorship: impl service::Authorship) -> sc_cli::Result<()> {
    command::run(authorship)
}
