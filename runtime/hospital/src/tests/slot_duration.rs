// SPDX-License-Identifier: Apache-2.0
//! Tests of the slot length in the genesis, and of times that are counted in slots.

use crate::{
    genesis_config_presets::{get_preset, HOSPITAL_A_LOCAL},
    Aura, HospitalAdmin, Runtime, RuntimeCall, RuntimeGenesisConfig, RuntimeOrigin,
};
use bspp_runtime_common::dev;
use bspp_types::{
    limits::{DAY_MS, HOUR_MS, MAX_CREDENTIAL_DAYS, MIN_SLOT_DURATION},
    MAX_RECORDS_PER_CALL,
};
use pallet_conformance::SessionLengthOf;
use pallet_slot_duration::SlotDuration;
use polkadot_sdk::{
    frame_support::{
        assert_noop,
        dispatch::DispatchClass,
        genesis_builder_helper::build_state,
        traits::{Get, GetCallMetadata, OnTimestampSet},
        weights::constants::WEIGHT_REF_TIME_PER_MILLIS,
    },
    frame_system, pallet_aura, pallet_timestamp,
    sp_consensus_aura::Slot,
    sp_genesis_builder::PresetId,
    sp_io,
};

/// Slot lengths that hospitals may choose, in milliseconds.
const LENGTHS: [u64; 4] = [MIN_SLOT_DURATION, 1_000, 3_000, 6_000];

/// Hospital A's chain with slots of this number of milliseconds.
fn chain(slot_duration: u64) -> sp_io::TestExternalities {
    let mut ext = sp_io::TestExternalities::default();
    ext.execute_with(|| {
        let patch = get_preset(&PresetId::from(HOSPITAL_A_LOCAL)).unwrap();
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
            let credential: u64 =
                <Runtime as pallet_hospital_admin::Config>::MaxCredentialSlots::get();
            assert_eq!(credential * length, u64::from(MAX_CREDENTIAL_DAYS) * DAY_MS);
        });
    }
}

#[test]
fn first_credentials_should_be_good_for_decades_whatever_the_slot_length() {
    for length in LENGTHS {
        chain(length).execute_with(|| {
            let until = HospitalAdmin::credential(&dev::validator("Alice")).unwrap();
            // 2100-01-01.
            assert!(until * length >= 4_102_444_800_000);
        });
    }
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
fn block_should_hold_the_heaviest_calls_of_patients_and_records() {
    use pallet_patients::WeightInfo as _;
    use pallet_phi_records::WeightInfo as _;
    type Patients = <Runtime as pallet_patients::Config>::WeightInfo;
    type Records = <Runtime as pallet_phi_records::Config>::WeightInfo;

    for length in LENGTHS {
        chain(length).execute_with(|| {
            let weights = <Runtime as frame_system::Config>::BlockWeights::get();
            let normal = weights.get(DispatchClass::Normal).max_extrinsic.unwrap();
            for weight in [
                Patients::enrol_patient(),
                Records::store_records(MAX_RECORDS_PER_CALL),
            ] {
                assert!(weight.all_lte(normal), "{length}: {weight:?}");
            }
        });
    }
}

#[test]
fn no_call_should_change_the_slot_length() {
    let modules = RuntimeCall::get_module_names();
    assert!(modules.contains(&"HospitalAdmin") && !modules.contains(&"SlotDuration"));
    chain(1_000).execute_with(|| {
        // An admin cannot write it to the state either.
        let call = frame_system::Call::<Runtime>::set_storage {
            items: vec![(
                SlotDuration::<Runtime>::hashed_key().to_vec(),
                6_000u64.to_le_bytes().to_vec(),
            )],
        };
        let admin = RuntimeOrigin::signed(dev::account(dev::HOSPITAL_A.operator));
        assert_noop!(
            HospitalAdmin::dispatch_as_root(admin, Box::new(call.into())),
            pallet_hospital_admin::Error::<Runtime>::NotAuthorized
        );
    });
}
