// SPDX-License-Identifier: Apache-2.0
//! The check of the genesis in a spec file, before a runtime builds the state from it.

use bspp_consortium_runtime as consortium;
use bspp_hospital_runtime as hospital;
use serde_json::Value;

/// Checks the genesis of a spec, if the spec has one that is not a raw state.
///
/// A genesis that this node's runtimes do not know is left to the runtime in the spec.
///
/// # Errors
///
/// `InvalidGenesis` with a sentence that names the field.
pub fn check(spec: &Value) -> Result<(), String> {
    let Some(genesis) = spec.pointer("/genesis/runtimeGenesis") else {
        return Ok(());
    };
    let checked = if let Some(config) = genesis.get("config") {
        check_config(config.clone())
    } else if let Some(patch) = genesis.get("patch") {
        check_patch(patch)
    } else {
        Ok(())
    };
    checked.map_err(|reason| format!("InvalidGenesis: {reason}"))
}

fn check_config(config: Value) -> Result<(), String> {
    if config.get("hospitalAdmin").is_some() {
        serde_json::from_value::<hospital::RuntimeGenesisConfig>(config)
            .map_or(Ok(()), |config| hospital::genesis_check::check(&config))
    } else {
        serde_json::from_value::<consortium::RuntimeGenesisConfig>(config)
            .map_or(Ok(()), |config| consortium::genesis_check::check(&config))
    }
}

/// A patch names the differences from the runtime's default genesis.
fn check_patch(patch: &Value) -> Result<(), String> {
    let default = if patch.get("hospitalAdmin").is_some() {
        serde_json::to_value(hospital::RuntimeGenesisConfig::default())
    } else {
        serde_json::to_value(consortium::RuntimeGenesisConfig::default())
    };
    let Ok(mut config) = default else {
        return Ok(());
    };
    merge(&mut config, patch);
    check_config(config)
}

fn merge(base: &mut Value, patch: &Value) {
    match (base, patch) {
        (Value::Object(base), Value::Object(patch)) => {
            for (key, value) in patch {
                merge(base.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (base, patch) => *base = patch.clone(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn spec(preset: Option<Vec<u8>>, change: impl FnOnce(&mut Value)) -> Value {
        let mut patch = serde_json::from_slice(&preset.unwrap()).unwrap();
        change(&mut patch);
        json!({ "genesis": { "runtimeGenesis": { "code": "0x00", "patch": patch } } })
    }

    fn consortium_spec(change: impl FnOnce(&mut Value)) -> Value {
        let preset = super::super::consortium::LOCAL.into();
        spec(
            consortium::genesis_config_presets::get_preset(&preset),
            change,
        )
    }

    fn hospital_spec(change: impl FnOnce(&mut Value)) -> Value {
        let preset = super::super::hospital::LOCAL_A.into();
        spec(
            hospital::genesis_config_presets::get_preset(&preset),
            change,
        )
    }

    fn refused(spec: &Value, expected: &str) {
        assert_eq!(check(spec), Err(format!("InvalidGenesis: {expected}")));
    }

    #[test]
    fn presets_and_raw_specs_should_be_accepted() {
        assert_eq!(check(&consortium_spec(|_| ())), Ok(()));
        assert_eq!(check(&hospital_spec(|_| ())), Ok(()));
        let raw = json!({ "genesis": { "raw": { "top": {}, "childrenDefault": {} } } });
        assert_eq!(check(&raw), Ok(()));
    }

    #[test]
    fn consortium_spec_should_be_refused_with_the_field_when_it_is_wrong() {
        let spec = consortium_spec(|patch| {
            let hospitals = &mut patch["consortium"]["hospitals"];
            hospitals[1]["operator"] = hospitals[0]["operator"].clone();
        });
        refused(
            &spec,
            "hospitals[1].operator: the account is also hospitals[0].operator",
        );
        let spec = consortium_spec(|patch| patch["consortium"]["council"] = json!([]));
        refused(&spec, "council: the list is empty");
        let spec = consortium_spec(|patch| {
            patch["session"]["keys"].as_array_mut().unwrap().pop();
        });
        refused(
            &spec,
            "hospitals[1].validators[0]: the validator has no session keys",
        );
    }

    #[test]
    fn hospital_spec_should_be_refused_when_credentials_end_at_once() {
        let spec = hospital_spec(|patch| patch["hospitalAdmin"]["credentialsUntil"] = json!(0));
        refused(
            &spec,
            "hospitalAdmin.credentialsUntil: the credentials end at slot 0",
        );
    }
}
