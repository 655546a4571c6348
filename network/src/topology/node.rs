// SPDX-License-Identifier: Apache-2.0
//! A node of a network: its folder, keys, ports and process.

use super::{plan::NodePlan, spec::Spec};
use crate::{
    accounts,
    chain::Chain,
    environment::Environment,
    process::{free_ports, Process},
};
use anyhow::{ensure, Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
};
use tokio::sync::Mutex;

/// Arguments of all nodes.
///
/// A node logs the loss of a peer's reputation only at this level.
const ARGUMENTS: [&str; 8] = [
    "--no-mdns",
    "--no-telemetry",
    "--rpc-methods",
    "unsafe",
    "--rpc-cors",
    "all",
    "--allow-private-ip",
    "-lsub-libp2p::peerstore=trace",
];

/// A node of a network. Its process is killed when this value is dropped.
pub struct Node {
    name: String,
    program: PathBuf,
    arguments: Vec<String>,
    folder: PathBuf,
    address: String,
    rpc_port: u16,
    metrics_port: u16,
    process: Mutex<Option<Process>>,
}

impl Node {
    /// Makes the folder and the keys of a node and chooses its ports. Starts nothing.
    ///
    /// # Errors
    ///
    /// Fails if the folder cannot be written or no port is free.
    pub(crate) async fn prepare(
        environment: &Environment,
        network: &str,
        spec: &Spec,
        plan: NodePlan,
    ) -> Result<Self> {
        let folder = environment.path(network).join(&plan.name);
        let [p2p, rpc_port, metrics_port] = free_ports()?;
        let p2p = plan.p2p_port.unwrap_or(p2p);
        let (key, peer) = accounts::identity(&plan.name);
        if plan.validator {
            insert_keys(&folder.join("data").join(keystore(spec)), &plan.name)?;
        } else {
            fs::create_dir_all(&folder)?;
        }
        let text = |path: &Path| path.display().to_string();
        let mut arguments: Vec<String> = [
            ("--chain", text(&spec.path)),
            ("--base-path", text(&folder.join("data"))),
            ("--name", plan.name.clone()),
            ("--node-key", key),
            ("--listen-addr", format!("/ip4/127.0.0.1/tcp/{p2p}")),
            ("--rpc-port", rpc_port.to_string()),
            ("--prometheus-port", metrics_port.to_string()),
        ]
        .into_iter()
        .flat_map(|(option, value)| [option.to_owned(), value])
        .collect();
        arguments.extend(ARGUMENTS.map(ToOwned::to_owned));
        if plan.validator {
            arguments.push("--validator".to_owned());
        }
        arguments.extend(plan.arguments);
        Ok(Self {
            program: plan.program.unwrap_or_else(|| environment.node()),
            arguments,
            folder,
            address: address(p2p, &peer),
            rpc_port,
            metrics_port,
            process: Mutex::new(None),
            name: plan.name,
        })
    }

    /// Makes the address of another node the node's boot node.
    pub(crate) fn begin_with(&mut self, address: &str) {
        self.arguments
            .extend(["--bootnodes".to_owned(), address.to_owned()]);
    }

    /// The node's name, from which its keys derive.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The arguments of the node's command line.
    pub fn arguments(&self) -> &[String] {
        &self.arguments
    }

    /// The node's address for peers.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The folder with the node's database and keystore.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The file with the output of the process.
    pub fn log_path(&self) -> PathBuf {
        self.folder.join(format!("{}.log", self.name))
    }

    /// The port of the node's RPC.
    pub const fn rpc_port(&self) -> u16 {
        self.rpc_port
    }

    /// The chain, read over this node's RPC.
    pub fn chain(&self) -> Chain {
        Chain::new(&self.name, &format!("ws://127.0.0.1:{}", self.rpc_port))
    }

    /// Starts the process.
    ///
    /// # Errors
    ///
    /// Fails if the process runs already or the program cannot be started.
    pub async fn launch(&self) -> Result<()> {
        let mut process = self.process.lock().await;
        ensure!(process.is_none(), "{} runs already", self.name);
        *process = Some(Process::start(
            &self.name,
            &self.program,
            &self.arguments,
            &[],
            self.log_path(),
        )?);
        Ok(())
    }

    /// Starts the process and waits until the node answers.
    ///
    /// # Errors
    ///
    /// The errors of [`Self::launch`]. Fails also if the node does not answer.
    pub async fn start(&self) -> Result<()> {
        self.launch().await?;
        self.chain().until_up().await
    }

