// SPDX-License-Identifier: Apache-2.0
//! The check of a genesis before it becomes a state.

use crate::RuntimeGenesisConfig;
use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
};
use bspp_primitives::genesis::DistinctFields;
use bspp_runtime_common::genesis::check_session_keys;

/// Checks the admins, the validators, their credentials and their session keys.
///
/// # Errors
///
/// A sentence with the path of the field, such as `hospitalAdmin.credentialsUntil: the credentials
/// end at slot 0`.
pub fn check(config: &RuntimeGenesisConfig) -> Result<(), String> {
    let genesis = &config.hospital_admin;
    if genesis.admins.is_empty() {
        return Err("hospitalAdmin.admins: the list is empty".to_string());
    }
    if genesis.validators.is_empty() {
        return Err("hospitalAdmin.validators: the list is empty".to_string());
    }
    if genesis.credentials_until == 0 {
        return Err("hospitalAdmin.credentialsUntil: the credentials end at slot 0".to_string());
    }
    for (n, (account, _, _)) in genesis.quotas.iter().enumerate() {
        if !genesis.admins.contains(account) && !genesis.staff.contains(account) {
            return Err(format!(
                "hospitalAdmin.quotas[{n}]: the account is not admin or staff"
            ));
        }
    }
    let mut distinct = DistinctFields::new();
    let mut validators = BTreeMap::new();
    for (n, account) in genesis.validators.iter().enumerate() {
        let path = format!("hospitalAdmin.validators[{n}]");
        distinct.note(account, path.clone(), "the account")?;
        validators.insert(account.clone(), path);
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
