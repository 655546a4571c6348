// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used))]

pub mod api;
pub mod batches;
pub mod chains;
mod clock;
pub mod config;
pub mod disclose;
pub mod error;
mod gateway;
mod http;
pub mod ingest;
pub mod nonces;
pub mod outbox;
pub mod ports;
mod pump;
pub mod register;
pub mod relay;
pub mod secrets;
pub mod store;
pub mod track;

pub use config::{GatewayConfig, Tuning};
pub use error::GatewayError;
pub use gateway::{Gateway, Shared};
