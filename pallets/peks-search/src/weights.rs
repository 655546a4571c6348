// SPDX-License-Identifier: Apache-2.0
//! Weights of the calls.
//!
//! Estimates from the work done, on the safe side, until they are measured on reference hardware: one strict Ed25519
//! verification inside the runtime is put at 600 µs, hashing an entry of 64 slots with its Merkle path at 100 µs,
//! anything else a call computes at 20 µs. Storage is charged by the runtime's database weights.

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};

/// Strict Ed25519 verification in WebAssembly, in picoseconds.
const VERIFY: u64 = 600_000_000;
/// Hashing of an entry and its Merkle path.
const HASH_ENTRY: u64 = 100_000_000;
/// What every call computes.
const BASE: u64 = 20_000_000;
/// Proof size of a stored value: trie nodes and the value.
const VALUE_PROOF: u64 = 3_500;

/// Weight of every call.
pub trait WeightInfo {
    /// `open_request`.
    fn open_request() -> Weight;
    /// `prove_match`.
    fn prove_match() -> Weight;
    /// `revoke_request` once authorized.
    fn revoke_request() -> Weight;
    /// `close_request` once authorized.
    fn close_request() -> Weight;
    /// Authorization of the two calls that a grant key signs.
    fn authorize_grant_key() -> Weight;
    /// `claim_disclosure`.
    fn claim_disclosure() -> Weight;
    /// `confirm_disclosure`.
    fn confirm_disclosure() -> Weight;
    /// `flag_unanswered`.
    fn flag_unanswered() -> Weight;
}

fn weight(db: RuntimeDbWeight, time: u64, reads: u64, writes: u64) -> Weight {
    Weight::from_parts(BASE.saturating_add(time), VALUE_PROOF.saturating_mul(reads))
        .saturating_add(db.reads_writes(reads, writes))
}

macro_rules! estimates {
    ($db:expr) => {
        // Reads: two of membership, the hospital, the chain, the clock, the request.
        fn open_request() -> Weight {
            weight($db, VERIFY, 6, 1)
        }
        // Reads: the request, two of membership, the clock, the match, two of registration, the chain.
        fn prove_match() -> Weight {
            weight($db, VERIFY + 2 * HASH_ENTRY, 8, 2)
        }
        fn revoke_request() -> Weight {
            weight($db, 0, 1, 1)
        }
        fn close_request() -> Weight {
            weight($db, 0, 1, 1)
        }
        // Reads: the request, the chain.
        fn authorize_grant_key() -> Weight {
            weight($db, VERIFY, 2, 0)
        }
        // Reads: the request, two of membership, the match.
        fn claim_disclosure() -> Weight {
            weight($db, 0, 4, 1)
        }
        // Reads: the request, the match.
        fn confirm_disclosure() -> Weight {
            weight($db, 0, 2, 1)
        }
        // Reads: the request, the match, the clock, the counter.
        fn flag_unanswered() -> Weight {
            weight($db, 0, 4, 2)
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
