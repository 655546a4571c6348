// SPDX-License-Identifier: Apache-2.0
//! Weights of the calls.
//!
//! They are high estimates of the work until they are measured on reference hardware: 600 µs for
//! one strict Ed25519 verification inside the runtime, 100 µs for hashing an entry of 64 slots with
//! its Merkle path, and 20 µs for all other work of a call. The runtime's database weights charge
//! the storage.

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};

/// Strict Ed25519 verification in WebAssembly, in picoseconds.
const VERIFY: u64 = 600_000_000;
/// Hashing of an entry and its Merkle path.
const HASH_ENTRY: u64 = 100_000_000;
/// The work that every call does.
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
    /// `ask_disclosure`.
    fn ask_disclosure() -> Weight;
    /// `refuse_disclosure`.
    fn refuse_disclosure() -> Weight;
    /// `contest_claim`.
    fn contest_claim() -> Weight;
    /// `file_tombstone`.
    fn file_tombstone() -> Weight;
    /// One step of the sweep, which removes `matches` matches.
    fn sweep_step(matches: u32) -> Weight;
}

fn weight(db: RuntimeDbWeight, time: u64, reads: u64, writes: u64) -> Weight {
    Weight::from_parts(BASE.saturating_add(time), VALUE_PROOF.saturating_mul(reads))
        .saturating_add(db.reads_writes(reads, writes))
}

macro_rules! estimates {
    ($db:expr) => {
        // Reads: two of membership, the hospital, the chain, the clock, the request, the tombstone,
        // the day of the sweep.
        fn open_request() -> Weight {
            weight($db, VERIFY, 8, 3)
        }
        // Reads: the request, two of membership, the clock, the match, two of registration, and the
        // chain.
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
        // Reads: the request, two of membership, the match, the clock.
        fn ask_disclosure() -> Weight {
            weight($db, 0, 5, 1)
        }
        // Reads: the request, two of membership, the match.
        fn refuse_disclosure() -> Weight {
            weight($db, 0, 4, 1)
        }
        // Reads: the request, the match, the counter.
        fn contest_claim() -> Weight {
            weight($db, 0, 3, 2)
        }
        // Reads: four of membership, the clock, the chain, the request, the tombstone, the count,
        // the day of the sweep.
        fn file_tombstone() -> Weight {
            weight($db, VERIFY, 10, 4)
        }
        // Reads: the day, the clock, the expiry, the request, the tombstone, its count, each match,
        // and the match after them.
        fn sweep_step(matches: u32) -> Weight {
            let matches = u64::from(matches);
            weight($db, 0, matches.saturating_add(7), matches.saturating_add(5))
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
