// SPDX-License-Identifier: Apache-2.0
//! The node's binary. The library implements it.
// The error type of the command line comes from the SDK.
#![allow(clippy::result_large_err)]

use polkadot_sdk::sc_cli;

fn main() -> sc_cli::Result<()> {
    bspp_node::run()
}
