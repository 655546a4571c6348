// SPDX-License-Identifier: Apache-2.0
//! A doctor's work, in order: request, search, prove, fetch, open.

mod records;
mod search;

use crate::{
    chain,
    error::CliResult,
    grant_file::{self, OpenGrant},
    keys::DoctorKeys,
    output::Output,
    values::hex0x,
};
use bspp_client::{calls, At, ConsortiumClient};
use clap::{Args, Subcommand};
use records::{fetch, open};
use search::{prove, search_here, search_there, write_matches};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// A doctor's work.
#[derive(Subcommand)]
pub enum Command {
    /// Makes the keys of a doctor.
    New {
        /// Key file to write.
        #[arg(long)]
        out: PathBuf,
    },
    /// Shows the content of a grant.
    ///
    /// With --reveal it also shows trapdoors and labels, which are secrets.
    InspectGrant {
        /// The doctor's key file.
        #[arg(long)]
        key: PathBuf,
        /// The grant.
        #[arg(long)]
        grant: PathBuf,
        /// Show trapdoors and labels.
        #[arg(long)]
        reveal: bool,
    },
    /// Opens the request of a grant on the consortium.
    Request(Common),
    /// Shows the account and the public key of a doctor's key file.
    Whoami {
        /// The doctor's key file.
        #[arg(long)]
        key: PathBuf,
    },
    /// Searches on the node of the doctor's own hospital.
    ///
    /// The grant's trapdoors are sent only to that node.
    Search {
        #[command(flatten)]
        common: Common,
        /// The node is not the doctor's own: compute here, and send it no trapdoor.
        ///
        /// The node serves buckets of tags. It learns the hospital, the months and the buckets, but
        /// neither trapdoors nor the tags that the search looks for.
        #[arg(long)]
        foreign_node: bool,
        /// File to write the matches to.
        #[arg(long)]
        out: PathBuf,
    },
    /// Proves the matches on chain.
    Prove {
        #[command(flatten)]
        common: Common,
        /// File from `search`.
        #[arg(long)]
        matches: PathBuf,
        /// Send proofs also for records that are already proved. The chain refuses them.
        #[arg(long)]
        again: bool,
    },
    /// Fetches the proved records from the hospital. They stay encrypted.
    Fetch {
        #[command(flatten)]
        common: Common,
        /// File from `search`.
        #[arg(long)]
        matches: PathBuf,
        /// Public address of the hospital's gateway.
        #[arg(long)]
        gateway: String,
        /// Folder for the encrypted records.
        #[arg(long)]
        out: PathBuf,
    },
    /// Opens fetched records, checks them against the index and confirms their receipt.
    ///
    /// The index is that of the consortium. The confirmation is a transaction on chain.
    Open {
        #[command(flatten)]
        common: Common,
        /// File from `search`.
        #[arg(long)]
        matches: PathBuf,
        /// Folder of the fetched records.
        #[arg(long = "in")]
        input: PathBuf,
        /// Folder for the plaintext: one folder for each record, one file for each resource.
        #[arg(long)]
        out: PathBuf,
    },
}

/// The arguments of every step.
#[derive(Args)]
pub struct Common {
    /// RPC address of the consortium node of the doctor's own hospital.
    #[arg(long)]
    consortium: String,
    /// The doctor's key file.
    #[arg(long)]
    key: PathBuf,
    /// The grant.
    #[arg(long)]
    grant: PathBuf,
}

impl Common {
    async fn open(&self) -> CliResult<(ConsortiumClient, DoctorKeys, OpenGrant)> {
        let keys = DoctorKeys::read(&self.key)?;
        let envelope = grant_file::read(&self.grant)?;
        let consortium = chain::consortium(&self.consortium).await?;
        let now = consortium.timestamp(At::Best).await?;
        let grant = grant_file::receive(&envelope, &consortium.chain(), &keys, now)?;
        Ok((consortium, keys, grant))
    }
}

/// Runs a doctor command.
pub async fn run(command: Command, output: Output) -> CliResult<()> {
    match command {
        Command::New { out } => new(&out, output),
        Command::InspectGrant { key, grant, reveal } => {
            grant_file::inspect(&key, &grant, reveal, output)
        }
        Command::Request(common) => request(&common, output).await,
        Command::Whoami { key } => show(&DoctorKeys::read(&key)?, &[], output),
        Command::Search {
            common,
            foreign_node,
            out,
        } => {
            let found = if foreign_node {
                search_here(&common, output).await?
            } else {
                search_there(&common, output).await?
            };
            write_matches(&found, &out, output)
        }
        Command::Prove {
            common,
            matches,
            again,
        } => prove(&common, &matches, again, output).await,
        Command::Fetch {
            common,
            matches,
            gateway,
            out,
        } => fetch(&common, &matches, &gateway, &out, output).await,
        Command::Open {
            common,
            matches,
            input,
            out,
        } => open(&common, &matches, &input, &out, output).await,
    }
}

#[derive(Serialize)]
struct PublicKeys {
    account: String,
    x25519: String,
}

fn new(out: &Path, output: Output) -> CliResult<()> {
    let keys = DoctorKeys::create(out)?;
    show(&keys, &["Give both to patients."], output)
}

/// Shows the public part of a doctor's keys, then further lines.
fn show(keys: &DoctorKeys, further: &[&str], output: Output) -> CliResult<()> {
    let made = PublicKeys {
        account: hex0x(keys.signer.account_bytes()),
        x25519: hex0x(keys.x25519.public().0),
    };
    let mut lines = vec![
        format!("Account     {}", made.account),
        format!("X25519 key  {}", made.x25519),
    ];
    lines.extend(further.iter().map(|line| (*line).to_owned()));
    output.result(&made, &lines)
}

#[derive(Serialize)]
struct Requested {
    request: String,
    block: u32,
}

async fn request(common: &Common, output: Output) -> CliResult<()> {
    let (consortium, keys, grant) = common.open().await?;
    let call = calls::peks_search::open_request(&grant.received.open_request);
    let included = consortium.submit_and_finalize(&call, &keys.signer).await?;
    let requested = Requested {
        request: hex0x(grant.received.header.request_id()),
        block: included.number,
    };
    output.result(
        &requested,
        &[format!(
            "Request {} is open, finalized in block {}.",
            requested.request, requested.block
        )],
    )
}
