// SPDX-License-Identifier: Apache-2.0
//! Makes, restores and shows a wallet.

use crate::{
    error::CliResult,
    keys::SecretText,
    output::Output,
    values::{hex0x, now, Date},
    wallet::{KeptGrant, Wallet, WalletArguments},
    words,
};
use bspp_peks::Seed;
use bspp_types::day_of;
use rand::rngs::OsRng;
use serde::Serialize;
use std::path::Path;

#[derive(Serialize)]
struct Made<'a> {
    wallet: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<&'a str>,
}

/// Makes a wallet, and shows the words of its seed. Nothing shows them again.
pub(super) fn new(arguments: &WalletArguments, output: Output) -> CliResult<()> {
    let seed = Seed::generate(&mut OsRng);
    let text = words::of(&seed)?;
    Wallet::create(arguments, &seed)?;
    let made = Made {
        wallet: arguments.wallet.display().to_string(),
        words: Some(&text),
    };
    let lines = [
        format!("The wallet is in {}.", made.wallet),
        "These 24 words restore it. They are shown only now: write them on paper, in this order, and show them to nobody.".into(),
    ];
    if output.json {
        return output.result(&made, &[]);
    }
    output.result(&made, &lines)?;
    let all: Vec<&str> = text.split(' ').collect();
    for (row, four) in all.chunks(4).enumerate() {
        let first = row.saturating_mul(4).saturating_add(1);
        println!("  {first:2}.  {}", four.join("  "));
    }
    Ok(())
}

/// Makes a wallet from the words of its seed.
pub(super) fn restore(
    arguments: &WalletArguments,
    source: Option<&Path>,
    output: Output,
) -> CliResult<()> {
    let seed = words::seed(&words::read(source)?)?;
    Wallet::restore(arguments, &seed, day_of(now()?))?;
    let made = Made {
        wallet: arguments.wallet.display().to_string(),
        words: None,
    };
    let lines = [
        format!("The wallet is in {}.", made.wallet),
        "Take the card of each hospital with `bspp patient recover` before you make a grant."
            .into(),
        "It makes grants from tomorrow on: the lost wallet may have made some today that nobody has used yet."
            .into(),
    ];
    output.result(&made, &lines)
}

#[derive(Serialize)]
struct Shown {
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<SecretText>,
    hospitals: Vec<ShownHospital>,
    grants: Vec<ShownGrant>,
}

#[derive(Serialize)]
struct ShownHospital {
    hospital: String,
    name: String,
    gateway: String,
    account: String,
    generation: u32,
    label_version: u32,
    consents: Vec<String>,
}

#[derive(Serialize)]
struct ShownGrant {
    request: String,
    hospital: String,
    requester: Option<String>,
    purpose: Option<String>,
    until: Option<String>,
    ended: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    grant_key: Option<SecretText>,
}

/// Shows a wallet, with its secrets only if `reveal` is set.
pub(super) fn show(arguments: &WalletArguments, reveal: bool, output: Output) -> CliResult<()> {
    let wallet = Wallet::read(arguments)?;
    let mut shown = Shown {
        seed: None,
        hospitals: Vec::new(),
        grants: Vec::new(),
    };
    if reveal {
        shown.seed = Some(SecretText::new(wallet.seed()?.as_bytes()));
    }
    for enrolment in wallet.enrolments() {
        let hospital = enrolment.card.hospital()?;
        shown.hospitals.push(ShownHospital {
            hospital: hex0x(hospital),
            name: enrolment.card.name.clone(),
            gateway: enrolment.card.gateway.clone(),
            account: hex0x(wallet.keys(&hospital)?.account().public()),
            generation: enrolment.generation,
            label_version: enrolment.label_version,
            consents: enrolment
                .consents
                .iter()
                .map(|kept| kept.consent.clone())
                .collect(),
        });
    }
    for grant in wallet.grants() {
        shown.grants.push(shown_grant(&wallet, grant, reveal)?);
    }
    let mut lines = Vec::new();
    if let Some(seed) = &shown.seed {
        lines.push(format!("Seed  {}", seed.reveal()));
    }
    lines.extend(shown.hospitals.iter().map(|hospital| {
        format!(
            "Hospital {} ({}): account {}",
            hospital.hospital, hospital.name, hospital.account
        )
    }));
    lines.extend(shown.grants.iter().map(|grant| {
        format!(
            "Grant {}  {}  until {}{}",
            grant.request,
            grant.purpose.as_deref().unwrap_or("recovered"),
            grant.until.as_deref().unwrap_or("unknown"),
            if grant.ended { "  ended" } else { "" }
        )
    }));
    output.result(&shown, &lines)
}

fn shown_grant(wallet: &Wallet, grant: &KeptGrant, reveal: bool) -> CliResult<ShownGrant> {
    let grant_key = match reveal {
        true => Some(SecretText::new(
            &wallet.grant_key(&grant.request()?)?.seed(),
        )),
        false => None,
    };
    let made = grant.made.as_ref();
    Ok(ShownGrant {
        request: grant.request_text().into(),
        hospital: hex0x(grant.hospital()?),
        requester: made.map(|made| made.requester.clone()),
        purpose: made.map(|made| made.purpose.clone()),
        until: made.map(|made| Date(made.expiry.saturating_sub(1)).to_string()),
        ended: grant.ended,
        grant_key,
    })
}
