// SPDX-License-Identifier: Apache-2.0
//! A validator's operation: who may author and why not, session keys, and which accounts validate for the own hospital.

mod advice;
mod author;
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
    ChainClient, ClientError,
};
use clap::{Args, Subcommand};
use serde::Serialize;
use sp_core::crypto::AccountId32;

/// A validator's operation.
#[derive(Subcommand)]
pub enum Command {
    /// Who authors, with standing and evidence, what the best block attests, and what to do about what is lacking.
    Status {
        /// RPC address of a node of either chain.
        #[arg(long)]
        node: String,
    },
    /// Has a node make fresh session keys and registers them. They are in force from the second session after that.
    RotateKeys {
        /// RPC address of the validator's node, of either chain. It must allow unsafe RPC methods.
        #[arg(long)]
        node: String,
        /// Key of the validator's account: a key file, or a development name such as //Alice//stash.
        #[arg(long)]
        key: String,
    },
    /// Makes an account a validator of the own hospital on the consortium. It joins once it has session keys.
    AddValidator(OneValidator),
    /// Removes a validator of the own hospital. It leaves at the next session.
    RemoveValidator(OneValidator),
}

/// A validator of the own hospital.
#[derive(Args)]
pub struct OneValidator {
    /// RPC address of a consortium node.
    #[arg(long)]
    consortium: String,
    /// The operator's key.
    #[arg(long)]
    key: String,
    /// The validator's account.
    #[arg(long)]
    account: Hex32,
}

/// Runs an operator's command.
pub async fn run(command: Command, output: Output) -> CliResult<()> {
    match command {
        Command::Status { node } => status::run(&node, output).await,
        Command::RotateKeys { node, key } => rotate_keys(&node, &key, output).await,
        Command::AddValidator(which) => {
            let call = consortium::add_validator(&AccountId32::new(which.account.0));
            let what = "The account is a validator; it joins once it has session keys";
            which.submit(&call, what, output).await
        }
        Command::RemoveValidator(which) => {
            let call = consortium::remove_validator(&AccountId32::new(which.account.0));
            let what = "The account is a validator no more";
            which.submit(&call, what, output).await
        }
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
        output.result(&done, &[format!("{what}, final in block {}.", done.block)])
    }
}

#[derive(Serialize)]
struct Rotated {
    account: String,
    keys: String,
    block: u32,
}

/// The old keys stay in the keystore and sign until the new ones are in force, so nothing is to be restarted.
async fn rotate_keys(node: &str, key: &str, output: Output) -> CliResult<()> {
    let signer = keys::signer(key)?;
    let client = ChainClient::connect(node).await?;
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
        "They are in force from the second session on. Keep the node and its keystore until then: the old keys sign.".into(),
    ];
    output.result(&rotated, &lines)
}

/// A node that does not allow unsafe methods refuses by a code of its own: say what to do.
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
