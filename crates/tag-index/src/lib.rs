// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used))]

mod block;
mod bucket;
mod error;
mod index;
mod keys;
mod lookup;
mod memory;
mod open;
mod parity;
mod place;
mod stage;
mod status;
mod store;

#[cfg(test)]
mod tests;

pub use block::FinalizedBlock;
pub use bucket::{Bucket, PlacedTag};
pub use error::IndexError;
pub use index::TagIndexDb;
pub use memory::MemoryStore;
pub use parity::ParityStore;
pub use place::{Location, Place};
pub use status::Status;
pub use store::{Change, Column, Store, StoreError};
