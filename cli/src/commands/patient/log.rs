// SPDX-License-Identifier: Apache-2.0
//! The state of a wallet's grants, by proof.
//!
//! A node can neither hide nor invent a line of the log.

use crate::{
    chain,
    error::CliResult,
    output::Output,
    proved::proved,
    values::{hex0x, Date, Hex32},
    wallet::{KeptGrant, Wallet, WalletArguments},
};
use bspp_client::{proved::ProvedState, ConsortiumClient};
use bspp_types::{DisclosureStatus, RequestStatus};
use serde::Serialize;

#[derive(Serialize)]
struct LogLine {
    request: String,
    hospital: String,
    requester: Option<String>,
    purpose: Option<String>,
    until: Option<String>,
    status: &'static str,
    records: Vec<LogRecord>,
}

#[derive(Serialize)]
struct LogRecord {
    rid: String,
    matched_at: u32,
    disclosure: &'static str,
}

pub(super) async fn log(
    arguments: &WalletArguments,
    url: &str,
    hospital: Option<Hex32>,
    output: Output,
) -> CliResult<()> {
    let mut wallet = Wallet::read(arguments)?;
    let consortium = chain::consortium(url).await?;
    let state = proved(&mut wallet, &consortium).await?;
    let mut lines = Vec::new();
    for grant in wallet.grants() {
        let of = grant.hospital()?;
        // A wallet may know hospitals of several consortia.
        if hospital.is_some_and(|wanted| wanted.hash() != of)
            || wallet.enrolment(&of)?.card.chain()? != consortium.chain()
        {
            continue;
        }
        lines.push(follow(&consortium, &state, grant).await?);
    }
    let text: Vec<String> = lines
        .iter()
        .map(|line| {
            format!(
                "{}  {}  {}  {} records matched",
                line.request,
                line.purpose.as_deref().unwrap_or("recovered"),
                line.status,
                line.records.len()
            )
        })
        .collect();
    output.result(&lines, &text)
}

async fn follow(
    consortium: &ConsortiumClient,
    state: &ProvedState,
    grant: &KeptGrant,
) -> CliResult<LogLine> {
    let id = grant.request()?;
    let status = match state.request(&id).await?.map(|request| request.status) {
        None if state.tombstone(&id).await?.is_some() => "revoked",
        None => "not used",
        Some(RequestStatus::Open) => "open",
        Some(RequestStatus::Revoked) => "revoked",
        Some(RequestStatus::Closed) => "closed",
    };
    let records = consortium
        .proved_matches(state, id)
        .await?
        .into_iter()
        .map(|matched| LogRecord {
            rid: hex0x(matched.record),
            matched_at: matched.matched.proved_at,
            disclosure: match matched.matched.disclosure {
                DisclosureStatus::Pending => "pending",
                DisclosureStatus::Asked => "asked",
                DisclosureStatus::Claimed => "claimed",
                DisclosureStatus::Confirmed => "confirmed",
                DisclosureStatus::Refused => "refused",
                DisclosureStatus::Unanswered => "unanswered",
                DisclosureStatus::Contested => "contested",
            },
        })
        .collect();
    let made = grant.made.as_ref();
    Ok(LogLine {
        request: grant.request_text().into(),
        hospital: hex0x(grant.hospital()?),
        requester: made.map(|made| made.requester.clone()),
        purpose: made.map(|made| made.purpose.clone()),
        until: made.map(|made| Date(made.expiry.saturating_sub(1)).to_string()),
        status,
        records,
    })
}
