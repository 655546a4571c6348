// SPDX-License-Identifier: Apache-2.0
//! Reads that do not trust the node: storage proofs against finalized headers.
//!
//! A wallet talks to a node that somebody else runs. It starts from a [`Checkpoint`], which it
//! received with its hospital's card, and follows the authority sets of GRANDPA from there
//! ([`Follower`]). Each value comes with a proof against the state root of a header that the
//! followed set finalized ([`ProvedState`]). Such a node can be late, but it cannot lie.

mod batches;
mod checkpoint;
mod follow;
mod matches;
mod reads;

pub use batches::ProvedBatch;
pub use checkpoint::Checkpoint;
pub use follow::{Follower, MAX_AGE_MS};
pub use reads::{check_read, check_reads, ProvedState};

#[cfg(test)]
mod tests;
