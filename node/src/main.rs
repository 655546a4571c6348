// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
// The command line's error type is the SDK's.
#![allow(clippy::result_large_err)]

use polkadot_sdk::*;

mod chain_spec;
mod cli;
mod command;
mod rpc;
mod search;
mod service;

fn main() -> sc_cli::Result<()> {
    command::run()
}
