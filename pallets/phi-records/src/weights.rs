// SPDX-License-Identifier: Apache-2.0
//! Weights of calls and hooks.
//!
//! Estimates from the work done, on the safe side, until they are measured on reference hardware: hashing and copying a
//! byte of a chunk at 8 ns, hashing an entry of 64 slots twice and sorting its tags at 200 µs, a Merkle tree over 256
//! leaves at 4 ms, anything else a call computes at 20 µs. Storage is charged by the runtime's database weights.

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};

/// Hashing and copying one byte, in picoseconds.
const BYTE: u64 = 8_000;
/// Hashing an entry for its identifier and leaf, sorting its tags.
const ENTRY: u64 = 200_000_000;
/// Merkle tree over the most leaves a block may have.
const TREE: u64 = 4_000_000_000;
/// What every call computes.
const BASE: u64 = 20_000_000;
/// Proof size of a stored value: trie nodes and the value.
const VALUE_PROOF: u64 = 3_500;
/// Proof size of a full list of pending leaves.
const LEAVES_PROOF: u64 = 12_000;

/// Weight of every call and hook.
pub trait WeightInfo {
    /// `store_chunk` of so many bytes.
    fn store_chunk(bytes: u32) -> Weight;
    /// `store_record` with so many chunks.
    fn store_record(chunks: u32) -> Weight;
    /// `drop_chunk`.
    fn drop_chunk() -> Weight;
    /// `log_disclosure`.
    fn log_disclosure() -> Weight;
    /// Telling the content of a block with the most entries, and sealing it.
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
        // Reads: staff, location, clock, consent, index, payload, count, leaves, block, extrinsic, each chunk.
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
        // Reads: leaves, count, the last entry block, block. The tree is computed for the header and for the state.
        fn on_finalize() -> Weight {
            weight($db, TREE.saturating_mul(2), 4, 3)
                .saturating_add(Weight::from_parts(0, LEAVES_PROOF))
        }
    };
}

/// Estimates with the runtime's database weights.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    estimates!(T::DbWeight::get());
}

/// For tests.
impl WeightInfo for () {
    estimates!(RocksDbWeight::get());
}
