// SPDX-License-Identifier: Apache-2.0
//! Control of a running network by another program.
//!
//! The program reads a description of the network, which is one line of JSON, and writes orders. An
//! order is a line of two words, for example `stop alice`, `kill gateway-a` or `start alice`, or
//! the word `check`. The answer to each order is a line of JSON, `{"ok":true}` or `{"error":"…"}`.
//! The network ends when the input ends.

use crate::topology::{Node, Site, World};
use anyhow::{anyhow, Context, Result};
use serde_json::{json, Map, Value};

/// Describes the network for a program that uses it: addresses, folders, logs.
pub fn describe(world: &World) -> Value {
    let mut nodes = Map::new();
    let mut gateways = Map::new();
    let mut hospitals = Map::new();
    for node in all_nodes(world) {
        nodes.insert(
            node.name().to_owned(),
            json!({
                "rpcPort": node.rpc_port(),
                "data": node.data(),
                "log": node.log_path(),
            }),
        );
    }
    for site in &world.sites {
        let letter = site.hospital.letter().to_string();
        gateways.insert(
            letter.clone(),
            json!({
                "public": site.gateway.public(),
                "local": site.gateway.local(),
                "log": site.gateway.log_path(),
            }),
        );
        let id = format!("0x{}", hex::encode(site.hospital.id()));
        hospitals.insert(letter, json!({ "id": id, "node": site.chain.name() }));
    }
    json!({ "nodes": nodes, "gateways": gateways, "hospitals": hospitals })
}

/// Carries out one order.
pub async fn obey(world: &mut World, order: &str) -> Value {
    match carry_out(world, order).await {
        Ok(()) => json!({ "ok": true }),
        Err(error) => json!({ "error": format!("{error:#}") }),
    }
}

async fn carry_out(world: &mut World, order: &str) -> Result<()> {
    let words: Vec<_> = order.split_whitespace().collect();
    match words.as_slice() {
        ["check"] => check(world).await,
        [verb, name] => match name.strip_prefix("gateway-") {
            Some(letter) => gateway(world, verb, letter).await,
            None => node(world, verb, name).await,
        },
        _ => Err(unknown(order)),
    }
}

async fn node(world: &World, verb: &str, name: &str) -> Result<()> {
    let node = all_nodes(world)
        .find(|node| node.name() == name)
        .with_context(|| format!("no node has the name {name}"))?;
    match verb {
        "start" => node.start().await,
        "stop" => node.stop().await,
        "kill" => node.kill().await,
        _ => Err(unknown(verb)),
    }
}

async fn gateway(world: &mut World, verb: &str, letter: &str) -> Result<()> {
    let gateway = world
        .sites
        .iter_mut()
        .find(|site| site.hospital.letter().to_string() == letter)
        .map(|site| &mut site.gateway)
        .with_context(|| format!("no gateway has the name gateway-{letter}"))?;
    match verb {
        "start" => gateway.start().await,
        "stop" => gateway.stop().await,
        "kill" => gateway.kill().await,
        _ => Err(unknown(verb)),
    }
}

/// Checks that every process that was started and not ended still runs.
async fn check(world: &mut World) -> Result<()> {
    for node in all_nodes(world) {
        node.check().await?;
    }
    for Site { gateway, .. } in &mut world.sites {
        gateway.check()?;
    }
    Ok(())
}

fn all_nodes(world: &World) -> impl Iterator<Item = &Node> {
    let own = world.sites.iter().flat_map(|site| site.own.nodes());
    world.consortium.nodes().iter().chain(own)
}

fn unknown(order: &str) -> anyhow::Error {
    anyhow!("unknown order {order:?}; known are start, stop and kill with a name, and check")
}
