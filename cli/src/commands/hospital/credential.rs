// SPDX-License-Identifier: Apache-2.0
//! Credentials of a hospital chain's nodes: the evidence of their blocks.

use super::nodes::{submit, AdminArguments};
use crate::{
    error::{CliError, CliResult},
    output::Output,
    slots,
    values::Hex32,
};
use bspp_client::{calls::enrolment, At};
use clap::{Args, Subcommand};
use sp_core::crypto::AccountId32;

/// Credentials of nodes.
#[derive(Subcommand)]
pub enum Command {
    /// Gives a node a credential, in place of an older one.
    Issue {
        #[command(flatten)]
        admin: AdminArguments,
        /// The node's account.
        #[arg(long)]
        node: Hex32,
        #[command(flatten)]
        expiry: Expiry,
    },
    /// Takes a node's credential away. Its blocks are restricted from the next one on.
    Revoke {
        #[command(flatten)]
        admin: AdminArguments,
        /// The node's account.
        #[arg(long)]
        node: Hex32,
    },
}

/// How long a credential is good.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub struct Expiry {
    /// Days from the chain's best block on, a year at most.
    #[arg(long)]
    days: Option<u32>,
    /// The last slot, counted from 1970 in the chain's slot length.
    #[arg(long)]
    until_slot: Option<u64>,
}

/// Runs a command on credentials.
pub async fn run(command: Command, output: Output) -> CliResult<()> {
    match command {
        Command::Issue {
            admin,
            node,
            expiry,
        } => {
            let (hospital, signer) = admin.open().await?;
            let duration = hospital.slot_duration(At::Best).await?;
            let slot = match (expiry.until_slot, expiry.days) {
                (Some(slot), _) => slot,
                (None, Some(days)) => {
                    let now = hospital.timestamp(At::Best).await?;
                    slots::after_days(now, days, duration)
                        .ok_or_else(|| CliError::usage("that many days cannot be counted"))?
                }
                (None, None) => return Err(CliError::usage("name --days or --until-slot")),
            };
            let call = enrolment::issue_credential(&AccountId32::new(node.0), slot);
            let what = format!(
                "The node has a credential until {}",
                slots::describe(slot, duration)
            );
            submit(&hospital, &signer, &call, &what, output).await
        }
        Command::Revoke { admin, node } => {
            let (hospital, signer) = admin.open().await?;
            let call = enrolment::revoke_credential(&AccountId32::new(node.0));
            let what = "The node's credential is revoked";
            submit(&hospital, &signer, &call, what, output).await
        }
    }
}
