// SPDX-License-Identifier: Apache-2.0
//! The end of a grant: the patient revokes it, or closes it because it is done.

use super::kept;
use crate::{chain, error::CliResult, gateway_api, output::Output, values::Hex32};
use bspp_client::{calls, Call, ConsortiumClient};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

/// The grant that ends.
#[derive(Args)]
pub struct EndingArguments {
    /// Folder of the wallet.
    #[arg(long)]
    wallet: PathBuf,
    /// RPC address of a consortium node.
    #[arg(long)]
    consortium: String,
    /// The request that the grant opens.
    #[arg(long)]
    request: Hex32,
}

#[derive(Serialize)]
struct Ended {
    block: u32,
    at_hospital: bool,
}

/// Revokes a grant, and also at the hospital's `gateway` if it is given.
pub(super) async fn revoke(
    arguments: &EndingArguments,
    gateway: Option<&str>,
    output: Output,
) -> CliResult<()> {
    let key = kept::key(&arguments.wallet, &arguments.request.hash())?;
    let consortium = chain::consortium(&arguments.consortium).await?;
    let (request, signature) = key.revocation(&consortium.chain());
    // The hospital comes first: the revocation takes effect there immediately, independent of the
    // chain.
    if let Some(gateway) = gateway {
        gateway_api::Gateway::new(gateway)?
            .revoke(&request.0, &key.public(), &signature)
            .await?;
    }
    let call = calls::peks_search::revoke_request(request, signature);
    let block = send(&consortium, &call).await?;
    let ended = Ended {
        block,
        at_hospital: gateway.is_some(),
    };
    output.result(&ended, &[format!("Revoked in block {block}.")])
}

/// Closes the request of a grant.
pub(super) async fn close(arguments: &EndingArguments, output: Output) -> CliResult<()> {
    let key = kept::key(&arguments.wallet, &arguments.request.hash())?;
    let consortium = chain::consortium(&arguments.consortium).await?;
    let (request, signature) = key.closing(&consortium.chain());
    let call = calls::peks_search::close_request(request, signature);
    let block = send(&consortium, &call).await?;
    let ended = Ended {
        block,
        at_hospital: false,
    };
    output.result(&ended, &[format!("The request is closed, block {block}.")])
}

/// Sends a call that carries the grant key's signature, and returns the height of its block.
async fn send(consortium: &ConsortiumClient, call: &Call) -> CliResult<u32> {
    let included = consortium.submit_authorized(call).await?.in_block().await?;
    Ok(included.number)
}
