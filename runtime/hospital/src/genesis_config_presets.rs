// SPDX-License-Identifier: Apache-2.0
//! First states of chains for development and tests. All of their keys are publicly known.

use crate::{HospitalAdminConfig, RuntimeGenesisConfig, SessionConfig};
use alloc::{vec, vec::Vec};
use bspp_runtime_common::dev::{self, DevHospital, HOSPITAL_A, HOSPITAL_B};
use polkadot_sdk::{
    frame_support::build_struct_json_patch,
    sp_core::H256,
    sp_genesis_builder::{PresetId, DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET},
};
use serde_json::Value;

/// Hospital A's chain on one machine.
pub const HOSPITAL_A_LOCAL: &str = "hospital-a-local";
/// Hospital B's chain on one machine.
pub const HOSPITAL_B_LOCAL: &str = "hospital-b-local";
/// Another name of [`HOSPITAL_A_LOCAL`].
pub const HOSPITAL_LOCAL: &str = "hospital-local";

/// Computation of a gateway in a session: more than an hour of blocks has.
const GATEWAY_WEIGHT: u64 = 4_000_000_000_000_000;
/// Bytes of a gateway in a session: 250 records of 64 KiB in each second of an hour.
const GATEWAY_BYTES: u64 = 64 * 1024 * 1024 * 1024;

/// A hospital's chain. The operator's account is its admin and its staff (the gateway).
///
/// `chain` is zero, because the preset does not know the consortium's genesis hash. It must be set
/// before the chain begins.
fn hospital_local(hospital: &DevHospital) -> Value {
    let operator = dev::account(hospital.operator);
    let validators = hospital.hospital_validators;
    build_struct_json_patch!(RuntimeGenesisConfig {
        hospital_admin: HospitalAdminConfig {
            hospital: hospital.id(),
            chain: H256::zero(),
            admins: vec![operator.clone()],
            staff: vec![operator.clone()],
            validators: validators
                .iter()
                .map(|v| dev::validator(v))
                .collect::<Vec<_>>(),
            credentials_until: dev::CREDENTIALS_UNTIL,
            quotas: vec![(operator, GATEWAY_WEIGHT, GATEWAY_BYTES)],
        },
        session: SessionConfig {
            keys: validators
                .iter()
                .map(|v| (dev::validator(v), dev::validator(v), dev::session_keys(v)))
                .collect::<Vec<_>>(),
        },
    })
}

/// JSON of a preset. `None` if no preset has this name.
pub fn get_preset(id: &PresetId) -> Option<Vec<u8>> {
    let hospital = match id.as_ref() {
        HOSPITAL_A_LOCAL | HOSPITAL_LOCAL | LOCAL_TESTNET_RUNTIME_PRESET | DEV_RUNTIME_PRESET => {
            HOSPITAL_A
        }
        HOSPITAL_B_LOCAL => HOSPITAL_B,
        _ => return None,
    };
    serde_json::to_vec(&hospital_local(&hospital)).ok()
}

/// Names of the presets.
pub fn preset_names() -> Vec<PresetId> {
    [
        HOSPITAL_A_LOCAL,
        HOSPITAL_B_LOCAL,
        HOSPITAL_LOCAL,
        LOCAL_TESTNET_RUNTIME_PRESET,
        DEV_RUNTIME_PRESET,
    ]
    .into_iter()
    .map(PresetId::from)
    .collect()
}
