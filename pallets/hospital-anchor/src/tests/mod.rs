// SPDX-License-Identifier: Apache-2.0
//! Tests, one file per call and one for reading by proof.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod halt_anchor;
mod initialise_anchor;
mod invariants;
mod read;
mod reinitialise_anchor;
mod submit_finality_proof;
mod weights;
