// SPDX-License-Identifier: Apache-2.0
//! A patient's wallet. The seed and the keys that follow from it never leave it.

mod ending;
mod enrolment;
mod grant;
mod labels;
mod log;
mod records;
mod recovery;
mod rise;
mod supplement;
mod wallet;

use crate::{error::CliResult, output::Output, values::Hex32, wallet::WalletArguments};
use clap::Subcommand;
use ending::{close, revoke, revoke_all, EndingArguments, RevokeAllArguments, RevokeArguments};
use enrolment::{enrol, withdraw_consent, EnrolmentArguments, WithdrawalArguments};
use grant::{grant, GrantArguments};
use log::log;
use recovery::{recover, RecoveryArguments};
use std::path::PathBuf;
use supplement::{supplement, SupplementArguments};

/// A patient's wallet.
#[derive(Subcommand)]
pub enum Command {
    /// Makes a wallet with a new seed, and shows the seed's 24 words once.
    ///
    /// The words give full control over the patient's data, and only they restore the wallet: write
    /// them on paper.
    New(WalletArguments),
    /// Makes a wallet from the 24 words of a seed.
    ///
    /// `bspp patient recover` then finds the grants of each hospital.
    Restore {
        #[command(flatten)]
        wallet: WalletArguments,
        /// File with the words, or - for standard input. Without it the command asks for them.
        #[arg(long)]
        words: Option<PathBuf>,
    },
    /// Finds the requests of a restored wallet's grants on the consortium.
    ///
    /// They can then be revoked. The wallet makes grants from the next day on, because the lost one may
    /// have made some today that nobody has used yet.
    Recover(RecoveryArguments),
    /// Shows the hospitals and grants of a wallet.
    ///
    /// With --reveal it also shows the seed and the one-time keys of grants, which are secrets.
    Show {
        #[command(flatten)]
        wallet: WalletArguments,
        /// Show secrets.
        #[arg(long)]
        reveal: bool,
    },
    /// Makes the file with which a hospital enrols the patient.
    ///
    /// It contains public keys and a signed consent.
    Enrol(EnrolmentArguments),
    /// Withdraws a consent. The hospital then stores no further record under it.
    WithdrawConsent(WithdrawalArguments),
    /// Grants a doctor some keywords of some months at one hospital.
    Grant(Box<GrantArguments>),
    /// Renews a grant after a rise of the label version, without a new request.
    Supplement(SupplementArguments),
    /// Revokes a grant on the consortium and at the hospital, until it holds at both.
    ///
    /// It also raises the label version, so that old trapdoors do not find records that are filed
    /// later, and writes supplements for the grants that stay.
    Revoke(RevokeArguments),
    /// Revokes all grants at a hospital, also those that the wallet lost.
    ///
    /// The grants of the last minute stay, because the hospital's clock may be behind that of this
    /// device.
    RevokeAll(RevokeAllArguments),
    /// Closes a request that is done.
    Close(EndingArguments),
    /// Shows the state of the wallet's grants: requests, matches, disclosures.
    Log {
        #[command(flatten)]
        wallet: WalletArguments,
        /// RPC address of a consortium node.
        #[arg(long)]
        consortium: String,
        /// Identifier of a hospital, if only its grants are asked for.
        #[arg(long)]
        hospital_id: Option<Hex32>,
    },
    /// The patient's own records.
    #[command(subcommand)]
    Records(records::Command),
}

/// Runs a patient command.
pub async fn run(command: Command, output: Output) -> CliResult<()> {
    match command {
        Command::New(arguments) => wallet::new(&arguments, output),
        Command::Restore { wallet, words } => wallet::restore(&wallet, words.as_deref(), output),
        Command::Recover(arguments) => recover(&arguments, output).await,
        Command::Show { wallet, reveal } => wallet::show(&wallet, reveal, output),
        Command::Enrol(arguments) => enrol(&arguments, output),
        Command::WithdrawConsent(arguments) => withdraw_consent(&arguments, output).await,
        Command::Grant(arguments) => grant(&arguments, output).await,
        Command::Supplement(arguments) => supplement(&arguments, output).await,
        Command::Revoke(arguments) => revoke(&arguments, output).await,
        Command::RevokeAll(arguments) => revoke_all(&arguments, output).await,
        Command::Close(ending) => close(&ending, output).await,
        Command::Log {
            wallet,
            consortium,
            hospital_id,
        } => log(&wallet, &consortium, hospital_id, output).await,
        Command::Records(command) => records::run(command, output).await,
    }
}
