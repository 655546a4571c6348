// SPDX-License-Identifier: Apache-2.0
//! Supplements: they renew a grant after a rise of the label version, without a new request.

use super::labels::{self, HospitalArguments};
use crate::{
    chain,
    error::{CliError, CliResult},
    files,
    output::Output,
    proved::proved,
    values::{hex0x, Hex32},
    wallet::{Wallet, WalletArguments},
};
use bspp_client::proved::ProvedState;
use bspp_record::create_supplement;
use bspp_types::{day_start, HospitalId, LabelState, RequestId};
use clap::Args;
use rand::rngs::OsRng;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The arguments of a supplement.
#[derive(Args)]
pub struct SupplementArguments {
    #[command(flatten)]
    wallet: WalletArguments,
    /// RPC address of a consortium node.
    #[arg(long)]
    consortium: String,
    #[command(flatten)]
    hospital: HospitalArguments,
    /// The request that the grant opens.
    #[arg(long)]
    request: Hex32,
    /// File to write, for the doctor.
    #[arg(long)]
    out: PathBuf,
}

/// A supplement that was written.
#[derive(Serialize)]
pub(super) struct WrittenSupplement {
    request: String,
    requester: String,
    file: String,
}

impl WrittenSupplement {
    /// The line for people.
    pub(super) fn line(&self) -> String {
        format!(
            "The supplement of grant {} is in {}: hand it to {}.",
            self.request, self.file, self.requester
        )
    }
}

/// Writes the supplement of one grant.
pub(super) async fn supplement(arguments: &SupplementArguments, output: Output) -> CliResult<()> {
    let mut wallet = Wallet::change(&arguments.wallet)?;
    let request = arguments.request.hash();
    let hospital = wallet.grant(&request)?.hospital()?;
    if wallet.grant(&request)?.ended {
        return Err(CliError::usage("the grant has ended; make a new one"));
    }
    let chain = wallet.enrolment(&hospital)?.card.chain()?;
    let consortium = chain::consortium_of(&arguments.consortium, &chain).await?;
    let state = arguments
        .hospital
        .known_label_state(&mut wallet, &hospital)
        .await?;
    let proved = proved(&mut wallet, &consortium).await?;
    let written = renew(&mut wallet, &proved, &state, &request, &arguments.out).await?;
    wallet.save()?;
    let line = written.line();
    output.result(&written, &[line])
}

/// Writes supplements for all grants at a hospital that stay and that the last rise touches.
pub(super) async fn renew_all(
    wallet: &mut Wallet,
    hospital: &HospitalId,
    state: &LabelState,
    url: &str,
    folder: &Path,
) -> CliResult<Vec<WrittenSupplement>> {
    let chain = wallet.enrolment(hospital)?.card.chain()?;
    let consortium = chain::consortium_of(url, &chain).await?;
    let proved = proved(wallet, &consortium).await?;
    let now = proved.now().await?;
    let mut touched = Vec::new();
    for grant in wallet.grants() {
        let Some(made) = grant.made.as_ref() else {
            continue;
        };
        let is_stale = state.version_in(made.scope.to) > made.version;
        if !grant.ended
            && is_stale
            && now < day_start(made.expiry)
            && grant.hospital()? == *hospital
        {
            touched.push(grant.request()?);
        }
    }
    let mut written = Vec::with_capacity(touched.len());
    for request in touched {
        let path = folder.join(format!("{}.json", hex::encode(request)));
        written.push(renew(wallet, &proved, state, &request, &path).await?);
    }
    Ok(written)
}

async fn renew(
    wallet: &mut Wallet,
    proved: &ProvedState,
    state: &LabelState,
    request: &RequestId,
    path: &Path,
) -> CliResult<WrittenSupplement> {
    let grant = wallet.grant(request)?.clone();
    let Some(made) = grant.made.as_ref() else {
        return Err(CliError::usage(
            "the grant was recovered from the chain, and the wallet does not know its keywords; make a new grant",
        ));
    };
    let hospital = grant.hospital()?;
    let keys = wallet.keys(&hospital)?;
    let now = proved.now().await?;
    let issued_at = labels::issue_time(now, state);
    let items = labels::items(proved, hospital, state, &made.scope).await?;
    let envelope = create_supplement(&keys, &made.header()?, &items, issued_at, &mut OsRng)
        .map_err(CliError::usage)?;
    files::write(path, envelope.to_text().as_bytes())?;
    if let Some(made) = wallet.grant_mut(request)?.made.as_mut() {
        made.issued_at = issued_at;
        made.version = envelope.supplement.version;
    }
    Ok(WrittenSupplement {
        request: hex0x(request),
        requester: made.requester.clone(),
        file: path.display().to_string(),
    })
}
