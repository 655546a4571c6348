// SPDX-License-Identifier: Apache-2.0
//! Tests: one file per call, one per query, and one for the content of blocks.
//!
//! `many_blocks` has the calls that register several blocks, `incarnations` the rebuilt chains.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod content;
mod cutoffs;
mod incarnations;
mod invariants;
mod is_registered;
mod many_blocks;
mod refused_entries;
mod register_batch;
mod register_blocks;
mod registrations;
