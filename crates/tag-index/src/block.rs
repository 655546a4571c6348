// SPDX-License-Identifier: Apache-2.0
//! The part of a finalized block that the index reads.

use bspp_types::{BlockNumber, Registration, H256};

/// A finalized block and the registrations in it.
#[derive(Clone, Debug)]
pub struct FinalizedBlock {
    /// Height.
    pub number: BlockNumber,
    /// Hash.
    pub hash: H256,
    /// Its parent's hash.
    pub parent: H256,
    /// The registrations that succeeded in it.
    pub registrations: Vec<Registration>,
}
