// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used))]

mod anchor_notice;
pub mod api;
pub mod at_rest;
pub mod batches;
pub mod chains;
mod clock;
pub mod config;
pub mod disclose;
pub mod error;
mod gateway;
mod http;
pub mod ingest;
pub mod labels;
pub mod nonces;
pub mod outbox;
pub mod patients;
pub mod ports;
pub mod refusal_time;
mod register;
pub mod relay;
pub mod secrets;
mod shared;
pub mod shares;
pub mod store;
mod sync;
mod tasks;
pub mod track;
pub mod tuning;
pub mod vault;

pub use config::GatewayConfig;
pub use error::GatewayError;
pub use gateway::Gateway;
pub use shared::Shared;
pub use tuning::Tuning;
