// SPDX-License-Identifier: Apache-2.0
//! Weights of the calls, counted from their work until they are measured.
//!
//! Database accesses count by `DbWeight`, computation counts generously. Measure the weights with
//! `frame-omni-bencher` on the runtime's wasm.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of this pallet's calls.
pub trait WeightInfo {
    /// `add_hospital`.
    fn add_hospital() -> Weight;
    /// `remove_hospital` with `h` hospitals and `v` validators on the chain.
    fn remove_hospital(h: u32, v: u32) -> Weight;
    /// `suspend_hospital` with `h` hospitals and `v` validators on the chain.
    fn suspend_hospital(h: u32, v: u32) -> Weight;
    /// `readmit_hospital`.
    fn readmit_hospital() -> Weight;
    /// `change_operator`.
    fn change_operator() -> Weight;
    /// `set_council` with `m` members before and after.
    fn set_council(m: u32) -> Weight;
    /// `dispatch_as_root`, without the dispatched call.
    fn dispatch_as_root() -> Weight;
    /// `add_requester`.
    fn add_requester() -> Weight;
    /// `remove_requester`.
    fn remove_requester() -> Weight;
    /// `set_anchorer`.
    fn set_anchorer() -> Weight;
    /// `rotate_requester_key`.
    fn rotate_requester_key() -> Weight;
    /// `rotate_encryption_key`.
    fn rotate_encryption_key() -> Weight;
    /// `add_validator`.
    fn add_validator() -> Weight;
    /// `remove_validator` with `h` hospitals and `v` validators on the chain.
    fn remove_validator(h: u32, v: u32) -> Weight;
    /// `withdraw_validator`.
    fn withdraw_validator() -> Weight;
    /// `admit_validator` with `h` hospitals and `v` validators on the chain.
    fn admit_validator(h: u32, v: u32) -> Weight;
    /// `authorize_upgrade`.
    fn authorize_upgrade() -> Weight;
    /// `pause` and `unpause`.
    fn pause() -> Weight;
    /// `grant_quota`.
    fn grant_quota() -> Weight;
}

/// Weights that count the runtime's database costs.
pub struct SubstrateWeight<T>(PhantomData<T>);

/// Decoding, checks and an event of a small call: 25 µs.
const BASE: u64 = 25_000_000;
/// Work per hospital, validator or member that a call walks over: 3 µs.
const STEP: u64 = 3_000_000;
/// Proof size of one small map entry with its trie nodes.
const ENTRY_PROOF: u64 = 3_600;

fn of(time: u64, entries: u64) -> Weight {
    Weight::from_parts(time, entries.saturating_mul(ENTRY_PROOF))
}

impl<T: frame_system::Config> SubstrateWeight<T> {
    /// The weight of a walk over the whole validator set.
    ///
    /// The walk reads the identifiers, each hospital with its validators, and each validator's keys
    /// and suspension. Then it reads the sets of this session and the next one, with the suspension
    /// and the standing of each author. It takes leaving authors out of the next set.
    fn walk(h: u32, v: u32) -> Weight {
        let (h, v) = (u64::from(h), u64::from(v));
        let reads = h
            .saturating_mul(2)
            .saturating_add(v.saturating_mul(8))
            .saturating_add(4);
        of(
            STEP.saturating_mul(h.saturating_add(v.saturating_mul(4))),
            reads,
        )
        .saturating_add(T::DbWeight::get().reads_writes(reads, 2))
    }

    fn call(time: u64, reads: u64, writes: u64) -> Weight {
        of(time, reads).saturating_add(T::DbWeight::get().reads_writes(reads, writes))
    }
}

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    fn add_hospital() -> Weight {
        Self::call(BASE.saturating_mul(6), 8, 8)
    }
    fn remove_hospital(h: u32, v: u32) -> Weight {
        // The call deletes each validator of the hospital; the bound is all validators.
        Self::call(BASE, 6, 7)
            .saturating_add(Self::walk(h, v))
            .saturating_add(T::DbWeight::get().writes(u64::from(v)))
    }
    fn suspend_hospital(h: u32, v: u32) -> Weight {
        Self::call(BASE, 1, 1).saturating_add(Self::walk(h, v))
    }
    fn readmit_hospital() -> Weight {
        Self::call(BASE, 1, 1)
    }
    fn change_operator() -> Weight {
        Self::call(BASE, 5, 7)
    }
    fn set_council(m: u32) -> Weight {
        // Members and roles, then the collective's votes on up to 20 open motions.
        let m = u64::from(m);
        let entries = m.saturating_mul(8).saturating_add(24);
        Self::call(
            BASE.saturating_add(STEP.saturating_mul(m).saturating_mul(24)),
            entries,
            entries,
        )
    }
    fn dispatch_as_root() -> Weight {
        Self::call(BASE, 1, 0)
    }
    // The verification of a signature and of a key, in addition to the work of a call.
    fn add_requester() -> Weight {
        Self::call(BASE.saturating_mul(12), 8, 4)
    }
    fn remove_requester() -> Weight {
        Self::call(BASE, 3, 3)
    }
    // Reads: the role, the hospital twice, the anchorer and the two accounts.
    fn set_anchorer() -> Weight {
        Self::call(BASE, 8, 7)
    }
    // Reads: the role twice, the hospital, the replaced keys, the key.
    fn rotate_requester_key() -> Weight {
        Self::call(BASE.saturating_mul(6), 5, 2)
    }
    fn rotate_encryption_key() -> Weight {
        Self::call(BASE.saturating_mul(6), 5, 2)
    }
    // Reads: the role twice, the hospital, the validator, those that left, the proposals.
    fn add_validator() -> Weight {
        Self::call(BASE, 7, 1)
    }
    fn remove_validator(h: u32, v: u32) -> Weight {
        Self::call(BASE, 5, 4).saturating_add(Self::walk(h, v))
    }
    fn withdraw_validator() -> Weight {
        Self::call(BASE, 3, 1)
    }
    fn admit_validator(h: u32, v: u32) -> Weight {
        Self::call(BASE, 10, 5).saturating_add(Self::walk(h, v))
    }
    fn authorize_upgrade() -> Weight {
        Self::call(BASE, 1, 2)
    }
    fn pause() -> Weight {
        Self::call(BASE, 1, 1)
    }
    // Reads: the hospital, the session.
    fn grant_quota() -> Weight {
        Self::call(BASE, 2, 1)
    }
}
