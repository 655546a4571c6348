// SPDX-License-Identifier: Apache-2.0
//! Entries, registrations and blocks of the tests.

use crate::FinalizedBlock;
pub use bspp_test_kit::{entry, hospital, registration};
use bspp_types::{BatchId, Registration, Tag, H256};

/// A tag that the tests look up.
pub const TAG: Tag = [5; 16];
/// Its match key.
pub const KEY: [u8; 32] = [6; 32];

/// The genesis hash of the tests.
pub fn genesis() -> H256 {
    H256::repeat_byte(0x99)
}

/// The batch of the tests.
pub fn batch() -> BatchId {
    BatchId::repeat_byte(0xb1)
}

/// Two entries, of which the first has [`TAG`].
pub fn two_entries() -> Registration {
    registration(
        0,
        vec![
            entry(batch(), 0, &[(TAG, KEY)]),
            entry(batch(), 1, &[([9; 16], [8; 32])]),
        ],
    )
}

/// The block at a height of a chain that begins with [`genesis`].
pub fn block(number: u32, registrations: Vec<Registration>) -> FinalizedBlock {
    let hash = |number: u32| {
        if number == 0 {
            genesis()
        } else {
            H256::from_low_u64_be(number.into())
        }
    };
    FinalizedBlock {
        number,
        hash: hash(number),
        parent: hash(number - 1),
        registrations,
    }
}
