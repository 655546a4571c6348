// SPDX-License-Identifier: Apache-2.0
//! Decisions about authors, the gate, finality and the runtime of the consortium.

use super::{decide, decided, votes, CouncilArguments};
use crate::{
    chain,
    error::CliResult,
    keys,
    output::Output,
    root_calls::{self, CodeArguments, StallArguments},
    values::{hex0x, Hex32},
};
use bspp_client::{
    calls::{
        conformance::{self, GateParameters},
        consortium::authorize_upgrade,
    },
    Call,
};
use clap::{Args, Subcommand};
use serde::Serialize;
use sp_core::crypto::AccountId32;

/// Decisions about authors, the gate, finality and the runtime.
#[derive(Subcommand)]
pub enum Command {
    /// Suspends an author.
    ///
    /// Its blocks are invalid from the next block on, and it leaves the authors at the next
    /// session.
    SuspendAuthor(OneAuthor),
    /// Readmits a suspended author and drops noted equivocations.
    ///
    /// It authors again from the second session after that.
    ReadmitAuthor(OneAuthor),
    /// Sets the parameters of the gate. Both values are in slots.
    SetParameters {
        #[command(flatten)]
        council: CouncilArguments,
        /// Maximum age of a hospital's anchor.
        #[arg(long)]
        max_anchor_age: u64,
        /// Maximum time from the anchoring of an entry block to its registration.
        #[arg(long)]
        max_lag: u64,
    },
    /// Declares that finality has stalled: the authorities of the next session take over.
    ///
    /// First suspend, in the same session, the authors that are down.
    NoteStalled {
        #[command(flatten)]
        council: CouncilArguments,
        #[command(flatten)]
        stall: StallArguments,
    },
    /// Authorizes a runtime by its hash.
    ///
    /// It can be applied after the delay of upgrades, a day by default.
    AuthorizeUpgrade {
        #[command(flatten)]
        council: CouncilArguments,
        #[command(flatten)]
        code: CodeArguments,
    },
    /// Submits the authorized runtime. It needs no vote.
    ApplyUpgrade {
        /// RPC address of a consortium node.
        #[arg(long)]
        consortium: String,
        /// Key of a council member, an operator or a validator.
        #[arg(long)]
        key: String,
        #[command(flatten)]
        code: CodeArguments,
    },
}

/// A decision on one author.
#[derive(Args)]
pub struct OneAuthor {
    #[command(flatten)]
    council: CouncilArguments,
    /// The validator's account.
    #[arg(long)]
    author: Hex32,
}

impl OneAuthor {
    async fn decide(&self, call: fn(&AccountId32) -> Call, output: Output) -> CliResult<()> {
        let call = call(&AccountId32::new(self.author.0));
        decide(&self.council, &call, output).await
    }
}

#[derive(Serialize)]
struct Authorized {
    block: u32,
    code_hash: String,
}

#[derive(Serialize)]
struct Applied {
    block: u32,
    hash: String,
}

/// Runs a command on authors, gate, finality or runtime.
pub async fn run(command: Command, output: Output) -> CliResult<()> {
    match command {
        Command::SuspendAuthor(which) => which.decide(conformance::suspend_author, output).await,
        Command::ReadmitAuthor(which) => which.decide(conformance::readmit_author, output).await,
        Command::SetParameters {
            council,
            max_anchor_age,
            max_lag,
        } => {
            let call = conformance::set_parameters(&GateParameters {
                max_anchor_age,
                max_lag,
            });
            decide(&council, &call, output).await
        }
        Command::NoteStalled { council, stall } => {
            let (consortium, signers) = council.open().await?;
            let call = root_calls::note_stalled(&consortium, &stall).await?;
            let outcome = consortium.council_enact_as_root(&call, &signers).await;
            let included = votes::counted(outcome, &consortium, &signers).await?;
            decided(&included, output)
        }
        Command::AuthorizeUpgrade { council, code } => {
            let code = code.read()?;
            let (consortium, signers) = council.open().await?;
            let call = authorize_upgrade(code.hash());
            let outcome = consortium.council_enact(&call, &signers).await;
            let included = votes::counted(outcome, &consortium, &signers).await?;
            let authorized = Authorized {
                block: included.number,
                code_hash: hex0x(code.hash()),
            };
            let line = format!(
                "Runtime {} is authorized, in block {}. It can be applied after the delay of upgrades.",
                authorized.code_hash, authorized.block
            );
            output.result(&authorized, &[line])
        }
        Command::ApplyUpgrade {
            consortium,
            key,
            code,
        } => {
            let (code, signer) = (code.read()?, keys::signer(&key)?);
            let consortium = chain::consortium(&consortium).await?;
            let included = root_calls::apply_upgrade(&consortium, &code, &signer).await?;
            let applied = Applied {
                block: included.number,
                hash: hex0x(included.block),
            };
            let line = format!("{} in block {}.", root_calls::APPLIED, applied.block);
            output.result(&applied, &[line])
        }
    }
}
