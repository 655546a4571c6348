// SPDX-License-Identifier: Apache-2.0
//! The status of an index.

use bspp_types::{BlockNumber, H256};
use codec::{Decode, Encode};

/// Layout of the stored values. An index with another layout is emptied and filled again.
pub const SCHEMA: u32 = 1;

/// The status of an index: its chain, and the last indexed block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Status {
    /// Layout of the stored values. It comes first in every layout and is read alone.
    pub schema: u32,
    /// Genesis hash of the indexed chain.
    pub genesis: H256,
    /// Last indexed block.
    pub number: BlockNumber,
    /// Its hash.
    pub hash: H256,
    /// Number of entries in the index.
    pub entries: u64,
}

impl Status {
    /// An empty index of a chain.
    pub fn empty(genesis: H256) -> Self {
        Self {
            schema: SCHEMA,
            genesis,
            number: 0,
            hash: genesis,
            entries: 0,
        }
    }
}
