// SPDX-License-Identifier: Apache-2.0
//! Decisions of the council, from proposal to dispatch.

mod upkeep;
mod votes;

use crate::{
    chain,
    error::{CliError, CliResult},
    keys,
    output::Output,
    values::{hex0x, Hex32},
};
use bspp_client::{
    calls::{
        consortium::{self, CallGroup},
        hospital_anchor,
    },
    At, Call, ConsortiumClient, HospitalClient, Included, Signer,
};
use bspp_types::HospitalId;
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use sp_core::crypto::AccountId32;

/// Decisions of the council.
#[derive(Subcommand)]
pub enum Command {
    /// Starts a hospital's anchor at a finalized head of its chain.
    ///
    /// The anchor begins with this head and the GRANDPA authorities after it.
    InitialiseAnchor {
        #[command(flatten)]
        council: CouncilArguments,
        /// RPC address of a node of the hospital's chain.
        #[arg(long)]
        hospital: String,
        /// Replace an existing anchor, after the repair of a hospital chain.
        #[arg(long, conflicts_with = "rebuilt")]
        again: bool,
        /// Start a new incarnation: the hospital's chain was lost and begins again from nothing.
        ///
        /// Earlier entries stay. No voter of the new chain may be one of the lost chain.
        #[arg(long)]
        rebuilt: bool,
    },
    /// Adds a hospital to the consortium.
    AddHospital {
        #[command(flatten)]
        council: CouncilArguments,
        /// The hospital's identifier.
        #[arg(long)]
        hospital_id: Hex32,
        /// Account that acts for the hospital (the operator).
        #[arg(long)]
        operator: Hex32,
        /// The hospital's X25519 key.
        #[arg(long)]
        encryption_key: Hex32,
    },
    /// Removes a hospital permanently.
    RemoveHospital(OneHospital),
    /// Suspends a hospital.
    ///
    /// Its transactions are refused, and blocks of its validators are invalid.
    SuspendHospital(OneHospital),
    /// Readmits a suspended hospital.
    ReadmitHospital(OneHospital),
    /// Admits a validator that a hospital proposed with `bspp validator add-validator`.
    AdmitValidator {
        #[command(flatten)]
        hospital: OneHospital,
        /// The validator's account.
        #[arg(long)]
        validator: Hex32,
        /// Accept that the hospital may have a third of the votes or more.
        ///
        /// One hospital with so many votes can stop finality.
        #[arg(long)]
        accept_share: bool,
    },
    /// Raises the quota of a hospital's operator, for a bulk import.
    GrantQuota {
        #[command(flatten)]
        hospital: OneHospital,
        /// More computation in each session, in picoseconds.
        #[arg(long)]
        weight: u64,
        /// More bytes of transactions in each session.
        #[arg(long)]
        bytes: u64,
        /// The last session with the higher quota.
        #[arg(long)]
        until: u32,
    },
    /// Pauses groups of calls: the consortium refuses them until `unpause`.
    Pause(Groups),
    /// Ends the pause of groups of calls.
    Unpause(Groups),
    /// Halts a hospital's anchor.
    ///
    /// Proofs do not move it, and blocks of the hospital's validators are restricted.
    HaltAnchor(OneHospital),
    /// Resumes a halted anchor.
    ResumeAnchor(OneHospital),
    #[command(flatten)]
    Upkeep(upkeep::Command),
}

/// The arguments of every decision.
#[derive(Args)]
pub struct CouncilArguments {
    /// RPC address of a consortium node.
    #[arg(long)]
    consortium: String,
    /// Key of a council member: a key file, or a development name such as //CouncilOne.
    ///
    /// Repeat it until the keys are two thirds of the council.
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

/// Groups of calls.
#[derive(Args)]
pub struct Groups {
    #[command(flatten)]
    council: CouncilArguments,
    /// A group of calls. It may be repeated.
    #[arg(long = "group", required = true)]
    groups: Vec<Group>,
}

/// A group of calls that the council can pause.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Group {
    /// Hospitals register batches.
    Batches,
    /// Hospitals register entries.
    Registrations,
    /// Doctors open requests.
    Requests,
    /// Doctors prove matches.
    Matches,
    /// Claims, questions, answers and confirmations about disclosures.
    Disclosures,
    /// Operators add requesters, and requesters replace their keys.
    Requesters,
    /// Operators announce X25519 keys.
    EncryptionKeys,
    /// Operators propose validators.
    Proposals,
    /// Members write remarks.
    Remarks,
}

