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
    environment::{say, Environment},
    gateway::{initialise_anchor, Gateway},
    wait::seconds,
};
use anyhow::Result;
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
    for name in running.names() {
        running.chain(&name)?.until_finalized(1, seconds(BIRTH)).await?;
    }
    say("the consortium runs");
    Ok(running)
}

/// Starts a hospital's own chain, bound to the consortium with this genesis, and waits for its first final block.
///
/// # Errors
///
/// When its nodes do not start, or finalize nothing.
pub async fn hospital(environment: &Environment, plan: HospitalPlan, consortium: &str) -> Result<Running> {
    let spec = spec::hospital(environment, &plan, consortium).await?;
    let name = format!("hospital-{}", plan.hospital.letter());
    let running = running::spawn(environment, &name, spec, plan.nodes).await?;
    for name in running.names() {
        running.chain(&name)?.until_finalized(1, seconds(BIRTH)).await?;
    }
    say(format!("{name} runs"));
    Ok(running)
}

/// A hospital's own chain with its gateway, not yet started.
pub struct HospitalSite {
    /// The chain.
    pub own: Running,
    /// The gateway.
    pub gateway: Gateway,
}

/// Starts a hospital's own chain, has the council initialise its anchor, and configures its gateway to use the consortium node
/// `through`. The council speaks through `council`.
///
/// # Errors
///
/// Those of [`hospital`], and of the council.
pub async fn hospital_site(
    environment: &Arc<Environment>,
    consortium: &Running,
    hospital: Hospital,
    through: &str,
    council: &str,
) -> Result<HospitalSite> {
    let plan = HospitalPlan::of(hospital);
    let author = plan.author();
    let own = self::hospital(environment, plan, consortium.genesis()).await?;
    let own_chain = own.chain(&author)?;
    initialise_anchor(environment, &consortium.chain(council)?, &own_chain).await?;
    let gateway = Gateway::configure(environment, hospital, &consortium.chain(through)?, &own_chain).await?;
    Ok(HospitalSite { own, gateway })
}
