// SPDX-License-Identifier: Apache-2.0
//! Means that a runtime must supply for the benchmarks.

use alloc::vec::Vec;
use bspp_types::{HospitalId, Moment};
use sp_core::H256;

/// Parts of the runtime that the benchmarks need besides this pallet.
pub trait BenchmarkHelper {
    /// Sets the chain's clock.
    fn set_time(now: Moment);
    /// Anchors `hospital` at a head whose state has `value` under `key`.
    ///
    /// The value lies below `depth` branches. Returns the head and the proof. A runtime with the
    /// anchor pallet uses `pallet_hospital_anchor::benchmarking::anchor_state`.
    fn anchor_state(
        hospital: &HospitalId,
        key: &[u8],
        value: &[u8],
        depth: u32,
    ) -> Option<(H256, Vec<Vec<u8>>)>;
}
