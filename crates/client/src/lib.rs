// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used))]

pub mod answers;
mod apis;
mod call;
pub mod calls;
mod chain;
mod config;
mod consortium;
mod error;
mod events;
mod governance;
mod grandpa;
mod hospital;
mod pending;
pub mod proved;
mod rpc;
mod signer;
mod state;
mod submit;

pub use call::Call;
pub use chain::{At, Block, ChainClient, Health, Subscription};
pub use config::BsppConfig;
pub use consortium::ConsortiumClient;
pub use error::{ClientError, DispatchFailure, Result};
pub use events::Event;
pub use grandpa::{
    verify_and_optimize, AuthoritySet, FinalityProof, Justification, JustificationStream,
};
pub use hospital::HospitalClient;
pub use pending::{Included, Pending};
pub use rpc::{Search, SearchStep, SessionKeys};
pub use signer::{Scheme, Signer};
pub use submit::Birth;
