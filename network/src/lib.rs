// SPDX-License-Identifier: Apache-2.0
//! Networks of BSPP on one machine: real nodes, real chains, real gateways, real faults.
//!
//! A test starts a network with a topology ([`topology`]) and changes it ([`faults`], [`council`],
//! a killed node, a stopped gateway). Then it waits, always for a limited time ([`wait`]), until
//! the chains show the expected result ([`chain`], [`conformance`]). Assertions are about the state
//! and blocks of a chain. They are about logs and metrics only where these are the promised
//! behaviour, for example a warning for the operator.
//!
//! Each test has a folder and processes of its own ([`environment`]). Its processes end with it.
//! Its logs stay only if it fails.

pub mod accounts;
pub mod anchors;
pub mod chain;
pub mod cli;
pub mod conformance;
pub mod control;
pub mod council;
pub mod digest;
pub mod environment;
pub mod faults;
pub mod gateway;
pub mod keys;
pub mod logs;
pub mod process;
pub mod records;
pub mod state;
pub mod topology;
pub mod tx;
pub mod wait;

pub use anyhow::{anyhow, bail, ensure, Context, Result};
