// SPDX-License-Identifier: Apache-2.0
//! Network tests of BSPP: real nodes, real chains, real faults.
//!
//! A test names a topology ([`topology`]), does something to it ([`faults`], [`council`], a killed node, a stopped gateway), and
//! waits, always for a bounded time ([`wait`]), until the chains show what must follow ([`chain`], [`conformance`]). What a test
//! asserts stands on a chain; logs and metrics are asserted where they are the promise, as for an operator's warning.
//!
//! Each test has a folder and processes of its own ([`environment`]). Nothing outlives it; its logs stay only if it fails.

pub mod accounts;
pub mod chain;
pub mod cli;
pub mod conformance;
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
