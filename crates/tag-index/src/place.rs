// SPDX-License-Identifier: Apache-2.0
//! Places of slots and of entries.

use bspp_types::{Ed25519Key, HospitalId, Sequence};
use codec::{Decode, Encode};

/// The place of a slot. The batch, which is part of the key, determines the hospital.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Place {
    /// Sequence number of the entry block.
    pub sequence: Sequence,
    /// Position among the block's entries.
    pub leaf: u32,
    /// Position among the entry's slots.
    pub slot: u8,
    /// The slot's match key `M`.
    pub match_key: Ed25519Key,
}

/// The place of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Location {
    /// The hospital.
    pub hospital: HospitalId,
    /// Sequence number of the entry block.
    pub sequence: Sequence,
    /// Position among the block's entries.
    pub leaf: u32,
}
