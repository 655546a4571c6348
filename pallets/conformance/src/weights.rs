// SPDX-License-Identifier: Apache-2.0
//! Weights. Counted from the work done until they are measured: database accesses by `DbWeight`, computation generously.

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};

/// Decoding, checks and an event of a small call: 25 µs.
const BASE: u64 = 25_000_000;
/// Verification of an sr25519 signature by the host: 120 µs.
const VERIFY: u64 = 120_000_000;
/// Work for each author that is looked at: 5 µs.
const STEP: u64 = 5_000_000;
/// What a policy reads to tell an author's standing: its own suspension, its membership, its hospital.
const STANDING_READS: u64 = 3;
/// What a policy reads to tell an author's evidence: its hospital, anchor, head, registrations, what waits.
const EVIDENCE_READS: u64 = 6;
/// Proof size of a stored value: trie nodes and the value.
const VALUE_PROOF: u64 = 3_600;
/// Proof size of an author in a list.
const AUTHOR_PROOF: u64 = 160;

/// Weights of this pallet.
pub trait WeightInfo {
    /// `suspend_author` with `n` authors at most in a session.
    fn suspend_author(n: u32) -> Weight;
    /// `readmit_author`.
    fn readmit_author() -> Weight;
    /// `set_parameters`.
    fn set_parameters() -> Weight;
    /// The check of a block's digest, and its content's, with `n` authors at most.
    fn begin_block(n: u32) -> Weight;
    /// Capturing the gate of `n` authors.
    fn capture(n: u32) -> Weight;
    /// What follows on one equivocation with `n` authors at most in a session.
    fn punish_offender(n: u32) -> Weight;
    /// The check of a call against the block's attestation.
    fn check_call() -> Weight;
}

fn weight(db: RuntimeDbWeight, time: u64, authors: u64, reads: u64, writes: u64) -> Weight {
    let proof = VALUE_PROOF
        .saturating_mul(reads)
        .saturating_add(AUTHOR_PROOF.saturating_mul(authors));
    Weight::from_parts(BASE.saturating_add(time), proof)
        .saturating_add(db.reads_writes(reads, writes))
}

/// Reads of a walk over this session's and the next one's authors until one may author, at its longest.
const fn walk(n: u64) -> u64 {
    n.saturating_mul(2).saturating_mul(STANDING_READS)
}

macro_rules! estimates {
    ($db:expr) => {
        // Reads: the suspension, both sets and each author's standing. Writes: the suspension, the next set, its change.
        fn suspend_author(n: u32) -> Weight {
            let n = u64::from(n);
            let reads = walk(n).saturating_add(4);
            weight($db, STEP.saturating_mul(n), n.saturating_mul(2), reads, 3)
        }
        // Reads and writes: the suspension and the noted equivocation.
        fn readmit_author() -> Weight {
            weight($db, 0, 0, 2, 2)
        }
        fn set_parameters() -> Weight {
            weight($db, 0, 0, 1, 1)
        }
        // Reads: digest, genesis and parent hash, what is captured, authorities, parameters, one author's facts, the
        // content's three. Writes: the attestation, what was captured, the digest.
        fn begin_block(n: u32) -> Weight {
            let n = u64::from(n);
            let reads = STANDING_READS + EVIDENCE_READS + 9;
            weight($db, VERIFY.saturating_add(STEP), n, reads, 4)
        }
        // Reads: digest, authorities, parameters, each author's facts. Writes: what is captured.
        fn capture(n: u32) -> Weight {
            let n = u64::from(n);
            let reads = n
                .saturating_mul(STANDING_READS + EVIDENCE_READS)
                .saturating_add(3);
            weight($db, STEP.saturating_mul(n), n, reads, 1)
        }
        // As `suspend_author`, and the authorities with the suspension of each, and the note.
        fn punish_offender(n: u32) -> Weight {
            let n = u64::from(n);
            let reads = walk(n).saturating_add(n).saturating_add(6);
            weight($db, STEP.saturating_mul(n), n.saturating_mul(3), reads, 4)
        }
        fn check_call() -> Weight {
            weight($db, 0, 0, 1, 0)
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
