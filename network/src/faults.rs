// SPDX-License-Identifier: Apache-2.0
//! Nodes that break the rules.
//!
//! One kind makes blocks with a faulty proof of conformance. The other kind runs with the session
//! keys of another node.

use crate::{
    accounts::identity,
    chain::{Chain, Hash},
    environment::Environment,
    logs::Log,
    process::{free_ports, Process},
    topology::Running,
};
use anyhow::{anyhow, Context, Result};
use std::{fs, path::Path, str::FromStr};

/// A node that authors with a validator's keys but is not the validator's own node.
pub struct Impostor {
    process: Process,
    peer: String,
    chain: Chain,
    log: Log,
}

impl Impostor {
    /// Starts the faulty node in the place of a node that was stopped.
    ///
    /// It has the database, keys and ports of that node. It has another peer identifier, because
    /// peers refuse connections of a peer that they have just banned.
    ///
    /// # Errors
    ///
    /// Fails if the node does not start.
    pub async fn faulty(
        environment: &Environment,
        network: &Running,
        node: &str,
        fault: &str,
    ) -> Result<Self> {
        let name = format!("{node}-{fault}");
        let identity = identity(&name);
        let arguments = replaced(
            network,
            node,
            &[("--node-key", &identity.0), ("--name", &name)],
        )?;
        let program = environment.faulty_node();
        let env = [("BSPP_FAULT", fault)];
        let url = network.chain(node)?.url().to_owned();
        Self::start(
            environment,
            &name,
            &program,
            &arguments,
            &env,
            identity.1,
            &url,
        )
        .await
    }

    /// Starts a second node with the session keys of a running node.
    ///
    /// This is the worst mistake that an operator can make.
    ///
    /// # Errors
    ///
    /// Fails if the node does not start.
    pub async fn twin(environment: &Environment, network: &Running, node: &str) -> Result<Self> {
        let name = format!("{node}-twin");
        let identity = identity(&name);
        let data = environment.path(&name);
        copy_keys(
            &network.data(node)?.join(network.keystore()),
            &data.join(network.keystore()),
        )?;
        let [p2p, rpc, metrics] = free_ports()?;
        let data = data.display().to_string();
        let address = format!("/ip4/127.0.0.1/tcp/{p2p}");
        let (rpc, metrics) = (rpc.to_string(), metrics.to_string());
        let mut arguments = replaced(
            network,
            node,
            &[
                ("--node-key", &identity.0),
                ("--name", &name),
                ("--base-path", &data),
                ("--listen-addr", &address),
                ("--rpc-port", &rpc),
                ("--prometheus-port", &metrics),
            ],
        )?;
        // The node may be the boot node of the others, so its own arguments may name none.
        arguments.extend([
            "--bootnodes".to_owned(),
            network.node(node)?.address().to_owned(),
        ]);
        let url = format!("ws://127.0.0.1:{rpc}");
        Self::start(
            environment,
            &name,
            &environment.node(),
            &arguments,
            &[],
            identity.1,
            &url,
        )
        .await
    }

    async fn start(
        environment: &Environment,
        name: &str,
        program: &Path,
        arguments: &[String],
        env: &[(&str, &str)],
        peer: String,
        url: &str,
    ) -> Result<Self> {
        let log = environment.path(&format!("{name}.log"));
        let process = Process::start(name, program, arguments, env, log.clone())?;
        let chain = Chain::new(name, url);
        chain.until_up().await?;
        let log = Log::whole(log);
        Ok(Self {
            process,
            peer,
            chain,
            log,
        })
    }

    /// The node's peer identifier.
    pub fn peer(&self) -> &str {
        &self.peer
    }

    /// The chain, read over this node's RPC.
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// The faulty blocks that the node has made: heights and hashes.
    ///
    /// # Errors
    ///
    /// Fails if the log cannot be read or the process has ended.
    pub fn faulty_blocks(&mut self) -> Result<Vec<(u32, Hash)>> {
        self.process.check()?;
        let lines = self.log.lines()?;
        lines
            .iter()
            .filter_map(|line| faulty_block(line).transpose())
            .collect()
    }

    /// Stops the process with SIGTERM.
    ///
    /// # Errors
    ///
    /// Fails if the process does not end.
    pub async fn stop(self) -> Result<()> {
        self.process.stop().await
    }
}

/// The arguments of a node of the network, with other values for some options.
fn replaced(network: &Running, node: &str, with: &[(&str, &str)]) -> Result<Vec<String>> {
    let mut arguments: Vec<String> = network.node(node)?.arguments().to_vec();
    for (option, value) in with {
        let place = arguments
            .iter()
            .position(|argument| argument == option)
            .with_context(|| format!("{option} among the arguments of {node}"))?;
        *arguments.get_mut(place + 1).context("a value")? = (*value).to_owned();
    }
    Ok(arguments)
}

/// Copies the keys of a keystore, but not the node's record of its own votes.
///
/// With the record the second node would know how the first one voted.
fn copy_keys(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let file = file?;
        if hex::decode(file.file_name().as_encoded_bytes()).is_ok() {
            fs::copy(file.path(), to.join(file.file_name()))?;
        }
    }
    Ok(())
}

/// Reads `faulty: authored block #n 0xHASH with fault <f>`.
fn faulty_block(line: &str) -> Result<Option<(u32, Hash)>> {
    let Some((_, rest)) = line.split_once("faulty: authored block #") else {
        return Ok(None);
    };
    let mut words = rest.split_whitespace();
    let number = words.next().context("a height")?.parse()?;
    let hash = Hash::from_str(words.next().context("a hash")?)
        .map_err(|error| anyhow!("{line}: {error}"))?;
    Ok(Some((number, hash)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faulty_blocks_should_be_read_from_the_log() -> Result<()> {
        let hash = format!("0x{}", "ab".repeat(32));
        let line = format!("2026-11-22 10:00:00 faulty: authored block #17 {hash} with fault omit");
        let (number, found) = faulty_block(&line)?.context("a block")?;
        assert_eq!((number, format!("{found:?}")), (17, hash));
        assert_eq!(faulty_block("Imported #17")?, None);
        Ok(())
    }
}
