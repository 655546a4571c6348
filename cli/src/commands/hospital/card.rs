// SPDX-License-Identifier: Apache-2.0
//! The hospital's enrolment card.

use crate::{card::Card, chain, error::CliResult, files, output::Output, transport};
use bspp_client::{proved::Checkpoint, At};
use std::path::Path;

/// Writes the card, with the facts of the hospital's own nodes of both chains.
pub(super) async fn card(
    (url, consortium): (&str, &str),
    name: &str,
    gateway: &str,
    out: &Path,
    output: Output,
) -> CliResult<()> {
    transport::check_gateway(gateway)?;
    let client = chain::hospital(url).await?;
    let hospital = client.hospital_id(At::Finalized).await?;
    let consortium = chain::consortium_of(consortium, &client.chain()).await?;
    let checkpoint = Checkpoint::take(&consortium).await?;
    let card = Card::new(name, &hospital, gateway, &checkpoint);
    files::write_json(out, &card)?;
    let line = format!("The card of {name} is in {}.", out.display());
    output.result(&card, &[line])
}
