// SPDX-License-Identifier: Apache-2.0
//! A hospital whose only node loses its chain.
//!
//! The node makes no chain that the consortium would not follow.

use bspp_network::{
    accounts::Hospital,
    chain::Chain,
    environment::{run, say, Environment},
    gateway::{self, Gateway},
    logs::Log,
    records::{samples, Patient},
    topology::{self, ConsortiumPlan, HospitalPlan, NodePlan, Pace, Running, Site, World},
    wait::{exactly, minutes, slots, until, until_true},
    *,
};
use serde_json::{json, Value};
use std::{fs, sync::Arc};

/// The author of the chain that is lost.
const LOST: &str = "anna";
/// The author of the chain that takes its place. It has keys of its own.
const NEW: &str = "agnes";
/// Height that the anchor must have reached before the loss.
const HEIGHT: u64 = 20;

#[tokio::test(flavor = "multi_thread")]
async fn rebuilt_chain_should_not_be_authored_before_its_incarnation() -> Result<()> {
    run("rebuilt", minutes(8), async |environment| {
        let plan = ConsortiumPlan::of(&[("alice", Hospital::A)]);
        let again = HospitalPlan {
            nodes: vec![NodePlan::validator(NEW).with(&["--incarnation", "1"])],
            ..HospitalPlan::of(Hospital::A, &plan)
        };
        let anchor_every = u64::from(Pace::QUICK.anchor_every) * plan.slot_millis;
        let gateways = [(Hospital::A, "alice")];
        let World {
            consortium: members,
            mut sites,
        } = topology::world(&environment, plan, &gateways).await?;
        let alice = members.chain("alice")?;
        let Site {
            own: network,
            chain: own,
            gateway,
            ..
        } = sites.first_mut().context("the only hospital")?;
        let (network, own) = (&*network, &*own);
        gateway.start().await?;
        let there = (own, &alice);
        let patient = Patient::enrol(&environment, "patient", Hospital::A, there, gateway).await?;
        let [first] = samples()?;
        patient.ingest(&environment, gateway, &first).await?;
        until_true("the anchor on the node", slots(40), async || {
            let status = anchor(own).await?;
            Ok(status["anchor"]["number"].as_u64() >= Some(HEIGHT) && status["refusal"].is_null())
        })
        .await?;
        // The gateway's outbox keeps nothing of the lost chain.
        let best = alice.best_number().await?;
        alice.until_finalized(best, slots(12)).await?;
        tokio::time::sleep(exactly(3)).await;
        gateway.stop().await?;
        say("a record is registered, and the node knows the anchor");

        network.kill(LOST).await?;
        network.purge(LOST)?;
        let log = network.log_from_now(LOST)?;
        network.revive(LOST).await?;
        silent(network, &log).await?;
        // The connection to the process before is closed.
        let own = &network.chain(LOST)?;
        ensure!(own.best_number().await? == 0, "a chain began again");
        // The gateway refuses such a chain, too.
        gateway.start_refused("ChainRebuilt").await?;
        say("a node without its database makes no block and says why");

        // The node loses everything but its keys. The gateway tells it the anchor.
        network.kill(LOST).await?;
        network.purge(LOST)?;
        for file in ["anchor.json", "finality-votes"] {
            let path = network.data(LOST)?.join(network.keystore()).join(file);
            fs::remove_file(&path).with_context(|| path.display().to_string())?;
        }
        let log = network.log_from_now(LOST)?;
        network.revive(LOST).await?;
        let own = &network.chain(LOST)?;
        own.until_finalized(1, slots(20)).await?;
        gateway.start_refused("ChainRebuilt").await?;
        silent(network, &log).await?;
        say("a node that lost all files stops when the gateway tells it the anchor");

        network.stop(LOST).await?;
        reborn(&environment, again, (&members, &alice), anchor_every).await
    })
    .await
}

/// The council starts the incarnation of a new chain, and the hospital registers again.
async fn reborn(
    environment: &Arc<Environment>,
    plan: HospitalPlan,
    (members, alice): (&Running, &Chain),
    anchor_every: u64,
) -> Result<()> {
    let network = topology::rebuilt(environment, plan, members).await?;
    let own = network.chain(NEW)?;
    gateway::start_incarnation(environment, alice, &own).await?;
    let every = Some(anchor_every);
    // The gateway keeps its data; the command line writes the keys of development anew.
    for file in ["operator.key", "x25519.key"] {
        fs::remove_file(environment.path("gateway-a").join(file))?;
    }
    let mut gateway = Gateway::configure(environment, Hospital::A, alice, &own, every).await?;
    gateway.start().await?;
    let there = (&own, alice);
    let patient = Patient::enrol(environment, "again", Hospital::A, there, &gateway).await?;
    let [first] = samples()?;
    ensure!(patient.ingest(environment, &gateway, &first).await? > 0);
    let status = until("the anchor of the incarnation", slots(40), async || {
        let status = anchor(&own).await?;
        Ok((status["anchor"]["incarnation"] == 1).then_some(status))
    })
    .await?;
    ensure!(status["refusal"].is_null(), "{status}");
    say("the new incarnation registers");
    gateway.stop().await
}

/// Waits until the only author says that it makes no blocks, and checks that it makes none.
///
/// The alarms of the operator show it: a log line, the RPC and both metrics.
async fn silent(network: &Running, log: &Log) -> Result<()> {
    let own = &network.chain(LOST)?;
    let label = "chain_below_anchor";
    log.wait_for(&["authoring no blocks", label], slots(12))
        .await?;
    let best = own.best_number().await?;
    tokio::time::sleep(exactly(5)).await;
    let now = own.best_number().await?;
    ensure!(now == best, "the chain grew from {best} to {now}");
    let status = anchor(own).await?;
    let refusal = status["refusal"].as_str().context("a refusal")?;
    ensure!(refusal.starts_with(label), "{refusal}");
    ensure!(network.node(LOST)?.metric("bspp_anchor_refused").await? > 0.0);
    let skipped = "bspp_conformance_skipped_total";
    ensure!(network.metric(LOST, skipped, ("reason", label)).await? > 0.0);
    Ok(())
}

async fn anchor(own: &Chain) -> Result<Value> {
    own.request("anchor_status", json!([])).await
}
