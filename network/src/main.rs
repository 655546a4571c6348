// SPDX-License-Identifier: Apache-2.0
//! `bspp-network` runs a network of real nodes and gateways on this machine.
//!
//! It is for the demo, for tests and for developers.

use anyhow::{Context, Result};
use bspp_network::{
    accounts::Hospital,
    control,
    environment::{told_to_stop, Environment},
    topology::{self, ConsortiumPlan, World},
};
use clap::{Parser, Subcommand};
use std::{
    path::{absolute, PathBuf},
    sync::Arc,
};
use tokio::{
    select,
    sync::mpsc::{unbounded_channel, UnboundedReceiver},
};

/// Networks of real nodes and gateways on this machine.
///
/// The networks use development keys: never use them with real data.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run three consortium validators, the chains of two hospitals and their gateways.
    ///
    /// When everything runs, the command prints one line of JSON with all addresses. Then it reads
    /// orders from its input, one on each line (`stop NAME`, `kill NAME`, `start NAME`, `check`),
    /// and answers each order with a line of JSON. When the input ends, it ends all processes.
    Run {
        /// Folder for chains, keys and logs. The command removes its former contents.
        folder: PathBuf,
        /// Length of a slot, in milliseconds.
        #[arg(long, default_value_t = 3_000)]
        slot_millis: u64,
    },
    /// Write the chain specs of the network tests, raw and plain.
    ///
    /// The specs are those of a consortium of four validators and of two hospital chains.
    Specs {
        /// Folder for the files.
        folder: PathBuf,
        /// Length of a slot, in milliseconds.
        #[arg(long, default_value_t = 3_000)]
        slot_millis: u64,
    },
}

#[tokio::main]
async fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Run {
            folder,
            slot_millis,
        } => {
            let environment = environment(folder)?;
            environment.clear()?;
            let plan = ConsortiumPlan::of_three().slots_of(slot_millis);
            select! {
                done = run(environment, plan) => done,
                stopped = told_to_stop() => stopped,
            }
        }
        Command::Specs {
            folder,
            slot_millis,
        } => {
            std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
            let environment = environment(folder)?;
            let plan = ConsortiumPlan::of_four().slots_of(slot_millis);
            println!("{}", topology::specs(&environment, &plan).await?);
            Ok(())
        }
    }
}

fn environment(folder: PathBuf) -> Result<Arc<Environment>> {
    let folder = absolute(&folder).with_context(|| folder.display().to_string())?;
    Ok(Arc::new(Environment::new(folder)?))
}

async fn run(environment: Arc<Environment>, plan: ConsortiumPlan) -> Result<()> {
    let gateways = [(Hospital::A, "alice"), (Hospital::B, "charlie")];
    let mut world: World = topology::world(&environment, plan, &gateways).await?;
    for site in &mut world.sites {
        site.gateway.start().await?;
    }
    println!("{}", control::describe(&world));
    let mut orders = orders();
    while let Some(order) = orders.recv().await {
        println!("{}", control::obey(&mut world, &order?).await);
    }
    Ok(())
}

/// The lines of the input. Reading blocks, so a thread of its own does it.
fn orders() -> UnboundedReceiver<std::io::Result<String>> {
    let (sender, receiver) = unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines() {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}
