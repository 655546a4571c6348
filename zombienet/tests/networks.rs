// SPDX-License-Identifier: Apache-2.0
//! The network files start with zombienet without changes, and their chains finalize.
//!
//! `make test-network` writes the chain specs and puts the node on `PATH` first.

use anyhow::{anyhow, ensure, Context, Result};
use bspp_zombienet::{load, FILES};
use std::collections::BTreeSet;
use zombienet_sdk::NetworkConfigExt;

/// Number of blocks that must be finalized on every node.
const BLOCKS: f64 = 3.0;
/// The time limit, in seconds.
const LIMIT: u64 = 120;

#[test]
fn nodes_should_have_names_and_ports_of_their_own_when_all_networks_run() -> Result<()> {
    let (mut names, mut ports) = (BTreeSet::new(), BTreeSet::new());
    for file in FILES {
        for node in load(file)?.relaychain().nodes() {
            let name = node.name();
            let port = node
                .rpc_port()
                .with_context(|| format!("{file}: a port of {name}"))?;
            ensure!(names.insert(name.to_owned()), "{file}: another {name}");
            ensure!(ports.insert(port), "{file}: another node on port {port}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn chains_should_finalize_when_the_files_are_started() -> Result<()> {
    for file in FILES {
        let network = load(file)?
            .spawn_native()
            .await
            .map_err(|error| anyhow!("{file}: {error}"))?;
        for node in network.relaychain().nodes() {
            node.wait_metric_with_timeout(
                "block_height{status=\"finalized\"}",
                |height| height >= BLOCKS,
                LIMIT,
            )
            .await
            .map_err(|error| anyhow!("{file}: {} finalizes nothing: {error}", node.name()))?;
        }
        network
            .destroy()
            .await
            .map_err(|error| anyhow!("{file}: {error}"))?;
    }
    Ok(())
}
