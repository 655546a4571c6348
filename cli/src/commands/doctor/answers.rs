// SPDX-License-Identifier: Apache-2.0
//! Transactions about a hospital's answers.
//!
//! The hospital does not answer, or it claims a disclosure that did not happen.

use super::{records::scope_opening, Common};
use crate::{
    chain,
    error::{CliError, CliResult},
    keys::{DoctorArguments, DoctorKeys},
    matches::MatchFile,
    output::Output,
    values::{hex0x, Hex32},
};
use bspp_client::{calls, At, Call, ConsortiumClient, Signer};
use bspp_types::{messages, DisclosureStatus, RecordId, RequestId};
use clap::Args;
use serde::Serialize;
use std::path::Path;

/// The records about which a doctor tells the chain something.
#[derive(Args)]
pub struct AnswerArguments {
    /// RPC address of the consortium node of the doctor's own hospital.
    #[arg(long)]
    consortium: String,
    #[command(flatten)]
    key: DoctorArguments,
    /// The request under which the records are matched.
    #[arg(long)]
    request: Hex32,
    /// A record. It may be repeated.
    #[arg(long = "record", required = true)]
    records: Vec<Hex32>,
}

#[derive(Serialize)]
struct Sent {
    request: String,
    records: Vec<String>,
    block: u32,
}

/// Sends one call for each record, and waits until blocks include them.
async fn send(
    consortium: &ConsortiumClient,
    signer: &Signer,
    request: RequestId,
    calls: Vec<(RecordId, Call)>,
    what: &str,
    output: Output,
) -> CliResult<()> {
    let mut sent = Sent {
        request: hex0x(request),
        records: Vec::new(),
        block: 0,
    };
    let mut pending = Vec::new();
    for (record, call) in calls {
        pending.push(consortium.submit(&call, signer).await?);
        sent.records.push(hex0x(record));
    }
    for mut transaction in pending {
        sent.block = sent.block.max(transaction.in_block().await?.number);
    }
    let line = format!("{} {what}, block {}.", sent.records.len(), sent.block);
    output.result(&sent, &[line])
}

/// Whether an ask starts an answer period in this status: one for each match.
fn may_ask(status: DisclosureStatus) -> bool {
    status == DisclosureStatus::Pending
}

/// Asks for records on chain.
pub(super) async fn ask(
    common: &Common,
    matches: &Path,
    records: &[Hex32],
    output: Output,
) -> CliResult<()> {
    let session = common.open().await?;
    let request = session.grant.received.header.request_id();
    let file = MatchFile::read(matches)?;
    let mut calls = Vec::new();
    for found in session.grant.chosen(&file) {
        let located = found.decode()?;
        let record = located.rid;
        let is_wanted = records.iter().any(|wanted| wanted.hash() == record);
        if !records.is_empty() && !is_wanted {
            continue;
        }
        if records.is_empty() {
            // A node that hides a match does not keep the doctor from asking.
            let matched = match session
                .consortium
                .matched(At::Best, request, record)
                .await?
            {
                Some(told) => Some(told),
                None => session.state.matched(&request, &record).await?,
            };
            if !matched.is_some_and(|matched| may_ask(matched.disclosure)) {
                continue;
            }
        }
        let opening = scope_opening(&session, found, &located).await?;
        let hash = messages::ask_hash(&request, &record, &opening.hash());
        let call = calls::peks_search::ask_disclosure(request, record, hash);
        calls.push((record, call));
    }
    if calls.is_empty() {
        return Err(CliError::NotFound(
            "no proved record of these matches waits for an answer".into(),
        ));
    }
    send(
        &session.consortium,
        &session.keys.signer,
        request,
        calls,
        "records are asked for on chain",
        output,
    )
    .await
}

async fn tell(
    arguments: &AnswerArguments,
    call: fn(RequestId, RecordId) -> Call,
    what: &str,
    output: Output,
) -> CliResult<()> {
    let keys = DoctorKeys::read(&arguments.key)?;
    let consortium = chain::consortium(&arguments.consortium).await?;
    let request = arguments.request.hash();
    let calls = arguments
        .records
        .iter()
        .map(|record| (record.hash(), call(request, record.hash())))
        .collect();
    send(&consortium, &keys.signer, request, calls, what, output).await
}

/// Contests the hospital's claims.
pub(super) async fn contest(arguments: &AnswerArguments, output: Output) -> CliResult<()> {
    let call = calls::peks_search::contest_claim;
    tell(arguments, call, "claims are contested on chain", output).await
}

/// Flags that the hospital did not answer.
pub(super) async fn flag(arguments: &AnswerArguments, output: Output) -> CliResult<()> {
    let call = calls::peks_search::flag_unanswered;
    tell(arguments, call, "records are flagged as unanswered", output).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ask_should_be_sent_only_when_no_answer_stands() {
        for status in [
            DisclosureStatus::Asked,
            DisclosureStatus::Claimed,
            DisclosureStatus::Confirmed,
            DisclosureStatus::Contested,
            DisclosureStatus::Refused,
            DisclosureStatus::Unanswered,
        ] {
            assert!(!may_ask(status), "{status:?}");
        }
        assert!(may_ask(DisclosureStatus::Pending));
    }
}
