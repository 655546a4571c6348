// SPDX-License-Identifier: Apache-2.0
//! Chain specs of test networks.
//!
//! They are the node's development specs with other validators, sessions and limits.
//!
//! They are raw, so the genesis hash is known before a node runs, and zombienet does not change
//! them.

use super::plan::{ConsortiumPlan, HospitalPlan};
use crate::{
    accounts::{address, session_entry, stash_uri, Hospital},
    cli::{output, text},
    environment::Environment,
};
use anyhow::{Context, Result};
use serde_json::{json, Value};
use std::{fs, path::PathBuf};

/// The place in a plain spec of the differences from the runtime's default genesis.
const PATCH: &str = "/genesis/runtimeGenesis/patch";

/// Computation of a gateway in a session, in picoseconds: more than an hour of blocks has.
const GATEWAY_WEIGHT: u64 = 4_000_000_000_000_000;
/// Bytes of a gateway in a session: 250 records of 64 KiB in each second of an hour.
const GATEWAY_BYTES: u64 = 64 * 1024 * 1024 * 1024;

/// A raw chain spec.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The chain's identifier.
    pub chain: String,
    /// Path of the file.
    pub path: PathBuf,
    /// Hash of the genesis block.
    pub genesis: String,
}

/// Makes the spec of a consortium.
pub(super) async fn consortium(environment: &Environment, plan: &ConsortiumPlan) -> Result<Spec> {
    let chain = "consortium-local";
    let mut plain = export(environment, &["--chain", chain]).await?;
    let patch = plain
        .pointer_mut(PATCH)
        .context("the genesis of the consortium")?;
    let hospitals = patch["consortium"]["hospitals"]
        .as_array_mut()
        .context("hospitals")?;
    for hospital in hospitals.iter_mut() {
        hospital["validators"] = json!([]);
    }
    for (name, hospital) in &plan.authors {
        hospitals
            .get_mut(hospital.place())
            .and_then(|hospital| hospital["validators"].as_array_mut())
            .context("the hospital's validators")?
            .push(address(&stash_uri(name))?.into());
    }
    for hospital in [Hospital::A, Hospital::B] {
        if plan.anchorers {
            let entry = hospitals.get_mut(hospital.place());
            entry.context("the hospital")?["anchorer"] = address(hospital.anchorer())?.into();
        }
    }
    patch["consortium"]["upgradeDelay"] = json!(plan.upgrade_delay);
    patch["session"]["keys"] = session_keys(plan.authors.iter().map(|(name, _)| name.as_str()))?;
    patch["slotDuration"] = json!({ "slotDuration": plan.slot_millis });
    if let Some(pace) = plan.pace {
        patch["conformance"] = json!({
            "sessionLength": pace.session_length,
            "parameters": { "maxAnchorAge": pace.max_anchor_age, "maxLag": pace.max_lag },
        });
    }
    raw(environment, "consortium", chain, &plain).await
}

/// Makes the spec of a hospital chain.
///
/// The gateway has the operator's account. It must have a quota of its own, because the quota of
/// staff is too small for bulk ingest.
pub(super) async fn hospital(
    environment: &Environment,
    plan: &HospitalPlan,
    consortium: &str,
) -> Result<Spec> {
    let chain = plan.hospital.chain();
    let arguments = ["--chain", chain, "--consortium-genesis", consortium];
    let mut plain = export(environment, &arguments).await?;
    let patch = plain
        .pointer_mut(PATCH)
        .context("the genesis of the hospital's chain")?;
    let authors = plan.nodes.iter().map(|node| node.name.as_str());
    let stashes = authors
        .clone()
        .map(|name| address(&stash_uri(name)))
        .collect::<Result<Vec<_>>>()?;
    patch["hospitalAdmin"]["validators"] = json!(stashes);
    let admins = patch["hospitalAdmin"]["admins"]
        .as_array_mut()
        .context("admins")?;
    admins.push(address(plan.hospital.admin())?.into());
    let gateway = address(plan.hospital.operator())?;
    patch["hospitalAdmin"]["quotas"] = json!([[gateway, GATEWAY_WEIGHT, GATEWAY_BYTES]]);
    patch["session"]["keys"] = session_keys(authors)?;
    patch["slotDuration"] = json!({ "slotDuration": plan.slot_millis });
    if let Some(length) = plan.session_length {
        patch["conformance"] = json!({ "sessionLength": length });
    }
    // zombienet finds specs by letters, digits, dots and slashes only.
    let file = format!("hospital.{}", plan.hospital.letter());
    raw(environment, &file, chain, &plain).await
}

fn session_keys<'a>(names: impl Iterator<Item = &'a str>) -> Result<Value> {
    Ok(Value::Array(
        names.map(session_entry).collect::<Result<_>>()?,
    ))
}

async fn export(environment: &Environment, arguments: &[&str]) -> Result<Value> {
    let arguments = [&["export-chain-spec"], arguments].concat();
    Ok(serde_json::from_str(
        &output(&environment.node(), &arguments).await?,
    )?)
}

/// Writes the plain spec to `FILE.plain.json` and the raw spec to `FILE.json`.
async fn raw(environment: &Environment, file: &str, chain: &str, plain: &Value) -> Result<Spec> {
    let from = environment.path(&format!("{file}.plain.json"));
    let path = environment.path(&format!("{file}.json"));
    fs::write(&from, serde_json::to_vec_pretty(plain)?)?;
    let arguments = ["export-chain-spec", "--raw", "--chain", text(&from)?];
    fs::write(&path, output(&environment.node(), &arguments).await?)?;
    let genesis = output(
        &environment.node(),
        &["genesis-hash", "--chain", text(&path)?],
    )
    .await?;
    Ok(Spec {
        chain: chain.to_owned(),
        path,
        genesis: genesis.trim().to_owned(),
    })
}
