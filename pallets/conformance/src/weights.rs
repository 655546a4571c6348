// SPDX-License-Identifier: Apache-2.0
//! Weights of the pallet, counted from its work until they are measured.
//!
//! Database accesses count by `DbWeight`, computation counts generously.

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};

/// Decoding, checks and an event of a small call: 25 µs.
const BASE: u64 = 25_000_000;
/// Verification of an sr25519 signature by the host: 120 µs.
const VERIFY: u64 = 120_000_000;
/// Decoding and hashing of a header of 16 KiB: 40 µs.
const HASH_HEADER: u64 = 40_000_000;
/// Work for each author that a walk visits: 5 µs.
const STEP: u64 = 5_000_000;
/// Reads of a policy for an author's standing.
///
/// They are its own suspension, its membership and its hospital.
const STANDING_READS: u64 = 3;
/// Reads of a policy for an author's evidence.
///
/// They are its hospital, anchor, registrations, waiting entry blocks and lag clock, and the quota:
/// session, use, grant and pause.
const EVIDENCE_READS: u64 = 12;
/// Proof size of a stored value: trie nodes and the value.
const VALUE_PROOF: u64 = 3_600;
/// Proof size of an author in a list.
const AUTHOR_PROOF: u64 = 160;

/// Weights of this pallet.
pub trait WeightInfo {
    /// `suspend_author` with maximum `n` authors in a session.
    fn suspend_author(n: u32) -> Weight;
    /// `readmit_author`.
    fn readmit_author() -> Weight;
    /// `set_parameters`.
    fn set_parameters() -> Weight;
    /// The checks of a block's digest and of its content's digest, with maximum `n` authors.
    fn begin_block(n: u32) -> Weight;
    /// The capture of the gate of `n` authors.
    fn capture(n: u32) -> Weight;
    /// The consequences of one equivocation, with maximum `n` authors in a session.
    fn punish_offender(n: u32) -> Weight;
    /// `report_double_authoring` with maximum `n` authors in a session.
    fn report_double_authoring(n: u32) -> Weight;
    /// The record of a session that begins, with maximum `n` authors.
    fn record_session(n: u32) -> Weight;
    /// `prove_storage`.
    fn prove_storage() -> Weight;
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

/// Reads of the longest walk over the authors of this session and the next one.
///
/// The walk ends in each set at an author that may author.
const fn walk(n: u64) -> u64 {
    n.saturating_mul(2).saturating_mul(STANDING_READS)
}

macro_rules! estimates {
    ($db:expr) => {
        // Reads: the suspension, both sets and each author's standing. Writes: the suspension, the
        // next set and the flag of its change.
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
        // Reads: digest, genesis and parent hash, the captured gate, authorities, parameters, one
        // author's facts, the challenge's four values, the due proof and the content's three values.
        // Writes: the attestation, the captured gate, the due proof, the digest, and the two values
        // of a session that begins.
        fn begin_block(n: u32) -> Weight {
            let n = u64::from(n);
            let reads = STANDING_READS + EVIDENCE_READS + 14;
            weight($db, VERIFY.saturating_add(STEP), n, reads, 7)
        }
        // Reads: digest, authorities, parameters and each author's facts. Writes: the captured
        // gate.
        fn capture(n: u32) -> Weight {
            let n = u64::from(n);
            let reads = n
                .saturating_mul(STANDING_READS + EVIDENCE_READS)
                .saturating_add(3);
            weight($db, STEP.saturating_mul(n), n, reads, 1)
        }
        // The work of `suspend_author`, the authorities with the suspension of each, and the note.
        fn punish_offender(n: u32) -> Weight {
            let n = u64::from(n);
            let reads = walk(n).saturating_add(n).saturating_add(6);
            weight($db, STEP.saturating_mul(n), n.saturating_mul(3), reads, 4)
        }
        // Two signatures over headers of 16 KiB, the session's set, the settled slot, and the work of
        // `punish_offender` with the walk over both sets.
        fn report_double_authoring(n: u32) -> Weight {
            let verify = VERIFY.saturating_add(HASH_HEADER).saturating_mul(2);
            let n64 = u64::from(n);
            weight($db, verify, n64.saturating_mul(3), 5, 0)
                .saturating_add(Self::punish_offender(n))
        }
        // Reads: the session's set, the one before and two old ones; each author's hospital. Writes:
        // both maps, two removals of each, and the oldest session.
        fn record_session(n: u32) -> Weight {
            let n = u64::from(n);
            let time = STEP.saturating_mul(n);
            weight($db, time, n.saturating_mul(2), n.saturating_add(8), 7)
        }
        // Reads and writes: the due proof. Hashing of the proof, the leaf and a path of 19 nodes.
        fn prove_storage() -> Weight {
            weight($db, STEP.saturating_mul(20), 0, 1, 1)
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

/// Estimates for tests.
impl WeightInfo for () {
    estimates!(RocksDbWeight::get());
}
