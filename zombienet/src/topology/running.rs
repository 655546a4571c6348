// SPDX-License-Identifier: Apache-2.0
//! Networks that run under zombienet's native provider.

use super::{plan::NodePlan, spec::Spec};
use crate::{
    chain::Chain,
    environment::Environment,
    logs::Log,
    process,
    wait::{seconds, until},
};
use anyhow::{anyhow, Context, Result};
use nix::sys::signal::Signal;
use std::path::PathBuf;
use zombienet_sdk::{
    LocalFileSystem, Network, NetworkConfig, NetworkConfigBuilder, NetworkConfigExt, NetworkNode,
};

/// Session keys in a validator's keystore.
const KEYS: [&str; 3] = ["aura_sr", "gran_ed", "conf_sr"];
/// Arguments of all nodes. What a peer's reputation loses is told at this level only.
const ARGUMENTS: [&str; 2] = ["--no-mdns", "-lsub-libp2p::peerstore=trace"];
/// How long nodes may take to start, in seconds.
const START: u32 = 180;

/// A network whose nodes run. They are killed when this is dropped.
pub struct Running {
    network: Network<LocalFileSystem>,
    spec: Spec,
}

pub(super) async fn spawn(
    environment: &Environment,
    name: &str,
    spec: Spec,
    nodes: Vec<NodePlan>,
) -> Result<Running> {
    let config = config(environment, name, &spec, nodes)?;
    let network = config
        .spawn_native()
        .await
        .map_err(|error| anyhow!("starting {name}: {error}"))?;
    Ok(Running { network, spec })
}

fn config(
    environment: &Environment,
    name: &str,
    spec: &Spec,
    nodes: Vec<NodePlan>,
) -> Result<NetworkConfig> {
    let program = environment.node();
    let program = program.to_str().context("a program's path")?;
    let mut nodes = nodes.into_iter();
    let first = nodes.next().context("a network without nodes")?;
    NetworkConfigBuilder::new()
        .with_relaychain(|chain| {
            let chain = chain
                .with_chain(spec.chain.as_str())
                .with_default_command(program)
                .with_chain_spec_path(spec.path.clone());
            // The builder's type changes with its first node.
            let chain = if first.validator {
                chain.with_validator(|node| describe!(node, first))
            } else {
                chain.with_fullnode(|node| describe!(node, first))
            };
            nodes.fold(chain, |chain, plan| {
                if plan.validator {
                    chain.with_validator(|node| describe!(node, plan))
                } else {
                    chain.with_fullnode(|node| describe!(node, plan))
                }
            })
        })
        .with_global_settings(|settings| {
            settings
                .with_base_dir(environment.path(name))
                // Nodes that die are what some tests are about.
                .with_tear_down_on_failure(false)
                .with_network_spawn_timeout(START)
                .with_node_spawn_timeout(START)
        })
        .build()
        .map_err(|errors| anyhow!("{name}: {errors:?}"))
}

impl Running {
    /// Hash of the chain's genesis block.
    pub fn genesis(&self) -> &str {
        &self.spec.genesis
    }

    /// Names of the nodes.
    pub fn names(&self) -> Vec<String> {
        let mut names = self.network.node_names();
        names.sort();
        names
    }

    /// A node.
    ///
    /// # Errors
    ///
    /// When there is none of this name.
    pub fn node(&self, name: &str) -> Result<&NetworkNode> {
        self.network.get_node(name)
    }

    /// The chain as a node shows it.
    ///
    /// # Errors
    ///
    /// When there is no node of this name.
    pub fn chain(&self, name: &str) -> Result<Chain> {
        Ok(Chain::new(name, self.node(name)?.ws_uri()))
    }

    /// The file with a node's output.
    ///
    /// # Errors
    ///
    /// When there is no node of this name.
    pub fn log_path(&self, name: &str) -> Result<PathBuf> {
        Ok(self.node(name)?.base_dir().join(format!("{name}.log")))
    }

    /// What a node writes from now on.
    ///
    /// # Errors
    ///
    /// When there is no node of this name, or no file.
    pub fn log_from_now(&self, name: &str) -> Result<Log> {
        Log::from_now(self.log_path(name)?)
    }

    /// A counter of a node's metrics; zero if it is not there.
    ///
    /// # Errors
    ///
    /// When the node does not answer.
    pub async fn metric(&self, node: &str, name: &str, label: (&str, &str)) -> Result<f64> {
        let series = format!("{name}{{{}=\"{}\"}}", label.0, label.1);
        self.node(node)?.reports(series).await
    }

    /// Folder of a node's database and keystore.
    ///
    /// # Errors
    ///
    /// When there is no node of this name.
    pub fn data(&self, name: &str) -> Result<PathBuf> {
        Ok(self.node(name)?.base_dir().join("data"))
    }

    /// Folder of a node's keys, in the data folder.
    pub fn keystore(&self) -> PathBuf {
        PathBuf::from("chains")
            .join(&self.spec.chain)
            .join("keystore")
    }

    /// Ends a node as a crash would.
    ///
    /// # Errors
    ///
    /// When it does not run, or does not end.
    pub async fn kill(&self, name: &str) -> Result<()> {
        process::end(&self.data(name)?, Signal::SIGKILL).await
    }

    /// Ends a node in order.
    ///
    /// # Errors
    ///
    /// When it does not run, or does not end.
    pub async fn stop(&self, name: &str) -> Result<()> {
        process::end(&self.data(name)?, Signal::SIGTERM).await
    }

    /// Starts a node that has ended, and waits until it answers.
    ///
    /// # Errors
    ///
    /// When it does not start.
    pub async fn revive(&self, name: &str) -> Result<()> {
        self.node(name)?.restart(None).await?;
        self.chain(name)?.until_up().await
    }

    /// Waits until these nodes have the same final block, at this height or above.
    ///
    /// # Errors
    ///
    /// When they do not within a minute, or have different ones.
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
            "different final blocks {number}: {hashes:?}"
        );
        Ok(())
    }
}

/// Describes a node to zombienet. The builders' type parameters are not exported, so no function can.
macro_rules! describe {
    ($node:ident, $plan:ident) => {{
        let arguments = ARGUMENTS
            .into_iter()
            .chain($plan.arguments.iter().map(String::as_str))
            .map(Into::into)
            .collect();
        let node = $node
            .with_name($plan.name.as_str())
            .with_args(arguments)
            .with_keystore_key_types(KEYS.to_vec());
        let node = match &$plan.program {
            Some(program) => node.with_command(program.to_string_lossy().as_ref()),
            None => node,
        };
        match $plan.p2p_port {
            Some(port) => node.with_p2p_port(port),
            None => node,
        }
    }};
}
use describe;
