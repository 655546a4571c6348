// SPDX-License-Identifier: Apache-2.0
//! The check of a genesis before it becomes a state.

use crate::RuntimeGenesisConfig;
use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
};
use bspp_runtime_common::genesis::check_session_keys;

/// Checks the members, the council and the session keys of a genesis.
///
/// # Errors
///
/// A sentence with the path of the field, such as `hospitals[1].operator: the account is also
/// hospitals[0].operator`.
pub fn check(config: &RuntimeGenesisConfig) -> Result<(), String> {
    let hospitals = &config.consortium.hospitals;
    pallet_consortium::genesis::check(hospitals, &config.consortium.council)?;
    let mut validators = BTreeMap::new();
    for (n, hospital) in hospitals.iter().enumerate() {
        for (m, account) in hospital.validators.iter().enumerate() {
            let path = format!("hospitals[{n}].validators[{m}]");
            validators.insert(account.clone(), path);
        }
    }
    if validators.is_empty() {
        return Err("hospitals: no hospital has a validator".to_string());
    }
    check_session_keys(&config.session.keys, &validators)
}

/// Checks a genesis in JSON, without defaults.
///
/// # Errors
///
/// As [`check`], or the reason why the JSON is not a genesis of this runtime.
pub fn check_json(json: &[u8]) -> Result<(), String> {
    let config = serde_json::from_slice::<RuntimeGenesisConfig>(json)
        .map_err(|error| format!("Invalid JSON blob: {error}"))?;
    check(&config)
}
