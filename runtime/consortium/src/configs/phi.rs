// SPDX-License-Identifier: Apache-2.0
//! Anchors of hospital chains, the index, and searches.

use crate::{
    configs::{
        quota::{RegistrationBytes, RegistrationWeight},
        ChainId, CouncilTwoThirds,
    },
    Consortium, HospitalAnchor, PhiIndex, Runtime, Timestamp,
};
use bspp_primitives::traits::QuotaRoom;
use bspp_runtime_common::{AuraSlot, HostBatchVerifier, Longevity};
use bspp_types::{
    limits::{ANSWER_PERIOD_MS, DAY_MS, MAX_GRANT_DAYS, MAX_HOSPITAL_NODES, MINUTE_MS},
    HospitalId,
};
use pallet_consortium::CallGroup;
use pallet_slot_duration::SlotsIn;
use polkadot_sdk::frame_support::traits::{ConstU32, ConstU64, Contains, Get};

/// Weights of the index.
type IndexWeights = pallet_phi_index::weights::SubstrateWeight<Runtime>;

/// Hospitals that may not register now, so that their lag clock stands.
///
/// Their reserve has no room for a registration of the largest size although they register, or the
/// council has paused registrations.
pub struct NoRegistrations;

impl Contains<HospitalId> for NoRegistrations {
    fn contains(hospital: &HospitalId) -> bool {
        if pallet_consortium::PausedCalls::<Runtime>::get().contains(&CallGroup::Registrations) {
            return true;
        }
        Consortium::quota_stops(
            hospital,
            RegistrationWeight::get(),
            RegistrationBytes::get(),
        )
    }
}

impl pallet_hospital_anchor::Config for Runtime {
    type ForceOrigin = CouncilTwoThirds;
    type Membership = Consortium;
    type Slot = AuraSlot<Runtime>;
    type MaxSlotDrift = SlotsIn<Runtime, { MINUTE_MS }>;
    type Registered = PhiIndex;
    type ClockStands = NoRegistrations;
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
    type Quota = Consortium;
    type WeightInfo = IndexWeights;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = benchmark_helper::Helper;
}

impl pallet_peks_search::Config for Runtime {
    type Membership = Consortium;
    type RegisteredEntries = PhiIndex;
    type ChainId = ChainId;
    type Time = Timestamp;
    type MaxGrantDuration = ConstU64<{ MAX_GRANT_DAYS as u64 * DAY_MS }>;
    type AnswerPeriod = ConstU64<ANSWER_PERIOD_MS>;
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
