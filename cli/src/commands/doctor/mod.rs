// SPDX-License-Identifier: Apache-2.0
//! A doctor's work, in order: request, search, prove, get.

mod answers;
mod identity;
mod receipt;
mod records;
mod search;

use crate::{
    chain,
    error::CliResult,
    grant_file::{self, GrantFiles, OpenGrant},
    keys::{DoctorArguments, DoctorKeys},
    output::Output,
    passphrase::PassphraseArguments,
    proved::proved_for_doctor,
    values::{hex0x, Hex32},
};
use answers::{ask, contest, flag, AnswerArguments};
use bspp_client::{calls, proved::ProvedState, ConsortiumClient};
use clap::{Args, Subcommand};
use identity::{new, requester_key, whoami};
use records::{fetch, get, open, FetchArguments};
use search::{prove, search};
use serde::Serialize;
use std::path::PathBuf;

/// A doctor's work.
#[derive(Subcommand)]
pub enum Command {
    /// Makes the keys of a doctor, encrypted under a passphrase.
    New {
        /// Key file to write.
        #[arg(long)]
        out: PathBuf,
        #[command(flatten)]
        passphrase: PassphraseArguments,
    },
    /// Shows the account and the public X25519 key of a key file.
    ///
    /// With --reveal it also shows the secrets.
    Whoami {
        #[command(flatten)]
        key: DoctorArguments,
        /// Show secrets.
        #[arg(long)]
        reveal: bool,
    },
    /// Signs the statement with which the hospital's operator makes the account a requester.
    ///
    /// It names the X25519 key to which patients encrypt grants. The signature keeps a hospital
    /// from registering a key of its own in the doctor's name.
    RequesterKey {
        #[command(flatten)]
        key: DoctorArguments,
        /// Enrolment card of the doctor's own hospital.
        #[arg(long)]
        card: PathBuf,
        /// File to write, for the operator.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Shows the content of a grant.
    ///
    /// With --reveal it also shows trapdoors and labels, which are secrets.
    InspectGrant {
        #[command(flatten)]
        key: DoctorArguments,
        #[command(flatten)]
        grant: GrantFiles,
        /// Show trapdoors and labels.
        #[arg(long)]
        reveal: bool,
    },
    /// Opens the request of a grant on the consortium.
    Request(Common),
    /// Searches on the node of the doctor's own hospital.
    ///
    /// The grant's trapdoors are sent only to that node.
    Search {
        #[command(flatten)]
        common: Common,
        /// Search through a node of somebody else: compute the search here.
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
        fetch: FetchArguments,
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
    /// Fetches the proved records and opens them: `fetch` and `open` in one step.
    Get {
        #[command(flatten)]
        fetch: FetchArguments,
        /// Folder for the plaintext: one folder for each record, one file for each resource.
        #[arg(long)]
        out: PathBuf,
    },
    /// Asks for records on chain, because the hospital does not answer.
    ///
    /// The hospital must then answer within the answer period.
    Ask {
        #[command(flatten)]
        common: Common,
        /// File from `search`.
        #[arg(long)]
        matches: PathBuf,
        /// A record. It may be repeated. Without it the command asks for all proved records that
        /// have no answer.
        #[arg(long = "record")]
        records: Vec<Hex32>,
    },
    /// Contests on chain the hospital's claim that it disclosed a record.
    Contest(AnswerArguments),
    /// Flags on chain that the hospital did not answer within the answer period.
    Flag(AnswerArguments),
}

/// The arguments of every step.
#[derive(Args)]
pub struct Common {
    /// RPC address of the consortium node of the doctor's own hospital.
    #[arg(long)]
    consortium: String,
    #[command(flatten)]
    key: DoctorArguments,
    #[command(flatten)]
    grant: GrantFiles,
}

/// A doctor's connection, keys and grant.
pub(super) struct Session {
    pub(super) consortium: ConsortiumClient,
    /// The newest finalized state. Facts of it do not depend on the node.
    pub(super) state: ProvedState,
    pub(super) keys: DoctorKeys,
    pub(super) grant: OpenGrant,
}

impl Common {
    async fn open(&self) -> CliResult<Session> {
        let keys = DoctorKeys::read(&self.key)?;
        let consortium = chain::consortium(&self.consortium).await?;
        let state = proved_for_doctor(&self.key.key, &consortium).await?;
        let now = state.now().await?;
        let grant = self.grant.receive(Some(&consortium.chain()), &keys, now)?;
        Ok(Session {
            consortium,
            state,
            keys,
            grant,
        })
    }
}

/// Runs a doctor command.
pub async fn run(command: Command, output: Output) -> CliResult<()> {
    match command {
        Command::New { out, passphrase } => new(&out, &passphrase, output),
        Command::Whoami { key, reveal } => whoami(&key, reveal, output),
        Command::RequesterKey { key, card, out } => {
            requester_key(&key, &card, out.as_deref(), output)
        }
        Command::InspectGrant { key, grant, reveal } => {
            grant_file::inspect(&key, &grant, reveal, output)
        }
        Command::Request(common) => request(&common, output).await,
        Command::Search {
            common,
            foreign_node,
            out,
        } => search(&common, foreign_node, &out, output).await,
        Command::Prove {
            common,
            matches,
            again,
        } => prove(&common, &matches, again, output).await,
        Command::Fetch {
            fetch: arguments,
            out,
        } => fetch(&arguments, &out, output).await,
        Command::Open {
            common,
            matches,
            input,
            out,
        } => open(&common, &matches, &input, &out, output).await,
        Command::Get { fetch, out } => get(&fetch, &out, output).await,
        Command::Ask {
            common,
            matches,
            records,
        } => ask(&common, &matches, &records, output).await,
        Command::Contest(arguments) => contest(&arguments, output).await,
        Command::Flag(arguments) => flag(&arguments, output).await,
    }
}

#[derive(Serialize)]
struct Requested {
    request: String,
    block: u32,
}

async fn request(common: &Common, output: Output) -> CliResult<()> {
    let session = common.open().await?;
    let received = &session.grant.received;
    let call = calls::peks_search::open_request(&received.open_request);
    let included = session
        .consortium
        .submit_and_finalize(&call, &session.keys.signer)
        .await?;
    let requested = Requested {
        request: hex0x(received.header.request_id()),
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
