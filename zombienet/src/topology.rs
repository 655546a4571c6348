// SPDX-License-Identifier: Apache-2.0
//! Which nodes a test has: a consortium of some validators, and hospitals' own chains.

mod plan;
mod running;
mod spec;

pub use plan::{ConsortiumPlan, HospitalPlan, NodePlan};
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
use std::sync::Arc;

/// How long the first final block of a network may take.
const BIRTH: u64 = 120;

/// Starts a consortium, and waits for its first final block.
///
/// # Errors
///
/// When its nodes do not start, or finalize nothing.
pub async fn consortium(environment: &Environment, plan: ConsortiumPlan) -> Result<Running> {
    let spec = spec::consortium(environment, &plan).await?;
    let running = running::spawn(environment, "consortium", spec, plan.nodes).await?;
    born(&running).await?;
    say("the consortium runs");
    Ok(running)
}

/// A consortium with hospitals' own chains and their gateways.
pub struct World {
    /// The consortium.
    pub consortium: Running,
    /// The hospitals, in the order in which they were asked for.
    pub sites: Vec<Site>,
}

/// A hospital's own chain with its gateway.
pub struct Site {
    /// The chain.
    pub own: Running,
    /// The chain as its author's node shows it.
    pub chain: Chain,
    /// The gateway, not yet started.
    pub gateway: Gateway,
}

/// Starts a consortium and hospitals' own chains, waits for the first final blocks, and has the council name the chains' first
/// anchors. Each hospital comes with the consortium node that its gateway uses.
///
/// # Errors
///
/// When nodes do not start or finalize nothing, or the council does not get through.
pub async fn world(
    environment: &Arc<Environment>,
    plan: ConsortiumPlan,
    hospitals: &[(Hospital, &str)],
) -> Result<World> {
    let spec = spec::consortium(environment, &plan).await?;
    let genesis = spec.genesis.clone();
    let own_chains = hospitals
        .iter()
        .map(|(hospital, _)| own(environment, *hospital, &genesis));
    let (consortium, own_chains) = try_join(
        running::spawn(environment, "consortium", spec, plan.nodes),
        try_join_all(own_chains),
    )
    .await?;
    born(&consortium).await?;
    let council = consortium.chain(consortium.names().first().context("a node")?)?;
    let mut sites = Vec::with_capacity(hospitals.len());
    for ((hospital, through), own) in hospitals.iter().zip(own_chains) {
        born(&own).await?;
        let chain = own.chain(&HospitalPlan::of(*hospital).author())?;
        initialise_anchor(environment, &council, &chain).await?;
        let through = consortium.chain(through)?;
        let gateway = Gateway::configure(environment, *hospital, &through, &chain).await?;
        sites.push(Site {
            own,
            chain,
            gateway,
        });
    }
    say("the consortium and the hospitals' chains run");
    Ok(World { consortium, sites })
}

async fn own(environment: &Environment, hospital: Hospital, consortium: &str) -> Result<Running> {
    let plan = HospitalPlan::of(hospital);
    let spec = spec::hospital(environment, &plan, consortium).await?;
    running::spawn(
        environment,
        &format!("hospital-{}", hospital.letter()),
        spec,
        plan.nodes,
    )
    .await
}

/// Waits until every node has a final block.
async fn born(network: &Running) -> Result<()> {
    for name in network.names() {
        network
            .chain(&name)?
            .until_finalized(1, seconds(BIRTH))
            .await?;
    }
    Ok(())
}
