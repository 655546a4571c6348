// SPDX-License-Identifier: Apache-2.0
//! Finds the grants of a restored wallet again.

use crate::{
    card::Card,
    chain,
    error::CliResult,
    output::Output,
    proved::proved,
    values::hex0x,
    wallet::{KeptGrant, Wallet, WalletArguments},
};
use bspp_client::proved::ProvedState;
use bspp_peks::PatientKeys;
use bspp_record::GrantKey;
use bspp_types::{RequestId, RequestStatus};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

/// The number of consecutive indices without a request after which the search ends.
const GAP: u32 = 64;
/// The number of indices that stay free after the last found one.
///
/// A grant that its doctor has not used yet is not on the chain. The next recovery still finds the
/// grants after these indices, because they are fewer than [`GAP`].
const MARGIN: u32 = 32;

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
    next_grant: u32,
}

/// Takes the hospital's card into the wallet, and finds the requests of its grants.
pub(super) async fn recover(arguments: &RecoveryArguments, output: Output) -> CliResult<()> {
    let card = Card::read(&arguments.card)?;
    let (chain, hospital) = (card.chain()?, card.hospital()?);
    let mut wallet = Wallet::change(&arguments.wallet)?;
    wallet.add_hospital(card, arguments.generation)?;
    let keys = wallet.keys(&hospital)?;
    let consortium = chain::consortium_of(&arguments.consortium, &chain).await?;
    let proved = proved(&mut wallet, &consortium).await?;
    let found = search(&proved, &keys).await?;
    let enrolment = wallet.enrolment_mut(&hospital)?;
    if let Some((last, _, _)) = found.last() {
        enrolment.next_grant = enrolment
            .next_grant
            .max(last.saturating_add(1).saturating_add(MARGIN));
    }
    let next_grant = enrolment.next_grant;
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
        next_grant,
    };
    let lines = [format!(
        "{} requests of account {} are on the consortium. The wallet can revoke them.",
        recovered.requests.len(),
        recovered.account
    )];
    output.result(&recovered, &lines)
}

/// The indices whose grants were used or revoked.
///
/// Each comes with its request, and whether the grant has ended.
async fn search(state: &ProvedState, keys: &PatientKeys) -> CliResult<Vec<(u32, RequestId, bool)>> {
    let mut found: Vec<(u32, RequestId, bool)> = Vec::new();
    let mut index = 0u32;
    loop {
        let first_free = found
            .last()
            .map_or(0, |(last, _, _)| last.saturating_add(1));
        if index.saturating_sub(first_free) >= GAP {
            return Ok(found);
        }
        let request = GrantKey::derive(keys, index).request_id();
        if let Some(opened) = state.request(&request).await? {
            found.push((index, request, opened.status != RequestStatus::Open));
        } else if state.tombstone(&request).await?.is_some() {
            found.push((index, request, true));
        }
        let Some(next) = index.checked_add(1) else {
            return Ok(found);
        };
        index = next;
    }
}

const _: () = assert!(MARGIN < GAP);
