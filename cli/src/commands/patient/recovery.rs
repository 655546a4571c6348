// SPDX-License-Identifier: Apache-2.0
//! Finds the grants of a restored wallet again.

use crate::{
    card::Card,
    chain,
    error::CliResult,
    grant_numbers,
    output::Output,
    proved::proved,
    values::{hex0x, now, Date},
    wallet::{KeptGrant, Wallet, WalletArguments},
};
use bspp_client::proved::ProvedState;
use bspp_peks::PatientKeys;
use bspp_record::GrantKey;
use bspp_types::{day_of, Day, RequestId, RequestStatus};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

/// The number of grants that one step looks for.
const STEP: usize = 1024;

/// The arguments of a recovery.
#[derive(Args)]
pub struct RecoveryArguments {
    #[command(flatten)]
    wallet: WalletArguments,
    /// The hospital's enrolment card.
    #[arg(long)]
    card: PathBuf,
    /// The generation of the patient's keys at this hospital.
    #[arg(long, default_value_t = 0)]
    generation: u32,
    /// RPC address of a consortium node.
    #[arg(long)]
    consortium: String,
}

#[derive(Serialize)]
struct Recovered {
    hospital: String,
    account: String,
    requests: Vec<String>,
    /// The first day on which the wallet makes grants at this hospital.
    grants_from: String,
}

/// Takes the hospital's card into the wallet, and finds the requests of its grants.
pub(super) async fn recover(arguments: &RecoveryArguments, output: Output) -> CliResult<()> {
    let card = Card::read(&arguments.card)?;
    let (chain, hospital) = (card.chain()?, card.hospital()?);
    let mut wallet = Wallet::change(&arguments.wallet)?;
    let is_new = wallet.enrolment(&hospital).is_err();
    wallet.add_hospital(card, arguments.generation)?;
    let keys = wallet.keys(&hospital)?;
    let consortium = chain::consortium_of(&arguments.consortium, &chain).await?;
    let proved = proved(&mut wallet, &consortium).await?;
    let today = day_of(proved.now().await?.max(now()?));
    let found = search(&proved, &keys, today, output).await?;
    if is_new {
        // The lost wallet may have made grants until now that nobody has opened.
        wallet.skip_grant_numbers(&hospital, grant_numbers::first_after(today))?;
    }
    if let Some((last, _, _)) = found.last() {
        wallet.skip_grant_numbers(&hospital, last.saturating_add(1))?;
    }
    let next = wallet.enrolment(&hospital)?.next_grant;
    let first_day = grant_numbers::day_of_number(next).max(today);
    let mut requests = Vec::with_capacity(found.len());
    for (index, request, ended) in found {
        requests.push(hex0x(request));
        if wallet.grant(&request).is_err() {
            wallet.add_grant(KeptGrant::recovered(index, &request, &hospital, ended));
        }
    }
    wallet.save()?;
    let recovered = Recovered {
        hospital: hex0x(hospital),
        account: hex0x(keys.account().public()),
        requests,
        grants_from: Date(first_day).to_string(),
    };
    let lines = [
        format!(
            "{} requests of account {} are on the consortium. The wallet can revoke them.",
            recovered.requests.len(),
            recovered.account
        ),
        format!(
            "The wallet makes grants at this hospital from {} (UTC) on. `bspp patient revoke-all` also revokes grants \
             that nobody has used yet.",
            recovered.grants_from
        ),
    ];
    output.result(&recovered, &lines)
}

/// The numbers whose grants were used or revoked, in their order.
///
/// Each comes with its request, and whether the grant has ended. The search does not stop at numbers
/// without a request: such a grant may be unused, or expired.
async fn search(
    state: &ProvedState,
    keys: &PatientKeys,
    today: Day,
    output: Output,
) -> CliResult<Vec<(u32, RequestId, bool)>> {
    let numbers: Vec<u32> = grant_numbers::live(today).collect();
    let bar = output.progress(numbers.len() as u64, "grants looked for");
    let mut found = Vec::new();
    for part in numbers.chunks(STEP) {
        let ids: Vec<RequestId> = part
            .iter()
            .map(|number| GrantKey::derive(keys, *number).request_id())
            .collect();
        let requests = state.all_requests(&ids).await?;
        let tombstones = state.all_tombstones(&ids).await?;
        let on_chain = requests.into_iter().zip(tombstones);
        for ((number, id), (request, tombstone)) in part.iter().zip(ids).zip(on_chain) {
            match (request, tombstone) {
                (Some(opened), _) => {
                    found.push((*number, id, opened.status != RequestStatus::Open));
                }
                (None, Some(_)) => found.push((*number, id, true)),
                (None, None) => {}
            }
        }
        bar.inc(part.len() as u64);
    }
    bar.finish_and_clear();
    Ok(found)
}
