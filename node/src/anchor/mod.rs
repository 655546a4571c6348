// SPDX-License-Identifier: Apache-2.0
//! A hospital node does not author a chain that forgot what the consortium has anchored.
//!
//! A hospital's node that lost its database would begin the chain again from block 1. The
//! consortium would never take the new chain's heads, because its anchor is a block of the old one,
//! and the records in the new chain would never be found. So the hospital's gateway tells the node
//! the newest anchor, and the node keeps it in a file in the keystore's folder ([`File`]), which a
//! purge does not remove. While the node's chain does not contain that block, the node makes no
//! blocks and begins no round of votes ([`Watch`]). It synchronizes from peers as always.
//!
//! The node does not follow the consortium: it believes the gateway, which is on the same machine.
//! After the loss of every copy the operator starts the new chain with its incarnation
//! (`--incarnation`), and the council starts it on the consortium.

mod record;
mod watch;

#[cfg(test)]
mod tests;

pub use record::File;
pub use watch::{judge, AnchoredChain, ClientChain, Refusal, Watch};

/// Target of the module's log lines.
const LOG_TARGET: &str = "anchor";
