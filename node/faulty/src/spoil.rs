// SPDX-License-Identifier: Apache-2.0
//! Marks faulty blocks, so that tests find them and peers do not ban their sender twice.

use crate::{chain::BadBlocks, fault::Fault};
use bspp_primitives::{Hash, OpaqueBlock};
use bspp_types::BlockNumber;
use polkadot_sdk::sc_consensus::{BlockImportParams, ForkChoiceStrategy};

/// Target of the log lines.
pub const LOG_TARGET: &str = "faulty";

/// Marks a faulty block before its import and logs it.
///
/// The block does not become the best block. Otherwise the node would offer it again at every
/// handshake to a peer that dropped the connection because of it.
pub fn spoil(block: &mut BlockImportParams<OpaqueBlock>, fault: Fault, bad: &BadBlocks) {
    block.fork_choice = Some(ForkChoiceStrategy::Custom(false));
    let hash = block.post_hash();
    bad.insert(hash);
    log::warn!(target: LOG_TARGET, "{}", line(block.header.number, hash, fault));
}

/// The log line by which tests find a faulty block.
pub fn line(number: BlockNumber, hash: Hash, fault: Fault) -> String {
    format!("faulty: authored block #{number} {hash:?} with fault {fault}")
}
