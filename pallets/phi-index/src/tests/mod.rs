// SPDX-License-Identifier: Apache-2.0
//! Tests: one file per call, one per query, and one for the content of blocks.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod content;
mod cutoffs;
mod invariants;
mod is_registered;
mod refused_entries;
mod register_batch;
mod register_entries;
mod registrations;
