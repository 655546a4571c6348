// SPDX-License-Identifier: Apache-2.0
//! Nodes and authors of a hospital's own chain, finality and the runtime of that chain.
//!
//! These commands end when a block includes their transaction. They do not wait for finality,
//! because they may repair finality.

use crate::{
    chain,
    error::CliResult,
    keys,
    output::Output,
    root_calls::{self, CodeArguments, StallArguments},
    values::{hex0x, Hex32},
};
use bspp_client::{
    calls::{conformance, hospital_admin},
    Call, HospitalClient, Included, Signer,
};
use clap::{Args, Subcommand};
use serde::Serialize;
use sp_core::crypto::AccountId32;

/// Commands of admins about the nodes of their chain.
#[derive(Subcommand)]
pub enum Command {
    /// Adds a node's account to the hospital's chain. It may then set session keys.
    AddNode {
        #[command(flatten)]
        admin: AdminArguments,
        /// The node's account.
        #[arg(long)]
        account: Hex32,
    },
    /// Removes a node's account and its credential.
    ///
    /// The node must not be a validator: see set-validators.
    RemoveNode {
        #[command(flatten)]
        admin: AdminArguments,
        /// The node's account.
        #[arg(long)]
        account: Hex32,
    },
    /// Sets the nodes that author and finalize.
    ///
    /// Each must have session keys and must not be suspended.
    SetValidators {
        #[command(flatten)]
        admin: AdminArguments,
        /// A validator's account. Repeat it for each validator.
        #[arg(long = "validator", required = true)]
        validators: Vec<Hex32>,
    },
    /// Suspends an author of the hospital's chain.
    ///
    /// Its blocks are invalid from the next block on.
    SuspendAuthor {
        #[command(flatten)]
        admin: AdminArguments,
        /// The validator's account.
        #[arg(long)]
        author: Hex32,
    },
    /// Readmits a suspended author. It authors again from the second session after that.
    ReadmitAuthor {
        #[command(flatten)]
        admin: AdminArguments,
        /// The validator's account.
        #[arg(long)]
        author: Hex32,
    },
    /// Declares that finality has stalled: the authorities of the next session take over.
    ///
    /// The council must then start the chain's anchor again.
    NoteStalled {
        #[command(flatten)]
        admin: AdminArguments,
        #[command(flatten)]
        stall: StallArguments,
    },
    /// Authorizes a runtime for the hospital's chain.
    AuthorizeUpgrade {
        #[command(flatten)]
        admin: AdminArguments,
        #[command(flatten)]
        code: CodeArguments,
    },
    /// Submits the authorized runtime.
    ApplyUpgrade {
        #[command(flatten)]
        admin: AdminArguments,
        #[command(flatten)]
        code: CodeArguments,
    },
}

/// The arguments of every command of an admin.
#[derive(Args)]
pub struct AdminArguments {
    /// RPC address of a node of the hospital's chain.
    #[arg(long)]
    hospital: String,
    /// Key of an admin: a key file, or a development name such as //HospitalA.
    #[arg(long)]
    key: String,
}

impl AdminArguments {
    /// Connects and reads the key.
    pub async fn open(&self) -> CliResult<(HospitalClient, Signer)> {
        let signer = keys::signer(&self.key)?;
        Ok((chain::hospital(&self.hospital).await?, signer))
    }
}

#[derive(Serialize)]
struct Done {
    block: u32,
    hash: String,
}

fn done(included: &Included, what: &str, output: Output) -> CliResult<()> {
    let done = Done {
        block: included.number,
        hash: hex0x(included.block),
    };
    output.result(&done, &[format!("{what}, in block {}.", done.block)])
}

/// Sends a call and waits for a block.
pub async fn submit(
    hospital: &HospitalClient,
    signer: &Signer,
    call: &Call,
    what: &str,
    output: Output,
) -> CliResult<()> {
    let included = hospital.submit_in_block(call, signer).await?;
    done(&included, what, output)
}

/// Runs a command on nodes and authors.
pub async fn run(command: Command, output: Output) -> CliResult<()> {
    let account = |typed: Hex32| AccountId32::new(typed.0);
    let (admin, call, what) = match command {
        Command::AddNode {
            admin,
            account: node,
        } => {
            let call = hospital_admin::add_node(&account(node));
            (admin, call, "The node is admitted")
        }
        Command::RemoveNode {
            admin,
            account: node,
        } => {
            let call = hospital_admin::remove_node(&account(node));
            (admin, call, "The node is removed")
        }
        Command::SetValidators { admin, validators } => {
            let validators: Vec<_> = validators.into_iter().map(account).collect();
            let call = hospital_admin::set_validators(&validators);
            (admin, call, "The validators are set")
        }
        Command::SuspendAuthor { admin, author } => {
            let call = conformance::suspend_author(&account(author));
            (admin, call, "The author is suspended")
        }
        Command::ReadmitAuthor { admin, author } => {
            let call = conformance::readmit_author(&account(author));
            (admin, call, "The author is readmitted")
        }
        Command::NoteStalled { admin, stall } => {
            let (hospital, signer) = admin.open().await?;
            let call = root_calls::note_stalled(&hospital, &stall).await?;
            let included = hospital.dispatch_as_root(&call, &signer).await?;
            return done(&included, "The stall is noted", output);
        }
        Command::AuthorizeUpgrade { admin, code } => {
            let (hospital, signer) = admin.open().await?;
            let code = code.read()?;
            let included = hospital
                .dispatch_as_root(&code.authorize(), &signer)
                .await?;
            let what = format!("Runtime {} is authorized", hex0x(code.hash()));
            return done(&included, &what, output);
        }
        Command::ApplyUpgrade { admin, code } => {
            let (hospital, signer) = admin.open().await?;
            let included = root_calls::apply_upgrade(&hospital, &code.read()?, &signer).await?;
            return done(&included, root_calls::APPLIED, output);
        }
    };
    let (hospital, signer) = admin.open().await?;
    submit(&hospital, &signer, &call, what, output).await
}
