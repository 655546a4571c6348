// SPDX-License-Identifier: Apache-2.0
//! The networks of a test: a consortium of some validators, and hospital chains.

mod node;
mod plan;
mod running;
mod spec;

pub use node::Node;
pub use plan::{ConsortiumPlan, HospitalPlan, NodePlan, Pace};
pub use running::Running;
pub use spec::Spec;

use crate::{
    accounts::Hospital,
    chain::Chain,
    environment::{say, Environment},
    gateway::{initialise_anchor, Gateway},
    wait::seconds,
};
use anyhow::{Context, Result};
use futures::future::{try_join, try_join_all};
use serde_json::json;
use std::{fs, sync::Arc};

/// The maximum time until the first finalized block of a network, in seconds.
const BIRTH: u64 = 120;

/// Starts a consortium and waits for its first finalized block.
///
/// # Errors
///
/// Fails if the nodes do not start or finalize no block.
pub async fn consortium(environment: &Environment, plan: ConsortiumPlan) -> Result<Running> {
    let spec = spec::consortium(environment, &plan).await?;
    let running = running::spawn(environment, "consortium", spec, plan.nodes).await?;
    born(&running).await?;
    say("the consortium runs");
    Ok(running)
}

/// A consortium with hospital chains and their gateways.
pub struct World {
    /// The consortium.
    pub consortium: Running,
    /// The hospitals, in the order of the arguments.
    pub sites: Vec<Site>,
}

/// A hospital chain with its gateway.
pub struct Site {
    /// The hospital.
    pub hospital: Hospital,
    /// The nodes of the hospital chain.
    pub own: Running,
    /// The hospital chain, read over the RPC of its author's node.
    pub chain: Chain,
    /// The gateway. [`world`] does not start it.
    pub gateway: Gateway,
}

/// Starts a consortium and hospital chains, and anchors the hospital chains.
///
/// It waits for the first finalized block of each chain. Then the council anchors the first head of
/// each hospital chain. `hospitals` names each hospital with the consortium node that its gateway
/// uses.
///
/// # Errors
///
/// Fails if nodes do not start or finalize no block, or if the council's motion is not carried.
pub async fn world(
    environment: &Arc<Environment>,
    plan: ConsortiumPlan,
    hospitals: &[(Hospital, &str)],
) -> Result<World> {
    let spec = spec::consortium(environment, &plan).await?;
    let genesis = spec.genesis.clone();
    let own_chains = hospitals
        .iter()
        .map(|(hospital, _)| own(environment, HospitalPlan::of(*hospital, &plan), &genesis));
    let (pace, slot_millis) = (plan.pace, plan.slot_millis);
    let (consortium, own_chains) = try_join(
        running::spawn(environment, "consortium", spec, plan.nodes.clone()),
        try_join_all(own_chains),
    )
    .await?;
    born(&consortium).await?;
    let council = consortium.chain(consortium.names().first().context("a node")?)?;
    let mut sites = Vec::with_capacity(hospitals.len());
    for ((hospital, through), own) in hospitals.iter().zip(own_chains) {
        born(&own).await?;
        let author = own.names().into_iter().next().context("an author")?;
        let chain = own.chain(&author)?;
        initialise_anchor(environment, &council, &chain).await?;
        let through = consortium.chain(through)?;
        let anchor_every =
            pace.map(|pace| u64::from(pace.anchor_every).saturating_mul(slot_millis));
        let gateway =
            Gateway::configure(environment, *hospital, &through, &chain, anchor_every).await?;
        sites.push(Site {
            hospital: *hospital,
            own,
            chain,
            gateway,
        });
    }
    say("the consortium and the hospitals' chains run");
    Ok(World { consortium, sites })
}

/// Starts the new chain of a hospital that lost its chain.
///
/// It waits for the first finalized block. The former nodes must not run: the spec takes the place
/// of theirs.
///
/// # Errors
///
/// Fails if the nodes do not start or finalize no block.
pub async fn rebuilt(
    environment: &Environment,
    plan: HospitalPlan,
    consortium: &Running,
) -> Result<Running> {
    let running = own(environment, plan, consortium.genesis()).await?;
    born(&running).await?;
    say("the hospital's new chain runs");
    Ok(running)
}

async fn own(environment: &Environment, plan: HospitalPlan, consortium: &str) -> Result<Running> {
    let spec = spec::hospital(environment, &plan, consortium).await?;
    let stores = phi_stores(environment, plan.hospital)?;
    let name = format!("hospital-{}", plan.hospital.letter());
    let arguments = ["--phi-stores", stores.as_str()];
    let nodes = plan.nodes.into_iter();
    let nodes = nodes.map(|node| node.with(&arguments)).collect();
    running::spawn(environment, &name, spec, nodes).await
}

/// Writes the file that tells a hospital's nodes the PHI store of its gateway.
///
/// Returns its path.
fn phi_stores(environment: &Environment, hospital: Hospital) -> Result<String> {
    let letter = hospital.letter();
    let folder = environment.path(&format!("gateway-{letter}")).join("phi");
    let stores = json!([{ "name": "store-1", "place": { "folder": folder } }]);
    let path = environment.path(&format!("phi-{letter}.json"));
    fs::write(&path, serde_json::to_vec_pretty(&stores)?)?;
    Ok(path.to_str().context("a path that is not text")?.to_owned())
}

/// Writes the specs of a consortium and of two hospital chains, raw and plain.
///
/// Returns the genesis hash of the consortium.
///
/// # Errors
///
/// Fails if the node does not make the specs.
pub async fn specs(environment: &Environment, plan: &ConsortiumPlan) -> Result<String> {
    let genesis = spec::consortium(environment, plan).await?.genesis;
    for hospital in [Hospital::A, Hospital::B] {
        spec::hospital(environment, &HospitalPlan::of(hospital, plan), &genesis).await?;
    }
    Ok(genesis)
}

/// Waits until every node has a finalized block.
async fn born(network: &Running) -> Result<()> {
    for name in network.names() {
        network
            .chain(&name)?
            .until_finalized(1, seconds(BIRTH))
            .await?;
    }
    Ok(())
}