    /// Stops the process with SIGTERM.
    ///
    /// # Errors
    ///
    /// Fails if the process does not run or does not end.
    pub async fn stop(&self) -> Result<()> {
        self.taken().await?.stop().await
    }

    /// Kills the process, like a crash.
    ///
    /// # Errors
    ///
    /// Fails if the process does not run or does not end.
    pub async fn kill(&self) -> Result<()> {
        self.taken().await?.kill().await
    }

    /// Pauses the process, or lets it go on.
    ///
    /// # Errors
    ///
    /// Fails if the process does not run.
    pub async fn pause(&self, paused: bool) -> Result<()> {
        let process = self.process.lock().await;
        let running = process.as_ref();
        running
            .with_context(|| format!("{} does not run", self.name))?
            .pause(paused);
        Ok(())
    }

    /// The memory that the process has resident, in bytes.
    ///
    /// # Errors
    ///
    /// Fails if the process does not run.
    pub async fn resident(&self) -> Result<u64> {
        let process = self.process.lock().await;
        let running = process
            .as_ref()
            .with_context(|| format!("{} does not run", self.name))?;
        running.resident()
    }

    async fn taken(&self) -> Result<Process> {
        let process = self.process.lock().await.take();
        process.with_context(|| format!("{} does not run", self.name))
    }

    /// Checks that the process still runs, if it was started and not ended.
    ///
    /// # Errors
    ///
    /// Fails if the process has ended by itself.
    pub async fn check(&self) -> Result<()> {
        match self.process.lock().await.as_mut() {
            Some(process) => process.check(),
            None => Ok(()),
        }
    }

    /// The value of a series of the node's metrics, or zero if the series does not exist.
    ///
    /// `series` is the whole name with labels.
    ///
    /// # Errors
    ///
    /// Fails if the node does not answer.
    pub async fn metric(&self, series: &str) -> Result<f64> {
        let url = format!("http://127.0.0.1:{}/metrics", self.metrics_port);
        let page = reqwest::get(&url)
            .await
            .and_then(reqwest::Response::error_for_status)
            .with_context(|| format!("the metrics of {}", self.name))?
            .text()
            .await?;
        Ok(value_of(&page, series))
    }
}

/// The path of a node's keystore in its data folder.
pub(crate) fn keystore(spec: &Spec) -> PathBuf {
    PathBuf::from("chains").join(&spec.chain).join("keystore")
}

/// The address for peers of a node on the loopback interface.
pub(crate) fn address(p2p_port: u16, peer: &str) -> String {
    format!("/ip4/127.0.0.1/tcp/{p2p_port}/p2p/{peer}")
}

/// Writes a validator's session keys in the format of Substrate's keystore.
///
/// The keystore has a file for each key. Its name is the key type and the public key.
fn insert_keys(folder: &Path, node: &str) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let keys = accounts::session_keys(node)?;
    for (kind, public) in [
        ("aura", keys.sr25519),
        ("gran", keys.ed25519),
        ("conf", keys.sr25519),
    ] {
        let file = format!("{}{}", hex::encode(kind), hex::encode(public));
        fs::write(
            folder.join(file),
            serde_json::to_string(&accounts::seed(node))?,
        )?;
    }
    Ok(())
}

/// The value of a series in a page of Prometheus' text format.
///
/// It is the sum over all lines that have the labels of `series`, whatever other labels they have.
fn value_of(page: &str, series: &str) -> f64 {
    let (name, labels) = series.split_once('{').unwrap_or((series, ""));
    let labels: Vec<_> = labels
        .trim_end_matches('}')
        .split(',')
        .filter(|label| !label.is_empty())
        .collect();
    let values = page.lines().filter_map(|line| {
        let (found, value) = line.rsplit_once(' ')?;
        let (found, rest) = found.split_once('{').unwrap_or((found, ""));
        (found == name && labels.iter().all(|label| rest.contains(label)))
            .then(|| value.parse::<f64>().ok())
            .flatten()
    });
    values.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_should_be_read_from_the_page() {
        let page =
            "# TYPE refused counter\nrefused{chain=\"c\",reason=\"a\"} 3\nrefused{chain=\"c\",reason=\"b\"} 4\nup 1\n";
        assert_eq!(value_of(page, "refused{reason=\"a\"}"), 3.0);
        assert_eq!(value_of(page, "refused"), 7.0);
        assert_eq!(value_of(page, "up"), 1.0);
        assert_eq!(value_of(page, "down"), 0.0);
    }
}
