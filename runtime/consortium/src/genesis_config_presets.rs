// SPDX-License-Identifier: Apache-2.0
//! First states of chains for development and tests. All of their keys are publicly known.

use crate::{ConsortiumConfig, RuntimeGenesisConfig, SessionConfig};
use alloc::{vec, vec::Vec};
use bspp_runtime_common::dev::{self, DevHospital, COUNCIL, HOSPITAL_A, HOSPITAL_B};
use pallet_consortium::GenesisHospital;
use polkadot_sdk::{
    frame_support::build_struct_json_patch,
    sp_genesis_builder::{PresetId, DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET},
};
use serde_json::Value;

/// Two hospitals on one machine: A with validators Alice and Bob, B with Charlie.
pub const CONSORTIUM_LOCAL: &str = "consortium-local";

const HOSPITALS: [DevHospital; 2] = [HOSPITAL_A, HOSPITAL_B];

fn consortium_local() -> Value {
    let hospitals = HOSPITALS
        .iter()
        .map(|hospital| GenesisHospital {
            id: hospital.id(),
            operator: dev::account(hospital.operator),
            encryption_key: hospital.encryption_key(),
            validators: hospital
                .consortium_validators
                .iter()
                .map(|v| dev::validator(v))
                .collect(),
            requesters: hospital
                .requesters
                .iter()
                .map(|doctor| dev::account(doctor))
                .collect(),
            anchorer: None,
        })
        .collect::<Vec<_>>();
    let keys = HOSPITALS
        .iter()
        .flat_map(|hospital| hospital.consortium_validators)
        .map(|name| {
            (
                dev::validator(name),
                dev::validator(name),
                dev::session_keys(name),
            )
        })
        .collect::<Vec<_>>();
    build_struct_json_patch!(RuntimeGenesisConfig {
        consortium: ConsortiumConfig {
            hospitals,
            council: COUNCIL
                .iter()
                .map(|name| dev::account(name))
                .collect::<Vec<_>>(),
        },
        session: SessionConfig { keys },
    })
}

/// JSON of a preset. `None` if no preset has this name.
pub fn get_preset(id: &PresetId) -> Option<Vec<u8>> {
    let patch = match id.as_ref() {
        CONSORTIUM_LOCAL | LOCAL_TESTNET_RUNTIME_PRESET | DEV_RUNTIME_PRESET => consortium_local(),
        _ => return None,
    };
    serde_json::to_vec(&patch).ok()
}

/// Names of the presets.
pub fn preset_names() -> Vec<PresetId> {
    vec![
        PresetId::from(CONSORTIUM_LOCAL),
        PresetId::from(LOCAL_TESTNET_RUNTIME_PRESET),
        PresetId::from(DEV_RUNTIME_PRESET),
    ]
}
