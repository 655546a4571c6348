// SPDX-License-Identifier: Apache-2.0
//! The check of a genesis before it becomes a state.

use super::merge;
use crate::{genesis_check::check, genesis_config_presets::*, RuntimeGenesisConfig};
use bspp_runtime_common::dev;
use polkadot_sdk::sp_genesis_builder::PresetId;

/// The local preset after a change.
fn changed(change: impl FnOnce(&mut RuntimeGenesisConfig)) -> Result<(), String> {
    let patch = get_preset(&PresetId::from(CONSORTIUM_LOCAL)).unwrap();
    let mut json = serde_json::to_value(RuntimeGenesisConfig::default()).unwrap();
    merge(&mut json, serde_json::from_slice(&patch).unwrap());
    let mut config = serde_json::from_value(json).unwrap();
    change(&mut config);
    check(&config)
}

#[test]
fn check_should_accept_the_preset() {
    assert_eq!(changed(|_| ()), Ok(()));
}

#[test]
fn check_should_name_the_field_when_members_or_keys_are_wrong() {
    let error = changed(|config| config.consortium.council.clear());
    assert_eq!(error, Err("council: the list is empty".into()));
    let error = changed(|config| {
        config.session.keys.pop();
    });
    let missing = "hospitals[1].validators[0]: the validator has no session keys";
    assert_eq!(error, Err(missing.into()));
    let error = changed(|config| {
        config.session.keys[2].2.conf = dev::session_keys("Alice").conf;
    });
    let shared = "session.keys[2][2].conf: the key is also session.keys[0][2].conf";
    assert_eq!(error, Err(shared.into()));
    let error = changed(|config| {
        for hospital in &mut config.consortium.hospitals {
            hospital.validators.clear();
        }
    });
    let nobody = "hospitals: no hospital has a validator";
    assert_eq!(error, Err(nobody.into()));
}
