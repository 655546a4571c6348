// SPDX-License-Identifier: Apache-2.0
//! Keyword search on the requester's own node.
//!
//! The worker fills the tag index from finalized blocks, and searches read it.
//!
//! The index derives from finalized consortium blocks, and the node can rebuild it from them at any
//! time. The chain is authoritative.

pub mod run;
pub mod scope;
pub mod view;
pub mod worker;

#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;

pub use view::{ChainView, ClientView};
