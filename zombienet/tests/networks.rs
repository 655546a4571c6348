// SPDX-License-Identifier: Apache-2.0
//! The network files for people with zombie-cli describe the networks that these tests start. No node runs here.

use bspp_zombienet::{
    accounts::{address, session_entry, Hospital},
    cli::{output, text},
    environment::{run, Environment},
    topology::{ConsortiumPlan, HospitalPlan, NodePlan},
    wait::minutes,
    *,
};
use serde_json::{json, Value};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};
use zombienet_sdk::NetworkConfig;

const FILES: [&str; 3] = ["consortium.toml", "hospital-a.toml", "hospital-b.toml"];
/// Session keys in a keystore.
const KEYSTORE: [&str; 3] = ["aura_sr", "gran_ed", "conf_sr"];
/// Session keys in a plain chain spec.
const CHAIN_SPEC: [&str; 3] = ["aura_sr", "grandpa_ed", "conf_sr"];
/// What differs from the runtime's default genesis in a plain spec.
const PATCH: &str = "/genesis/runtimeGenesis/patch";

#[test]
fn consortium_file_should_have_the_nodes_of_the_tests_when_loaded() -> Result<()> {
    let nodes = ConsortiumPlan::of_four().nodes;
    ensure_same(
        &load("consortium.toml")?,
        "consortium-local",
        "consortium.json",
        &nodes,
    )
}

#[test]
fn hospital_files_should_have_the_nodes_of_the_tests_when_loaded() -> Result<()> {
    for hospital in [Hospital::A, Hospital::B] {
        let letter = hospital.letter();
        let config = load(&format!("hospital-{letter}.toml"))?;
        let spec = format!("hospital.{letter}.json");
        ensure_same(
            &config,
            hospital.chain(),
            &spec,
            &HospitalPlan::of(hospital).nodes,
        )?;
    }
    Ok(())
}

#[test]
fn nodes_should_have_names_and_ports_of_their_own_when_all_networks_run() -> Result<()> {
    let (mut names, mut ports) = (BTreeSet::new(), BTreeSet::new());
    for file in FILES {
        for node in load(file)?.relaychain().nodes() {
            let port = node
                .rpc_port()
                .with_context(|| format!("{file}: a port of {}", node.name()))?;
            ensure!(
                names.insert(node.name().to_owned()),
                "{file}: another {}",
                node.name()
            );
            ensure!(ports.insert(port), "{file}: another node on port {port}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn specs_should_have_the_genesis_of_the_tests_when_made_by_the_script() -> Result<()> {
    run("networks", minutes(5), async |environment| {
        make_specs(&environment).await?;
        let plan = ConsortiumPlan::of_four();
        let genesis = plain(&environment, "consortium")?;
        for hospital in [Hospital::A, Hospital::B] {
            let authors = plan.authors.iter().filter(|(_, whose)| *whose == hospital);
            let stashes = authors
                .map(|(name, _)| stash(name))
                .collect::<Result<Vec<_>>>()?;
            ensure!(
                genesis["consortium"]["hospitals"][hospital.place()]["validators"]
                    == json!(stashes)
            );
        }
        ensure_session_keys(&genesis, plan.authors.iter().map(|(name, _)| name.as_str()))?;
        let conformance = &genesis["conformance"];
        ensure!(conformance["sessionLength"] == plan.session_length);
        ensure!(conformance["parameters"]["maxAnchorAge"] == plan.max_anchor_age);
        ensure!(conformance["parameters"]["maxLag"] == plan.max_lag);

        let consortium = environment.path("consortium.json");
        let hash = output(
            &environment.node(),
            &["genesis-hash", "--chain", text(&consortium)?],
        )
        .await?;
        for hospital in [Hospital::A, Hospital::B] {
            let plan = HospitalPlan::of(hospital);
            let genesis = plain(&environment, &format!("hospital.{}", hospital.letter()))?;
            ensure!(
                genesis["enrolment"]["chain"] == hash.trim(),
                "bound to another consortium"
            );
            ensure!(genesis["enrolment"]["validators"] == json!([stash(&plan.author())?]));
            let admins = [address(hospital.operator())?, address(hospital.admin())?];
            ensure!(genesis["enrolment"]["admins"] == json!(admins));
            ensure_session_keys(&genesis, [plan.author().as_str()])?;
            ensure!(genesis["conformance"]["sessionLength"] == plan.session_length);
        }
        Ok(())
    })
    .await
}

fn networks() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("networks")
}

fn load(file: &str) -> Result<NetworkConfig> {
    NetworkConfig::load_from_toml(text(&networks().join(file))?).with_context(|| file.to_owned())
}

fn ensure_same(config: &NetworkConfig, chain: &str, spec: &str, plan: &[NodePlan]) -> Result<()> {
    let found = config.relaychain();
    ensure!(
        found.chain().as_str() == chain,
        "the chain is {:?}",
        found.chain()
    );
    let path = found
        .chain_spec_path()
        .context("the path of the chain spec")?
        .to_string();
    // Where the script puts it, from whatever folder zombie-cli is called.
    ensure!(
        Path::new(&path) == networks().join("specs").join(spec),
        "the spec is {path}"
    );
    let expected: Vec<_> = plan
        .iter()
        .map(|node| (node.name.as_str(), node.validator))
        .collect();
    let nodes: Vec<_> = found
        .nodes()
        .iter()
        .map(|node| (node.name(), node.is_validator()))
        .collect();
    ensure!(
        nodes == expected,
        "nodes are {nodes:?}, the tests have {expected:?}"
    );
    for node in found.nodes() {
        let (name, keystore, in_spec) = (
            node.name(),
            node.keystore_key_types(),
            node.chain_spec_key_types(),
        );
        ensure!(keystore == KEYSTORE, "{name} has the keys {keystore:?}");
        ensure!(
            in_spec == CHAIN_SPEC,
            "{name} has the keys {in_spec:?} in plain specs"
        );
        let command = node.command().map(|command| command.as_str());
        ensure!(command == Some("bspp-node"), "{name} runs {command:?}");
    }
    Ok(())
}

async fn make_specs(environment: &Environment) -> Result<()> {
    let node = environment.node();
    let binaries = format!(
        "BSPP_BINARIES={}",
        text(node.parent().context("the folder of the binaries")?)?
    );
    let script = networks().join("specs.sh");
    output(
        Path::new("env"),
        &[&binaries, text(&script)?, text(environment.folder())?],
    )
    .await?;
    Ok(())
}

fn plain(environment: &Environment, name: &str) -> Result<Value> {
    let mut spec: Value =
        serde_json::from_slice(&fs::read(environment.path(&format!("{name}.plain.json")))?)?;
    spec.pointer_mut(PATCH)
        .map(Value::take)
        .with_context(|| format!("the genesis of {name}"))
}

/// Address of the validator that a node runs.
fn stash(node: &str) -> Result<Value> {
    Ok(session_entry(node)?[0].take())
}

fn ensure_session_keys<'a>(
    genesis: &Value,
    names: impl IntoIterator<Item = &'a str>,
) -> Result<()> {
    let expected = names
        .into_iter()
        .map(session_entry)
        .collect::<Result<Vec<_>>>()?;
    let found = &genesis["session"]["keys"];
    ensure!(
        *found == json!(expected),
        "session keys are {found}, the tests have {expected:?}"
    );
    Ok(())
}
