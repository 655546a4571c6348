// SPDX-License-Identifier: Apache-2.0
//! Weights of calls and hooks.
//!
//! They are high estimates of the work until they are measured on reference hardware: 20 ns for
//! each byte of a chunk, 200 µs for hashing an entry of 64 slots and sorting its tags, 4 ms for a
//! Merkle tree over 256 leaves, and 20 µs for all other work of a call. The runtime's database
//! weights charge the storage.
//!
//! A byte of a chunk is copied and hashed twice. The host computes the hash of the chunk, about
//! 2 ns a byte. The runtime computes the tree: each leaf of 128 bytes takes two compressions of
//! BLAKE2b, and its inner node takes one. With 600 ns each in WebAssembly this is 14 ns a byte.

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};

/// Hashing one byte into the chunk and its tree, and copying it, in picoseconds.
const BYTE: u64 = 20_000;
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
    /// `store_chunk` with a chunk of `bytes` bytes.
    fn store_chunk(bytes: u32) -> Weight;
    /// `store_record` with `chunks` chunks.
    fn store_record(chunks: u32) -> Weight;
    /// `drop_chunk`.
    fn drop_chunk() -> Weight;
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
        // Reads: staff, the chunk, block, extrinsic. Writes: the chunk, the transaction index.
        fn store_chunk(bytes: u32) -> Weight {
            weight($db, BYTE.saturating_mul(u64::from(bytes)), 4, 2)
        }
        // Reads: staff, location, batch, clock, consent, payload, count, leaves, block, extrinsic,
        // and each chunk. Writes: batch, payload, leaves, location, and each chunk. BASE
        // for each chunk includes joining its root.
        fn store_record(chunks: u32) -> Weight {
            let chunks = u64::from(chunks);
            weight(
                $db,
                ENTRY.saturating_add(BASE.saturating_mul(chunks)),
                chunks.saturating_add(10),
                chunks.saturating_add(4),
            )
            .saturating_add(Weight::from_parts(0, LEAVES_PROOF))
        }
        // Reads: staff, the chunk, block.
        fn drop_chunk() -> Weight {
            weight($db, 0, 3, 1)
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
