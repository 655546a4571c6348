// SPDX-License-Identifier: Apache-2.0
//! Weights of calls and hooks.
//!
//! They are high estimates of the work until they are measured on reference hardware: 200 µs for
//! hashing an entry of 64 slots and sorting its tags, 4 ms for a Merkle tree over 256 leaves, and
//! 20 µs for all other work of a call. The runtime's database weights charge the storage.

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};

/// Hashing an entry for its core, identifier and leaf, and sorting its tags.
const ENTRY: u64 = 200_000_000;
/// A Merkle tree over the maximum number of leaves in a block.
const TREE: u64 = 4_000_000_000;
/// The work that every call does.
const BASE: u64 = 20_000_000;
/// Proof size of a stored value: trie nodes and the value.
const VALUE_PROOF: u64 = 3_500;
/// Proof size of a full list of pending leaves.
const LEAVES_PROOF: u64 = 12_000;

/// Weight of every call and hook.
pub trait WeightInfo {
    /// `store_records` with `records` records.
    fn store_records(records: u32) -> Weight;
    /// `write_off`.
    fn write_off() -> Weight;
    /// `log_disclosure`.
    fn log_disclosure() -> Weight;
    /// `open_batch`.
    fn open_batch() -> Weight;
    /// Computing the content of a block with the maximum number of entries, and sealing it.
    fn on_finalize() -> Weight;
}

fn weight(db: RuntimeDbWeight, time: u64, reads: u64, writes: u64) -> Weight {
    Weight::from_parts(BASE.saturating_add(time), VALUE_PROOF.saturating_mul(reads))
        .saturating_add(db.reads_writes(reads, writes))
}

macro_rules! estimates {
    ($db:expr) => {
        // Reads: staff, clock, count, block, extrinsic, leaves; for each record: location, batch,
        // consent, payload, number of payloads. Writes: leaves; for each record: batch, payload,
        // its position, number of payloads, location.
        fn store_records(records: u32) -> Weight {
            let records = u64::from(records);
            weight(
                $db,
                ENTRY.saturating_add(BASE).saturating_mul(records),
                records.saturating_mul(5).saturating_add(6),
                records.saturating_mul(5).saturating_add(1),
            )
            .saturating_add(Weight::from_parts(0, LEAVES_PROOF))
        }
        // Reads and writes: the payload, the number, the last position, the payload that moves. Write:
        // its position. Read: the admins.
        fn write_off() -> Weight {
            weight($db, 0, 5, 5)
        }
        // Reads: staff, location, disclosure, block.
        fn log_disclosure() -> Weight {
            weight($db, 0, 4, 1)
        }
        // Reads: staff, the batch, hospital, chain, clock.
        fn open_batch() -> Weight {
            weight($db, 0, 5, 1)
        }
        // Reads: leaves, count, the last entry block, block. The header and the state each need a
        // tree.
        fn on_finalize() -> Weight {
            weight($db, TREE.saturating_mul(2), 4, 3)
                .saturating_add(Weight::from_parts(0, LEAVES_PROOF))
        }
    };
}

/// Estimates, with the database costs of the runtime `T`.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    estimates!(T::DbWeight::get());
}

/// Weights for tests.
impl WeightInfo for () {
    estimates!(RocksDbWeight::get());
}
