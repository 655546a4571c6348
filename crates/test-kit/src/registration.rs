// SPDX-License-Identifier: Apache-2.0
//! Registrations for the tests of the tag index, of search and of RPC.

use crate::EntryBuilder;
use bspp_types::{BatchId, Ed25519Key, Entry, HospitalId, Registration, Sequence, Tag};

/// The hospital of these registrations.
pub fn hospital() -> HospitalId {
    HospitalId::repeat_byte(0xa0)
}

/// An entry whose first slots are these; the others are padding.
pub fn entry(batch: BatchId, index: u32, slots: &[(Tag, Ed25519Key)]) -> Entry {
    EntryBuilder::new(1)
        .batch(batch)
        .index(index)
        .leading_slots(slots)
        .build()
}

/// A registration of [`hospital`].
pub fn registration(sequence: Sequence, entries: Vec<Entry>) -> Registration {
    Registration {
        hospital: hospital(),
        sequence,
        number: sequence + 100,
        entries,
        refused: Vec::new(),
    }
}
