// SPDX-License-Identifier: Apache-2.0
//! Keyword search on one's own node: the tag index, how it is filled, and the search itself.
//!
//! The index is derived from finalized consortium blocks and can be rebuilt from them at any time. The chain is authoritative.

pub mod event;
pub mod index;
pub mod place;
pub mod run;
pub mod store;
pub mod view;
pub mod worker;

#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;

pub use event::SearchEvent;
pub use index::PhiIndex;
pub use view::{ChainView, ClientView};
