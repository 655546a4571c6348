// SPDX-License-Identifier: Apache-2.0
//! Tests, one file per call and one per query.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod invariants;
mod is_registered;
mod refused_entries;
mod register_batch;
mod register_entries;
mod registrations;
