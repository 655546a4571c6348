// SPDX-License-Identifier: Apache-2.0
//! Anchors of hospital chains, the index, and searches.

use crate::{
    configs::{ChainId, CouncilTwoThirds},
    Consortium, HospitalAnchor, PhiIndex, Runtime, Timestamp,
};
use bspp_runtime_common::{AuraSlot, HostBatchVerifier, Longevity};
use bspp_types::limits::{DAY_MS, MAX_GRANT_DAYS, MAX_HOSPITAL_NODES, MINUTE_MS};
use pallet_slot_duration::SlotsIn;
use polkadot_sdk::frame_support::traits::{ConstU32, ConstU64};

impl pallet_hospital_anchor::Config for Runtime {
    type ForceOrigin = CouncilTwoThirds;
    type Membership = Consortium;
    type Slot = AuraSlot<Runtime>;
    type MaxSlotDrift = SlotsIn<Runtime, { MINUTE_MS }>;
    type Registered = PhiIndex;
    type OnAnchored = PhiIndex;
    type OnConflict = Consortium;
    type MaxHeads = ConstU32<128>;
    type MaxAuthorities = ConstU32<MAX_HOSPITAL_NODES>;
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
    // The cost of a search is the number of batches. Each takes about 0.5 ms of pairing, so the
    // maximum is half a second for each hospital and month.
    type MaxBatchesPerFilingMonth = ConstU32<1024>;
    type WeightInfo = pallet_phi_index::weights::SubstrateWeight<Runtime>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = benchmark_helper::Helper;
}

impl pallet_peks_search::Config for Runtime {
    type Membership = Consortium;
    type RegisteredEntries = PhiIndex;
    type ChainId = ChainId;
    type Time = Timestamp;
    type MaxGrantDuration = ConstU64<{ MAX_GRANT_DAYS as u64 * DAY_MS }>;
    type AnswerPeriod = ConstU64<{ 7 * DAY_MS }>;
    type MaxMatchesPerRequest = ConstU32<4096>;
    type MaxTombstonesPerHospital = ConstU32<10_000>;
    type WeightInfo = pallet_peks_search::weights::SubstrateWeight<Runtime>;
    type Longevity = Longevity<Runtime>;
}

#[cfg(feature = "runtime-benchmarks")]
mod benchmark_helper {
    //! The time and the anchors for the index's benchmarks.

    use crate::Runtime;
    use alloc::vec::Vec;
    use bspp_types::{HospitalId, Moment};
    use polkadot_sdk::{pallet_timestamp, sp_core::H256};

    /// Sets the clock and anchors invented states.
    pub struct Helper;

    impl pallet_phi_index::benchmark_helper::BenchmarkHelper for Helper {
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
