// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
// The error type of the command line comes from the SDK.
#![allow(clippy::result_large_err)]

use polkadot_sdk::*;

mod chain;
mod digest;
mod fault;
mod source;
mod spoil;
mod suspended;
#[cfg(test)]
mod tests;

fn main() -> sc_cli::Result<()> {
    let switch = fault::Switch::from_env().map_err(sc_cli::Error::Input)?;
    bspp_node::run_with(source::Faulty { switch })
}
