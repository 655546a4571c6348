// SPDX-License-Identifier: Apache-2.0
//! Decisions of the council, carried from proposal to dispatch.

mod upkeep;

use crate::{
    chain,
    error::{CliError, CliResult},
    keys,
    output::Output,
    values::{hex0x, Hex32},
};
use bspp_client::{
    calls::{consortium, hospital_anchor},
    At, Call, ConsortiumClient, Included, Signer,
};
use bspp_primitives::HospitalId;
use clap::{Args, Subcommand};
use serde::Serialize;
use sp_core::crypto::AccountId32;

/// Decisions of the council.
#[derive(Subcommand)]
pub enum Command {
    /// Names a hospital chain's finalized head and its GRANDPA authorities, from which finality proofs go on.
    InitialiseAnchor {
        #[command(flatten)]
        council: CouncilArguments,
        /// RPC address of a node of the hospital's chain.
        #[arg(long)]
        hospital: String,
        /// Replace an anchor that is there, after a hospital chain had to be repaired.
        #[arg(long)]
        again: bool,
    },
    /// Adds a hospital to the consortium.
    AddHospital {
        #[command(flatten)]
        council: CouncilArguments,
        /// The hospital's identifier.
        #[arg(long)]
        hospital_id: Hex32,
        /// Account that acts for the hospital.
        #[arg(long)]
        operator: Hex32,
        /// The hospital's X25519 key.
        #[arg(long)]
        encryption_key: Hex32,
    },
    /// Removes a hospital for good.
    RemoveHospital(OneHospital),
    /// Suspends a hospital: its accounts are refused, and no block of its validators is valid any more.
    SuspendHospital(OneHospital),
    /// Readmits a suspended hospital.
    ReadmitHospital(OneHospital),
    /// Halts a hospital's anchor: no proof moves it, and its validators' blocks are restricted.
    HaltAnchor(OneHospital),
    /// Lets a halted anchor go on.
    ResumeAnchor(OneHospital),
    #[command(flatten)]
    Upkeep(upkeep::Command),
}

/// What every decision needs.
#[derive(Args)]
pub struct CouncilArguments {
    /// RPC address of a consortium node.
    #[arg(long)]
    consortium: String,
    /// Keys of council members, enough for the two thirds: key files, or development names such as //CouncilOne.
    #[arg(long = "key", required = true)]
    keys: Vec<String>,
}

impl CouncilArguments {
    async fn open(&self) -> CliResult<(ConsortiumClient, Vec<Signer>)> {
        let signers = self
            .keys
            .iter()
            .map(|key| keys::signer(key))
            .collect::<CliResult<_>>()?;
        Ok((chain::consortium(&self.consortium).await?, signers))
    }
}

/// A decision on one hospital.
#[derive(Args)]
pub struct OneHospital {
    #[command(flatten)]
    council: CouncilArguments,
    /// The hospital's identifier.
    #[arg(long)]
    hospital_id: Hex32,
}

impl OneHospital {
    async fn decide(&self, call: fn(HospitalId) -> Call, output: Output) -> CliResult<()> {
        decide(&self.council, &call(self.hospital_id.hash()), output).await
    }
}

#[derive(Serialize)]
struct Decided {
    block: u32,
    hash: String,
}

/// Runs a council command.
pub async fn run(command: Command, output: Output) -> CliResult<()> {
    match command {
        Command::InitialiseAnchor {
            council,
            hospital,
            again,
        } => {
            let (consortium, signers) = council.open().await?;
            let hospital = chain::hospital(&hospital).await?;
            hospital.check_consortium(&consortium)?;
            let head = hospital.finalized_hash().await?;
            let header = hospital.header(At::Block(head)).await?;
            let set = hospital.authority_set(head).await?;
            let id = hospital.hospital_id(At::Block(head)).await?;
            let call = if again {
                hospital_anchor::reinitialise_anchor(id, &header, &set)
            } else {
                hospital_anchor::initialise_anchor(id, &header, &set)
            };
            enact(&consortium, &call, &signers, output).await
        }
        Command::AddHospital {
            council,
            hospital_id,
            operator,
            encryption_key,
        } => {
            let call = consortium::add_hospital(
                hospital_id.hash(),
                &AccountId32::new(operator.0),
                encryption_key.0,
            );
            decide(&council, &call, output).await
        }
        Command::RemoveHospital(which) => which.decide(consortium::remove_hospital, output).await,
        Command::SuspendHospital(which) => which.decide(consortium::suspend_hospital, output).await,
        Command::ReadmitHospital(which) => which.decide(consortium::readmit_hospital, output).await,
        Command::HaltAnchor(which) => which.decide(hospital_anchor::halt_anchor, output).await,
        Command::ResumeAnchor(which) => which.decide(hospital_anchor::resume_anchor, output).await,
        Command::Upkeep(command) => upkeep::run(command, output).await,
    }
}

/// Has the council decide on one call.
async fn decide(council: &CouncilArguments, call: &Call, output: Output) -> CliResult<()> {
    let (consortium, signers) = council.open().await?;
    enact(&consortium, call, &signers, output).await
}

async fn enact(
    consortium: &ConsortiumClient,
    call: &Call,
    signers: &[Signer],
    output: Output,
) -> CliResult<()> {
    let included = consortium
        .council_enact(call, signers)
        .await
        .map_err(CliError::from)?;
    decided(&included, output)
}

fn decided(included: &Included, output: Output) -> CliResult<()> {
    let decided = Decided {
        block: included.number,
        hash: hex0x(included.block),
    };
    output.result(
        &decided,
        &[format!(
            "The council's decision took effect in block {}.",
            decided.block
        )],
    )
}
