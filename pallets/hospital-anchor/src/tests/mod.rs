// SPDX-License-Identifier: Apache-2.0
//! Tests: one file for each call, one for reads by proof and one for evidence.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod anchorage;
mod halt_anchor;
mod initialise_anchor;
mod invariants;
mod read;
mod reinitialise_anchor;
mod report_conflict;
mod start_incarnation;
mod submit_finality_proof;
mod weights;
