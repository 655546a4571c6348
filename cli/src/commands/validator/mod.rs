// SPDX-License-Identifier: Apache-2.0
//! Validators: standing, session keys, and the accounts that validate for a hospital.

mod author;
mod report;
mod status;

use crate::{
    chain,
    error::{CliError, CliResult},
    keys,
    output::Output,
    values::{hex0x, Hex32},
};
use bspp_client::{
    calls::{consortium, session},
    ClientError,
};
use clap::{Args, Subcommand};
use serde::Serialize;
use sp_core::crypto::AccountId32;

/// Commands about validators.
#[derive(Subcommand)]
pub enum Command {
    /// Shows the authors with their standing and evidence, and advice on shortfalls.
    Status {
        /// RPC address of a node of either chain.
        #[arg(long)]
        node: String,
    },
    /// Makes new session keys on a node and registers them.
    ///
    /// They take effect in the second session after that.
    RotateKeys {
        /// RPC address of the validator's node, on either chain.
        ///
        /// The node must allow unsafe RPC methods.
        #[arg(long)]
        node: String,
        /// Key of the validator's account: a key file, or a name such as //Alice//stash.
        #[arg(long)]
        key: String,
    },
    /// Proposes a validator of the hospital on the consortium.
    ///
    /// It authors after the council has admitted it (`bspp council admit-validator`) and it has
    /// session keys.
    AddValidator(OneValidator),
    /// Withdraws the proposal of a validator that the council has not admitted.
    WithdrawValidator(OneValidator),
    /// Removes a validator of the hospital. It leaves at the next session.
    RemoveValidator(OneValidator),
    /// Reports two blocks that one author made in one slot.
    ///
    /// Nodes log their hashes. The author is suspended, or the offence noted for a decision.
    ReportBlocks(report::Arguments),
}

/// A validator of the hospital of the operator.
#[derive(Args)]
pub struct OneValidator {
    /// RPC address of a consortium node.
    #[arg(long)]
    consortium: String,
    /// Key of the hospital's operator: a key file, or a development name such as //HospitalA.
    #[arg(long)]
    key: String,
    /// The validator's account.
    #[arg(long)]
    account: Hex32,
}

/// Runs a command about validators.
pub async fn run(command: Command, output: Output) -> CliResult<()> {
    match command {
        Command::Status { node } => status::run(&node, output).await,
        Command::RotateKeys { node, key } => rotate_keys(&node, &key, output).await,
        Command::AddValidator(which) => {
            let call = consortium::add_validator(&AccountId32::new(which.account.0));
            let what = "The account is proposed as a validator; the council admits it with \
                        `bspp council admit-validator`";
            which.submit(&call, what, output).await
        }
        Command::WithdrawValidator(which) => {
            let call = consortium::withdraw_validator(&AccountId32::new(which.account.0));
            which
                .submit(&call, "The proposal is withdrawn", output)
                .await
        }
        Command::RemoveValidator(which) => {
            let call = consortium::remove_validator(&AccountId32::new(which.account.0));
            let what = "The account is no longer a validator";
            which.submit(&call, what, output).await
        }
        Command::ReportBlocks(arguments) => report::run(&arguments, output).await,
    }
}

#[derive(Serialize)]
struct Done {
    block: u32,
}

impl OneValidator {
    async fn submit(&self, call: &bspp_client::Call, what: &str, output: Output) -> CliResult<()> {
        let signer = keys::signer(&self.key)?;
        let included = chain::consortium(&self.consortium)
            .await?
            .submit_and_finalize(call, &signer)
            .await?;
        let done = Done {
            block: included.number,
        };
        output.result(
            &done,
            &[format!("{what}, finalized in block {}.", done.block)],
        )
    }
}

#[derive(Serialize)]
struct Rotated {
    account: String,
    keys: String,
    block: u32,
}

/// Rotates the session keys of a node.
///
/// The old keys stay in the keystore and sign until the new keys take effect: a restart is not
/// needed.
async fn rotate_keys(node: &str, key: &str, output: Output) -> CliResult<()> {
    let signer = keys::signer(key)?;
    let client = chain::any(node).await?;
    let fresh = client
        .rotate_session_keys(signer.account())
        .await
        .map_err(refusal)?;
    let call = session::set_keys(&fresh.keys, &fresh.proof);
    let included = client.submit_in_block(&call, &signer).await?;
    let rotated = Rotated {
        account: hex0x(signer.account_bytes()),
        keys: hex0x(&fresh.keys),
        block: included.number,
    };
    let lines = [
        format!(
            "New session keys of {} are registered, in block {}.",
            rotated.account, rotated.block
        ),
        format!("Keys  {}", rotated.keys),
        "They take effect in the second session from now. Keep the node and its keystore until then: the old keys still sign.".into(),
    ];
    output.result(&rotated, &lines)
}

/// Adds advice to the refusal of a node that does not allow unsafe methods.
fn refusal(error: ClientError) -> CliError {
    match error {
        ClientError::RpcRefused { .. } => CliError::Refused {
            code: "RpcRefused".into(),
            message: format!(
                "{error}. Start the node with --rpc-methods unsafe, its RPC port on loopback only"
            ),
        },
        other => other.into(),
    }
}