impl From<Group> for CallGroup {
    fn from(group: Group) -> Self {
        match group {
            Group::Batches => Self::Batches,
            Group::Registrations => Self::Registrations,
            Group::Requests => Self::Requests,
            Group::Matches => Self::Matches,
            Group::Disclosures => Self::Disclosures,
            Group::Requesters => Self::Requesters,
            Group::EncryptionKeys => Self::EncryptionKeys,
            Group::Proposals => Self::Proposals,
            Group::Remarks => Self::Remarks,
        }
    }
}

impl Groups {
    async fn decide(&self, call: fn(&[CallGroup]) -> Call, output: Output) -> CliResult<()> {
        let groups: Vec<CallGroup> = self.groups.iter().copied().map(Into::into).collect();
        decide(&self.council, &call(&groups), output).await
    }
}

#[derive(Serialize)]
struct Decided {
    block: u32,
    hash: String,
}

/// Refuses a hospital chain whose slots have another length than the consortium's.
///
/// The age of its anchors would be wrong.
async fn check_slot_durations(
    consortium: &ConsortiumClient,
    hospital: &HospitalClient,
) -> CliResult<()> {
    let ours = consortium.slot_duration(At::Best).await?;
    let theirs = hospital.slot_duration(At::Best).await?;
    if ours == theirs {
        return Ok(());
    }
    Err(CliError::usage(format!(
        "a slot of the hospital's chain lasts {theirs} ms, and one of the consortium {ours} ms; the \
         hospital's chain needs a genesis with slotDuration.slotDuration {ours}"
    )))
}

/// Runs a council command.
pub async fn run(command: Command, output: Output) -> CliResult<()> {
    match command {
        Command::InitialiseAnchor {
            council,
            hospital,
            again,
            rebuilt,
        } => {
            let (consortium, signers) = council.open().await?;
            let hospital = chain::hospital(&hospital).await?;
            hospital.check_consortium(&consortium)?;
            check_slot_durations(&consortium, &hospital).await?;
            let head = hospital.finalized_hash().await?;
            let header = hospital.header(At::Block(head)).await?;
            let set = hospital.authority_set(head).await?;
            let id = hospital.hospital_id(At::Block(head)).await?;
            let start = match (again, rebuilt) {
                (_, true) => hospital_anchor::start_incarnation,
                (true, false) => hospital_anchor::reinitialise_anchor,
                (false, false) => hospital_anchor::initialise_anchor,
            };
            let call = start(id, &header, &set);
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
        Command::AdmitValidator {
            hospital,
            validator,
            accept_share,
        } => {
            let id = hospital.hospital_id.hash();
            let validator = AccountId32::new(validator.0);
            let call = consortium::admit_validator(id, &validator, accept_share);
            decide(&hospital.council, &call, output).await
        }
        Command::GrantQuota {
            hospital,
            weight,
            bytes,
            until,
        } => {
            let id = hospital.hospital_id.hash();
            let call = consortium::grant_quota(id, weight, bytes, until);
            decide(&hospital.council, &call, output).await
        }
        Command::Pause(groups) => groups.decide(consortium::pause, output).await,
        Command::Unpause(groups) => groups.decide(consortium::unpause, output).await,
        Command::HaltAnchor(which) => which.decide(hospital_anchor::halt_anchor, output).await,
        Command::ResumeAnchor(which) => which.decide(hospital_anchor::resume_anchor, output).await,
        Command::Upkeep(command) => upkeep::run(command, output).await,
    }
}

/// Carries a call through the council.
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
    let outcome = consortium.council_enact(call, signers).await;
    let included = votes::counted(outcome, consortium, signers).await?;
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
