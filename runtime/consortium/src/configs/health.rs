// SPDX-License-Identifier: Apache-2.0
//! Anchors of hospital chains, the index, and searches.

use crate::{
    configs::{ChainId, CouncilTwoThirds},
    Consortium, HospitalAnchor, PhiIndex, Runtime, Timestamp,
};
use bspp_primitives::Moment;
use bspp_runtime_common::{AuraSlot, HostBatchVerifier};
use polkadot_sdk::frame_support::traits::{ConstU32, ConstU64};

/// A day, in milliseconds.
const DAY_MS: Moment = 24 * 60 * 60 * 1000;

impl pallet_hospital_anchor::Config for Runtime {
    type ForceOrigin = CouncilTwoThirds;
    type Membership = Consortium;
    type Slot = AuraSlot<Runtime>;
    type Registered = PhiIndex;
    type OnConflict = Consortium;
    type MaxHeads = ConstU32<128>;
    type MaxAuthorities = ConstU32<64>;
    type MaxAncestries = ConstU32<64>;
    type MaxProofSize = ConstU32<{ 64 * 1024 }>;
    type WeightInfo = pallet_hospital_anchor::weights::SubstrateWeight<Runtime>;
}

impl pallet_phi_index::Config for Runtime {
    type Membership = Consortium;
    type AnchoredState = HospitalAnchor;
    type BatchVerifier = HostBatchVerifier;
    type ChainId = ChainId;
    type Time = Timestamp;
    // Batches are what a search costs: at some 0.5 ms of pairing each, half a second a hospital and month.
    type MaxBatchesPerEpoch = ConstU32<1024>;
    type WeightInfo = pallet_phi_index::weights::SubstrateWeight<Runtime>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = benchmark_helper::Helper;
}

impl pallet_peks_search::Config for Runtime {
    type Membership = Consortium;
    type RegisteredEntries = PhiIndex;
    type ChainId = ChainId;
    type Time = Timestamp;
    type MaxGrantDuration = ConstU64<{ 366 * DAY_MS }>;
    type AnswerPeriod = ConstU64<{ 7 * DAY_MS }>;
    type MaxMatchesPerRequest = ConstU32<4096>;
    type WeightInfo = pallet_peks_search::weights::SubstrateWeight<Runtime>;
}

#[cfg(feature = "runtime-benchmarks")]
mod benchmark_helper {
    //! What the index's benchmarks need of time and anchors.

    use crate::Runtime;
    use alloc::vec::Vec;
    use bspp_primitives::{HospitalId, Moment};
    use polkadot_sdk::{pallet_timestamp, sp_core::H256};

    /// Sets the clock and anchors made-up states.
    pub struct Helper;

    impl pallet_phi_index::benchmarking::BenchmarkHelper for Helper {
        fn set_time(now: Moment) {
            pallet_timestamp::Now::<Runtime>::put(now);
        }

        fn anchor_state(
            hospital: &HospitalId,
            key: &[u8],
            value: &[u8],
            depth: u32,
        ) -> Option<(H256, Vec<Vec<u8>>)> {
            pallet_hospital_anchor::benchmarking::anchor_state::<Runtime>(
                hospital, key, value, depth,
            )
        }
    }
}
