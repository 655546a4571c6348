// SPDX-License-Identifier: Apache-2.0
//! The state of a wallet's grants.

use super::kept::{self, KeptGrant};
use crate::{
    chain,
    error::{CliError, CliResult},
    files,
    output::Output,
    values::{hex0x, Hex32},
};
use bspp_client::{At, ConsortiumClient};
use bspp_types::{DisclosureStatus, RequestStatus, H256};
use serde::Serialize;
use std::path::Path;

#[derive(Serialize)]
struct LogLine {
    request: String,
    hospital: String,
    requester: String,
    purpose: String,
    expiry: u64,
    status: &'static str,
    records: Vec<LogRecord>,
}

#[derive(Serialize)]
struct LogRecord {
    rid: String,
    matched_at: u32,
    disclosure: &'static str,
}

pub(super) async fn log(wallet: &Path, url: &str, output: Output) -> CliResult<()> {
    let consortium = chain::consortium(url).await?;
    let folder = kept::folder(wallet);
    let mut lines = Vec::new();
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries.filter_map(Result::ok).collect(),
        Err(_) => Vec::new(),
    };
    for entry in entries {
        let grant: KeptGrant = files::read_json(&entry.path())?;
        let id: Hex32 = grant.request.parse().map_err(CliError::Usage)?;
        lines.push(follow(&consortium, grant, id.hash()).await?);
    }
    lines.sort_by_key(|line| line.expiry);
    let text: Vec<String> = lines
        .iter()
        .map(|line| {
            format!(
                "{}  {}  {}  {} records matched",
                line.request,
                line.purpose,
                line.status,
                line.records.len()
            )
        })
        .collect();
    output.result(&lines, &text)
}

async fn follow(consortium: &ConsortiumClient, grant: KeptGrant, id: H256) -> CliResult<LogLine> {
    let status = match consortium
        .request(At::Finalized, id)
        .await?
        .map(|request| request.status)
    {
        None => "not used",
        Some(RequestStatus::Open) => "open",
        Some(RequestStatus::Revoked) => "revoked",
        Some(RequestStatus::Closed) => "closed",
    };
    let records = consortium
        .matches(At::Finalized, id)
        .await?
        .into_iter()
        .map(|matched| LogRecord {
            rid: hex0x(matched.record),
            matched_at: matched.matched.proved_at,
            disclosure: match matched.matched.disclosure {
                DisclosureStatus::Pending => "pending",
                DisclosureStatus::Claimed => "claimed",
                DisclosureStatus::Confirmed => "confirmed",
                DisclosureStatus::Unanswered => "unanswered",
            },
        })
        .collect();
    Ok(LogLine {
        request: grant.request,
        hospital: grant.hospital,
        requester: grant.requester,
        purpose: grant.purpose,
        expiry: grant.expiry,
        status,
        records,
    })
}
