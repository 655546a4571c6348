// SPDX-License-Identifier: Apache-2.0
//! The running nodes of one chain.

use super::{
    node::{self, Node},
    plan::NodePlan,
    spec::Spec,
};
use crate::{
    chain::Chain,
    environment::Environment,
    logs::Log,
    wait::{seconds, until},
};
use anyhow::{Context, Result};
use futures::future::try_join_all;
use std::{fs, path::PathBuf};

/// The nodes of one chain. Their processes are killed when this value is dropped.
pub struct Running {
    nodes: Vec<Node>,
    spec: Spec,
}

pub(super) async fn spawn(
    environment: &Environment,
    name: &str,
    spec: Spec,
    plans: Vec<NodePlan>,
) -> Result<Running> {
    let mut nodes: Vec<Node> = Vec::with_capacity(plans.len());
    for plan in plans {
        let mut node = Node::prepare(environment, name, &spec, plan).await?;
        if let Some(first) = nodes.first() {
            node.begin_with(first.address());
        }
        nodes.push(node);
    }
    for node in &nodes {
        node.launch().await?;
    }
    try_join_all(nodes.iter().map(|node| async {
        node.chain().until_up().await?;
        node.check().await
    }))
    .await
    .with_context(|| format!("starting {name}"))?;
    Ok(Running { nodes, spec })
}

impl Running {
    /// Hash of the chain's genesis block.
    pub fn genesis(&self) -> &str {
        &self.spec.genesis
    }

    /// The nodes, in the plan's order.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Names of the nodes.
    pub fn names(&self) -> Vec<String> {
        self.nodes
            .iter()
            .map(|node| node.name().to_owned())
            .collect()
    }

    /// A node.
    ///
    /// # Errors
    ///
    /// Fails if no node has this name.
    pub fn node(&self, name: &str) -> Result<&Node> {
        let found = self.nodes.iter().find(|node| node.name() == name);
        found.with_context(|| format!("no node has the name {name}"))
    }

    /// The chain, read over a node's RPC.
    ///
    /// # Errors
    ///
    /// Fails if no node has this name.
    pub fn chain(&self, name: &str) -> Result<Chain> {
        Ok(self.node(name)?.chain())
    }

    /// The lines that a node writes from now on.
    ///
    /// # Errors
    ///
    /// Fails if no node has this name or the file cannot be read.
    pub fn log_from_now(&self, name: &str) -> Result<Log> {
        Log::from_now(self.node(name)?.log_path())
    }

    /// The value of a counter of a node's metrics, or zero if the counter does not exist.
    ///
    /// # Errors
    ///
    /// Fails if the node does not answer.
    pub async fn metric(&self, node: &str, name: &str, label: (&str, &str)) -> Result<f64> {
        let series = format!("{name}{{{}=\"{}\"}}", label.0, label.1);
        self.node(node)?.metric(&series).await
    }

    /// Folder of a node's database and keystore.
    ///
    /// # Errors
    ///
    /// Fails if no node has this name.
    pub fn data(&self, name: &str) -> Result<PathBuf> {
        Ok(self.node(name)?.data())
    }

    /// The path of a node's keystore in its data folder.
    pub fn keystore(&self) -> PathBuf {
        node::keystore(&self.spec)
    }

    /// Kills a node, like a crash.
    ///
    /// # Errors
    ///
    /// Fails if the process does not run or does not end.
    pub async fn kill(&self, name: &str) -> Result<()> {
        self.node(name)?.kill().await
    }

    /// Stops a node with SIGTERM.
    ///
    /// # Errors
    ///
    /// Fails if the process does not run or does not end.
    pub async fn stop(&self, name: &str) -> Result<()> {
        self.node(name)?.stop().await
    }

    /// Pauses a node, like a machine that hangs, or lets it go on.
    ///
    /// # Errors
    ///
    /// Fails if no node has this name or the process does not run.
    pub async fn pause(&self, name: &str, paused: bool) -> Result<()> {
        self.node(name)?.pause(paused).await
    }

    /// Removes the chain's data of a node that does not run. Its keystore stays.
    ///
    /// # Errors
    ///
    /// Fails if no node has this name or a file cannot be removed.
    pub fn purge(&self, name: &str) -> Result<()> {
        let keystore = self.data(name)?.join(self.keystore());
        let chain = keystore.parent().context("the folder of the chain")?;
        for entry in fs::read_dir(chain).with_context(|| chain.display().to_string())? {
            let path = entry?.path();
            if path == keystore {
                continue;
            }
            if path.is_dir() {
                fs::remove_dir_all(&path)
            } else {
                fs::remove_file(&path)
            }
            .with_context(|| path.display().to_string())?;
        }
        Ok(())
    }

    /// Starts a node again if it has ended by itself.
    ///
    /// # Errors
    ///
    /// Fails if no node has this name or the node does not start.
    pub async fn supervise(&self, name: &str) -> Result<()> {
        if self.node(name)?.check().await.is_err() {
            self.kill(name).await?;
            self.revive(name).await?;
        }
        Ok(())
    }

    /// Starts a node that has ended and waits until it answers.
    ///
    /// # Errors
    ///
    /// Fails if the node does not start.
    pub async fn revive(&self, name: &str) -> Result<()> {
        self.node(name)?.start().await
    }

    /// Waits until these nodes have finalized the same block at a height.
    ///
    /// # Errors
    ///
    /// Fails if a node does not finalize that height within 90 seconds, or if the blocks differ.
    pub async fn until_agreed(&self, names: &[&str], number: u32) -> Result<()> {
        let mut hashes = Vec::with_capacity(names.len());
        for name in names {
            let chain = self.chain(name)?;
            chain.until_finalized(number, seconds(90)).await?;
            let what = format!("block {number} of {name}");
            let hash = until(&what, seconds(10), async || chain.block_at(number).await).await?;
            hashes.push(hash);
        }
        hashes.dedup();
        anyhow::ensure!(
            hashes.len() == 1,
            "different finalized blocks {number}: {hashes:?}"
        );
        Ok(())
    }
}
