// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
// The command line's error type is the SDK's.
#![allow(clippy::result_large_err)]

use polkadot_sdk::*;

mod chain_spec;
pub mod cli;
mod command;
pub mod conformance;
mod rpc;
mod search;
pub mod service;

/// Parses the command line and runs it.
///
/// # Errors
///
/// Whatever stops the command.
pub fn run() -> sc_cli::Result<()> {
    command::run(service::Conforming)
}

/// Like [`run`], for a node that authors otherwise than it should: network tests show with one that its blocks are refused.
///
/// # Errors
///
/// Whatever stops the command.
pub fn run_with(authorship: impl service::Authorship) -> sc_cli::Result<()> {
    command::run(authorship)
}
