// SPDX-License-Identifier: Apache-2.0

//! A backend that counts the pairings of another.

use super::PairingBackend;
use crate::{
    gt::GtBytes,
    points::{G1Point, G2Point},
    scalar::Scalar,
};
use core::{
    marker::PhantomData,
    sync::atomic::{AtomicU64, Ordering},
};

const SLOTS: usize = 64;
static PAIRINGS: [AtomicU64; SLOTS] = [const { AtomicU64::new(0) }; SLOTS];

/// `B`, with a counter of its pairings.
///
/// The counters belong to the process. `SLOT` (below 64) selects one, so that tests that run at the
/// same time can each have their own.
pub struct Counting<B, const SLOT: usize = 0>(PhantomData<fn() -> B>);

impl<B, const SLOT: usize> Counting<B, SLOT> {
    const COUNTER: &'static AtomicU64 = {
        assert!(SLOT < SLOTS, "no such counter");
        &PAIRINGS[SLOT]
    };

    /// Pairings since the start of the process or the last [`Self::reset`].
    pub fn pairings() -> u64 {
        Self::COUNTER.load(Ordering::SeqCst)
    }

    /// Sets the counter to zero and returns what it was.
    pub fn reset() -> u64 {
        Self::COUNTER.swap(0, Ordering::SeqCst)
    }

    fn count() {
        Self::COUNTER.fetch_add(1, Ordering::SeqCst);
    }
}

impl<B: PairingBackend, const SLOT: usize> PairingBackend for Counting<B, SLOT> {
    type Prepared = B::Prepared;

    fn hash_to_g2(dst: &[u8], msg: &[u8]) -> G2Point {
        B::hash_to_g2(dst, msg)
    }

    fn pairing(p: &G1Point, q: &G2Point) -> GtBytes {
        Self::count();
        B::pairing(p, q)
    }

    fn prepare(q: &G2Point) -> B::Prepared {
        B::prepare(q)
    }

    fn pairing_prepared(p: &G1Point, q: &B::Prepared) -> GtBytes {
        Self::count();
        B::pairing_prepared(p, q)
    }

    fn g1_mul(point: &G1Point, scalar: &Scalar) -> G1Point {
        B::g1_mul(point, scalar)
    }

    fn g2_mul(point: &G2Point, scalar: &Scalar) -> G2Point {
        B::g2_mul(point, scalar)
    }

    fn g2_sum(terms: &[(&G2Point, &[u8; 16])]) -> Option<G2Point> {
        B::g2_sum(terms)
    }
}
