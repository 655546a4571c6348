// SPDX-License-Identifier: Apache-2.0
//! The hospital's requesters on the consortium.

use crate::{
    chain,
    error::{CliError, CliResult},
    files, keys,
    output::Output,
    requester_key::RequesterKeyFile,
    values::hex0x,
};
use bspp_client::{calls, At};
use serde::Serialize;
use std::path::Path;

#[derive(Serialize)]
struct Added {
    account: String,
    x25519: String,
    block: u32,
}

/// Makes an account a requester, with the X25519 key that it has signed.
pub(super) async fn add_requester(
    url: &str,
    key: &str,
    statement: &Path,
    output: Output,
) -> CliResult<()> {
    let signer = keys::signer(key)?;
    let file: RequesterKeyFile = files::read_json(statement)?;
    let consortium = chain::consortium(url).await?;
    let hospital = consortium
        .hospital_of(At::Best, signer.account())
        .await?
        .ok_or_else(|| CliError::usage("the key is not of an active hospital's operator"))?;
    let requester = file.verify(&consortium.chain(), &hospital)?;
    let call =
        calls::consortium::add_requester(&requester.account, requester.key, &requester.signature);
    let included = consortium.submit_and_finalize(&call, &signer).await?;
    let added = Added {
        account: hex0x(&requester.account),
        x25519: hex0x(requester.key),
        block: included.number,
    };
    let line = format!(
        "The account is a requester, finalized in block {}.",
        added.block
    );
    output.result(&added, &[line])
}
