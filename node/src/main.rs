// SPDX-License-Identifier: Apache-2.0
//! The node's binary. What it does stands in the library.
// The command line's error type is the SDK's.
#![allow(clippy::result_large_err)]

use polkadot_sdk::sc_cli;

fn main() -> sc_cli::Result<()> {
    bspp_node::run()
}
