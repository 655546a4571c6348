// SPDX-License-Identifier: Apache-2.0
//! Tests of the slot length in the genesis, and of times that are counted in slots.

use crate::{
    genesis_config_presets::{get_preset, CONSORTIUM_LOCAL},
    Aura, Runtime, RuntimeCall, RuntimeGenesisConfig,
};
use bspp_types::limits::{DAY_MS, HOUR_MS, MIN_SLOT_DURATION};
use pallet_conformance::SessionLengthOf;
use polkadot_sdk::{
    frame_support::{
        dispatch::DispatchClass,
        genesis_builder_helper::build_state,
        traits::{Get, GetCallMetadata, OnTimestampSet},
        weights::constants::WEIGHT_REF_TIME_PER_MILLIS,
    },
    frame_system, pallet_aura,
    pallet_collective::{self, Instance1},
    pallet_timestamp,
    sp_consensus_aura::Slot,
    sp_genesis_builder::PresetId,
    sp_io,
};

/// Slot lengths that consortia may choose, in milliseconds.
const LENGTHS: [u64; 4] = [MIN_SLOT_DURATION, 1_000, 3_000, 6_000];

/// The local chain with slots of this number of milliseconds.
fn chain(slot_duration: u64) -> sp_io::TestExternalities {
    let mut ext = sp_io::TestExternalities::default();
    ext.execute_with(|| {
        let patch = get_preset(&PresetId::from(CONSORTIUM_LOCAL)).unwrap();
        let patch: serde_json::Value = serde_json::from_slice(&patch).unwrap();
        let mut config = serde_json::to_value(RuntimeGenesisConfig::default()).unwrap();
        for (pallet, fields) in patch.as_object().unwrap() {
            for (field, value) in fields.as_object().unwrap() {
                config[pallet][field] = value.clone();
            }
        }
        config["slotDuration"]["slotDuration"] = slot_duration.into();
        build_state::<RuntimeGenesisConfig>(config.to_string().into_bytes()).unwrap();
    });
    ext
}

fn quotas() -> (u64, u64) {
    (
        <Runtime as pallet_consortium::Config>::QuotaWeight::get(),
        <Runtime as pallet_consortium::Config>::QuotaBytes::get(),
    )
}

#[test]
fn aura_and_timestamp_should_follow_the_genesis() {
    for length in LENGTHS {
        chain(length).execute_with(|| {
            assert_eq!(Aura::slot_duration(), length);
            let period: u64 = <Runtime as pallet_timestamp::Config>::MinimumPeriod::get();
            assert_eq!(period, length / 2);
            // The call panics if the clock and the slot do not agree.
            pallet_aura::CurrentSlot::<Runtime>::put(Slot::from(7u64));
            <Aura as OnTimestampSet<u64>>::on_timestamp_set(7 * length);
        });
    }
}

#[test]
fn times_should_last_as_long_whatever_the_slot_length() {
    for length in LENGTHS {
        chain(length).execute_with(|| {
            let session: u32 = SessionLengthOf::<Runtime>::get();
            assert_eq!(u64::from(session) * length, HOUR_MS);
            let gate = pallet_conformance::GateParameters::<Runtime>::get();
            assert_eq!(gate.max_anchor_age * length, HOUR_MS);
            assert_eq!(gate.max_lag * length, HOUR_MS);
            let motion: u32 =
                <Runtime as pallet_collective::Config<Instance1>>::MotionDuration::get();
            assert_eq!(u64::from(motion) * length, 7 * DAY_MS);
        });
    }
}

#[test]
fn quotas_should_be_the_same_for_an_hour_whatever_the_slot_length() {
    // An eighth of three quarters of half of the time, and 128 MiB.
    let weight = HOUR_MS * WEIGHT_REF_TIME_PER_MILLIS / 2 / 4 * 3 / 8;
    for length in LENGTHS {
        chain(length).execute_with(|| assert_eq!(quotas(), (weight, 128 * 1024 * 1024)));
    }
}

#[test]
fn quotas_should_hold_some_blocks_when_sessions_are_short() {
    chain(1_000).execute_with(|| {
        pallet_conformance::SessionLength::<Runtime>::put(2);
        let weights = <Runtime as frame_system::Config>::BlockWeights::get();
        let weight = weights.get(DispatchClass::Normal).max_total.unwrap();
        let lengths = <Runtime as frame_system::Config>::BlockLength::get();
        let length = u64::from(*lengths.max.get(DispatchClass::Normal));
        assert_eq!(quotas(), (3 * weight.ref_time(), 2 * length));
    });
}

#[test]
fn block_weights_should_be_half_of_the_slot_and_hold_an_upgrade() {
    use frame_system::WeightInfo;
    type Weights = <Runtime as frame_system::Config>::SystemWeightInfo;

    for length in LENGTHS {
        chain(length).execute_with(|| {
            let weights = <Runtime as frame_system::Config>::BlockWeights::get();
            let max = weights.max_block.ref_time();
            assert_eq!(max, length / 2 * WEIGHT_REF_TIME_PER_MILLIS);
            let operational = weights.get(DispatchClass::Operational).max_extrinsic;
            let upgrade = Weights::apply_authorized_upgrade();
            assert!(upgrade.all_lte(operational.unwrap()));
            assert!(weights.validate().is_ok());
        });
    }
}

#[test]
fn no_call_should_belong_to_the_slot_length() {
    let modules = RuntimeCall::get_module_names();
    assert!(modules.contains(&"Consortium") && !modules.contains(&"SlotDuration"));
}
