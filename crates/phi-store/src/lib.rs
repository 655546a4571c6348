// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used))]

mod config;
mod error;
mod folder;
mod journal;
mod medium;
mod object;
mod place;
mod reader;
mod replay;
#[cfg(feature = "s3")]
mod s3;
mod scrub;
mod status;
mod store;

#[cfg(test)]
mod tests;

pub use config::{PhiStoreConfig, S3Place, StoreConfig, StorePlace, MAX_STORES, MAX_STORE_NAME};
pub use error::{Failure, Fault, PhiStoreError, Result};
pub use reader::PhiReader;
pub use replay::Replay;
pub use scrub::{Finding, Scrub};
pub use status::{Status, StoreStatus};
pub use store::{Erasure, PhiStore, Stored};
