// SPDX-License-Identifier: Apache-2.0
//! Credentials of the nodes of a hospital chain: the evidence of their blocks.

use super::nodes::{submit, AdminArguments};
use crate::{
    error::{CliError, CliResult},
    output::Output,
    slots,
    values::Hex32,
};
use bspp_client::{calls::hospital_admin, At};
use bspp_types::limits::MAX_CREDENTIAL_DAYS;
use clap::{value_parser, Args, Subcommand};
use sp_core::crypto::AccountId32;

/// Credentials of nodes.
#[derive(Subcommand)]
pub enum Command {
    /// Issues a credential to a node. It replaces an older one.
    Issue {
        #[command(flatten)]
        admin: AdminArguments,
        /// The node's account.
        #[arg(long)]
        node: Hex32,
        #[command(flatten)]
        expiry: Expiry,
    },
    /// Revokes a node's credential. Its blocks are restricted from the next block on.
    Revoke {
        #[command(flatten)]
        admin: AdminArguments,
        /// The node's account.
        #[arg(long)]
        node: Hex32,
    },
}

/// The expiry of a credential.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub struct Expiry {
    /// Days from the chain's best block, maximum 366.
    #[arg(long, value_parser = value_parser!(u32).range(1..=i64::from(MAX_CREDENTIAL_DAYS)))]
    days: Option<u32>,
    /// Last slot of the credential, counted from 1970 in the chain's slot length.
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
                        .ok_or_else(|| CliError::usage("the number of days is too large"))?
                }
                (None, None) => return Err(CliError::usage("name --days or --until-slot")),
            };
            let call = hospital_admin::issue_credential(&AccountId32::new(node.0), slot);
            let what = format!(
                "The node has a credential until {}",
                slots::describe(slot, duration)
            );
            submit(&hospital, &signer, &call, &what, output).await
        }
        Command::Revoke { admin, node } => {
            let (hospital, signer) = admin.open().await?;
            let call = hospital_admin::revoke_credential(&AccountId32::new(node.0));
            let what = "The node's credential is revoked";
            submit(&hospital, &signer, &call, what, output).await
        }
    }
}
