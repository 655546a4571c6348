// SPDX-License-Identifier: Apache-2.0
//! Weights of the calls.
//!
//! They are high estimates of the work, not measured yet. A runtime replaces them with the output
//! of `frame-omni-bencher` for `benchmarking.rs`.

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{
        constants::{WEIGHT_REF_TIME_PER_MICROS, WEIGHT_REF_TIME_PER_NANOS},
        Weight,
    },
};

/// Weights of the calls.
pub trait WeightInfo {
    /// A constant weight.
    fn register_batch() -> Weight;
    /// `b`: entry blocks; `e`: their entries; `s`: their slots; `n`: nodes of the storage proof.
    fn register_blocks(b: u32, e: u32, s: u32, n: u32) -> Weight;
    /// Removal of the last block's registrations, and the root over this block's at its end.
    fn on_initialize() -> Weight;
}

/// Estimates, with the database costs of the runtime `T`.
pub struct SubstrateWeight<T>(PhantomData<T>);

/// Cost of origin, dispatch and event.
const BASE_MICROS: u64 = 60;
/// Two multiplications in G1 and two subgroup checks, compiled to wasm without host calls.
const SCHNORR_MICROS: u64 = 12_000;
/// The running hash of an entry block, its event and its leaf.
const BLOCK_MICROS: u64 = 30;
/// Decoding and hashing an entry without its slots, and one inner node.
const ENTRY_MICROS: u64 = 25;
/// Decoding, hashing and sorting one slot of 48 bytes.
const SLOT_NANOS: u64 = 550;
/// A Merkle tree over the maximum number of registrations in a block.
const TREE_MICROS: u64 = 8_000;
/// Bytes of the proof of a full block's leaves.
const LEAVES_PROOF: u64 = 36_000;
/// Decoding, hashing and walking one trie node with the maximum of 2 KiB.
const NODE_MICROS: u64 = 25;
/// Bytes of proof that one stored item may need.
const ITEM_PROOF: u64 = 2_800;

fn micros(n: u64) -> Weight {
    Weight::from_parts(n.saturating_mul(WEIGHT_REF_TIME_PER_MICROS), 0)
}

fn nanos(n: u64) -> Weight {
    Weight::from_parts(n.saturating_mul(WEIGHT_REF_TIME_PER_NANOS), 0)
}

fn proof(items: u64) -> Weight {
    Weight::from_parts(0, ITEM_PROOF.saturating_mul(items))
}

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    fn register_batch() -> Weight {
        // The session and the registered part of the reserve count, too.
        <() as WeightInfo>::register_batch().saturating_add(T::DbWeight::get().reads_writes(7, 5))
    }

    fn register_blocks(b: u32, e: u32, s: u32, n: u32) -> Weight {
        // Each entry may belong to a batch of its own. A block writes its commitment and its
        // refused entries.
        let blocks = u64::from(b).saturating_mul(2);
        <() as WeightInfo>::register_blocks(b, e, s, n)
            .saturating_add(T::DbWeight::get().reads_writes(16, 7))
            .saturating_add(T::DbWeight::get().reads_writes(0, blocks))
            .saturating_add(T::DbWeight::get().reads_writes(e.into(), e.into()))
    }

    fn on_initialize() -> Weight {
        <() as WeightInfo>::on_initialize().saturating_add(T::DbWeight::get().reads_writes(2, 2))
    }
}

/// The work without the database, for mocks.
impl WeightInfo for () {
    fn register_batch() -> Weight {
        micros(BASE_MICROS.saturating_add(SCHNORR_MICROS)).saturating_add(proof(7))
    }

    fn register_blocks(b: u32, e: u32, s: u32, n: u32) -> Weight {
        let items = u64::from(b)
            .saturating_mul(2)
            .saturating_add(e.into())
            .saturating_add(14);
        micros(BASE_MICROS)
            .saturating_add(micros(BLOCK_MICROS.saturating_mul(b.into())))
            .saturating_add(micros(ENTRY_MICROS.saturating_mul(e.into())))
            .saturating_add(nanos(SLOT_NANOS.saturating_mul(s.into())))
            .saturating_add(micros(NODE_MICROS.saturating_mul(n.into())))
            .saturating_add(proof(items))
            .saturating_add(Weight::from_parts(0, LEAVES_PROOF))
    }

    fn on_initialize() -> Weight {
        micros(BASE_MICROS.saturating_add(TREE_MICROS))
            .saturating_add(proof(2))
            .saturating_add(Weight::from_parts(0, LEAVES_PROOF))
    }
}
