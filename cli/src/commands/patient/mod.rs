// SPDX-License-Identifier: Apache-2.0
//! A patient's wallet. The seed and the one-time keys of grants never leave it.

mod ending;
mod enrolment;
mod grant;
mod kept;
mod log;

use crate::{error::CliResult, keys, output::Output};
use clap::Subcommand;
use ending::{close, revoke, EndingArguments};
use enrolment::{enrol, EnrolmentArguments};
use grant::{grant, GrantArguments};
use log::log;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// A patient's wallet.
#[derive(Subcommand)]
pub enum Command {
    /// Makes a wallet with a new seed.
    ///
    /// Keep a copy: the seed gives full control over the patient's data.
    New {
        /// Folder of the wallet.
        #[arg(long)]
        wallet: PathBuf,
    },
    /// Makes the file with which a hospital enrols the patient.
    ///
    /// It contains public keys and a signed consent.
    Enrol(EnrolmentArguments),
    /// Grants a doctor some keywords of some months at one hospital.
    Grant(Box<GrantArguments>),
    /// Revokes a grant on chain.
    ///
    /// If the address of the hospital's gateway is given, it also takes effect there immediately.
    Revoke {
        #[command(flatten)]
        ending: EndingArguments,
        /// Public address of the hospital's gateway.
        #[arg(long)]
        gateway: Option<String>,
    },
    /// Closes a request that is done.
    Close(EndingArguments),
    /// Shows the state of the wallet's grants: requests, matches, disclosures.
    Log {
        /// Folder of the wallet.
        #[arg(long)]
        wallet: PathBuf,
        /// RPC address of a consortium node.
        #[arg(long)]
        consortium: String,
    },
}

/// Runs a patient command.
pub async fn run(command: Command, output: Output) -> CliResult<()> {
    match command {
        Command::New { wallet } => new(&wallet, output),
        Command::Enrol(arguments) => enrol(&arguments, output).await,
        Command::Grant(arguments) => grant(&arguments, output).await,
        Command::Revoke { ending, gateway } => revoke(&ending, gateway.as_deref(), output).await,
        Command::Close(ending) => close(&ending, output).await,
        Command::Log { wallet, consortium } => log(&wallet, &consortium, output).await,
    }
}

#[derive(Serialize)]
struct Made {
    wallet: String,
}

fn new(wallet: &Path, output: Output) -> CliResult<()> {
    keys::new_wallet(wallet)?;
    let made = Made {
        wallet: wallet.display().to_string(),
    };
    let line = format!(
        "The wallet is in {}. Keep a copy of its seed file.",
        made.wallet
    );
    output.result(&made, &[line])
}
