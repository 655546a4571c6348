// SPDX-License-Identifier: Apache-2.0
//! Weights of the calls.
//!
//! They are high estimates of the work and not measured yet. A runtime replaces them with the
//! output of `frame-omni-bencher` for `benchmarking.rs`.

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
    /// `a`: authorities.
    fn initialise_anchor(a: u32) -> Weight;
    /// `a`: authorities; `h`: heads that it forgets.
    fn reinitialise_anchor(a: u32, h: u32) -> Weight;
    /// `a`: authorities; `h`: heads that it forgets.
    fn start_incarnation(a: u32, h: u32) -> Weight;
    /// `p`: precommits; `v`: ancestry headers.
    fn submit_finality_proof(p: u32, v: u32) -> Weight;
    /// Constant.
    fn halt_anchor() -> Weight;
    /// Constant.
    fn resume_anchor() -> Weight;
    /// `p`: precommits of both proofs; `v`: their ancestry headers.
    fn report_conflict(p: u32, v: u32) -> Weight;
}

/// Estimates, with the database costs of the runtime `T`.
pub struct SubstrateWeight<T>(PhantomData<T>);

/// Origin, dispatch and event.
const BASE_MICROS: u64 = 50;
/// One Ed25519 verification with the look-ups in the set and its share of decoding.
const VOTE_MICROS: u64 = 120;
/// The hash of one header of some KiB, and the walk over the header.
const ANCESTRY_MICROS: u64 = 20;
/// The work to sort and store one authority.
const AUTHORITY_NANOS: u64 = 2_000;
/// Bytes of proof that one stored item may need.
const ITEM_PROOF: u64 = 2_600;
/// Bytes of proof of an authority set of 64.
const SET_PROOF: u64 = 5_200;
/// The suspension of a hospital, which walks over maximum 256 hospitals and 256 validators.
const SUSPEND_MICROS: u64 = 4_000;
/// Reads of that walk: two for a hospital, eight for a validator.
const SUSPEND_READS: u64 = 2_600;
/// Writes of the suspension: the hospital and the next validators.
const SUSPEND_WRITES: u64 = 4;

fn micros(n: u64) -> Weight {
    Weight::from_parts(n.saturating_mul(WEIGHT_REF_TIME_PER_MICROS), 0)
}

fn authorities(n: u32) -> Weight {
    let nanos = AUTHORITY_NANOS.saturating_mul(n.into());
    Weight::from_parts(nanos.saturating_mul(WEIGHT_REF_TIME_PER_NANOS), 0)
}

fn proof(items: u64) -> Weight {
    Weight::from_parts(
        0,
        ITEM_PROOF.saturating_mul(items).saturating_add(SET_PROOF),
    )
}

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    fn initialise_anchor(a: u32) -> Weight {
        micros(BASE_MICROS)
            .saturating_add(authorities(a))
            .saturating_add(proof(7))
            .saturating_add(T::DbWeight::get().reads_writes(7, 5))
    }

    fn reinitialise_anchor(a: u32, h: u32) -> Weight {
        Self::initialise_anchor(a)
            .saturating_add(proof(h.into()))
            .saturating_add(T::DbWeight::get().reads_writes(h.into(), h.into()))
            .saturating_add(T::DbWeight::get().writes(h.into()))
    }

    fn start_incarnation(a: u32, h: u32) -> Weight {
        // The former voters are compared with the new ones.
        Self::reinitialise_anchor(a, h)
            .saturating_add(authorities(a.saturating_mul(64)))
            .saturating_add(proof(2))
            .saturating_add(T::DbWeight::get().reads_writes(2, 1))
    }

    fn submit_finality_proof(p: u32, v: u32) -> Weight {
        // A scheduled change may bring as many authorities as voted, or more. The weight counts 64.
        micros(BASE_MICROS)
            .saturating_add(micros(VOTE_MICROS.saturating_mul(p.into())))
            .saturating_add(micros(ANCESTRY_MICROS.saturating_mul(v.into())))
            .saturating_add(authorities(64))
            .saturating_add(proof(12))
            .saturating_add(T::DbWeight::get().reads_writes(12, 8))
    }

    fn halt_anchor() -> Weight {
        micros(BASE_MICROS)
            .saturating_add(proof(1))
            .saturating_add(T::DbWeight::get().reads_writes(1, 1))
    }

    fn resume_anchor() -> Weight {
        Self::halt_anchor()
    }

    fn report_conflict(p: u32, v: u32) -> Weight {
        micros(BASE_MICROS.saturating_add(SUSPEND_MICROS))
            .saturating_add(micros(VOTE_MICROS.saturating_mul(p.into())))
            .saturating_add(micros(ANCESTRY_MICROS.saturating_mul(v.into())))
            .saturating_add(proof(SUSPEND_READS.saturating_add(3)))
            .saturating_add(T::DbWeight::get().reads_writes(3, 1))
            .saturating_add(T::DbWeight::get().reads_writes(SUSPEND_READS, SUSPEND_WRITES))
    }
}

/// Weights for mocks.
impl WeightInfo for () {
    fn initialise_anchor(a: u32) -> Weight {
        micros(BASE_MICROS)
            .saturating_add(authorities(a))
            .saturating_add(proof(4))
    }
    fn reinitialise_anchor(a: u32, h: u32) -> Weight {
        Self::initialise_anchor(a).saturating_add(proof(h.into()))
    }
    fn start_incarnation(a: u32, h: u32) -> Weight {
        Self::reinitialise_anchor(a, h)
    }
    fn submit_finality_proof(p: u32, v: u32) -> Weight {
        micros(BASE_MICROS)
            .saturating_add(micros(VOTE_MICROS.saturating_mul(p.into())))
            .saturating_add(micros(ANCESTRY_MICROS.saturating_mul(v.into())))
    }
    fn halt_anchor() -> Weight {
        micros(BASE_MICROS)
    }
    fn resume_anchor() -> Weight {
        micros(BASE_MICROS)
    }
    fn report_conflict(p: u32, v: u32) -> Weight {
        micros(BASE_MICROS)
            .saturating_add(micros(VOTE_MICROS.saturating_mul(p.into())))
            .saturating_add(micros(ANCESTRY_MICROS.saturating_mul(v.into())))
    }
}
