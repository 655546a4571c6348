// SPDX-License-Identifier: Apache-2.0
//! The file with which a hospital enrols the patient, and the withdrawal of a consent.

use crate::{
    card::Card,
    chain,
    enrolment::{Enrolment, EnrolmentFile, WithdrawalFile},
    error::{CliError, CliResult},
    files,
    output::Output,
    values::{hex0x, Hex32, Month},
    wallet::{KeptConsent, Wallet, WalletArguments},
};
use bspp_client::calls;
use bspp_record::{consent_id, sign_withdrawal, SignedConsent};
use clap::Args;
use rand::rngs::OsRng;
use serde::Serialize;
use std::path::PathBuf;

/// The arguments of an enrolment.
#[derive(Args)]
pub struct EnrolmentArguments {
    #[command(flatten)]
    wallet: WalletArguments,
    /// The hospital's enrolment card, which the hospital hands out.
    ///
    /// It names the hospital and its consortium. No node is asked for them.
    #[arg(long)]
    card: PathBuf,
    /// The generation of the patient's keys at this hospital. It rises when keys were stolen.
    #[arg(long, default_value_t = 0)]
    generation: u32,
    /// First month of the consent, YYYY-MM.
    #[arg(long)]
    from: Month,
    /// Last month of the consent, YYYY-MM.
    #[arg(long)]
    until: Month,
    /// File to write.
    #[arg(long)]
    out: PathBuf,
}

#[derive(Serialize)]
struct EnrolmentMade {
    account: String,
    hospital: String,
    consent: String,
    file: String,
}

/// Makes the file.
pub(super) fn enrol(arguments: &EnrolmentArguments, output: Output) -> CliResult<()> {
    let (from, until) = (arguments.from, arguments.until);
    if from > until {
        return Err(CliError::usage(
            "the consent's first month is after its last",
        ));
    }
    let card = Card::read(&arguments.card)?;
    let (chain, hospital) = (card.chain()?, card.hospital()?);
    let mut wallet = Wallet::change(&arguments.wallet)?;
    wallet.add_hospital(card, arguments.generation)?;
    let keys = wallet.keys(&hospital)?;
    let bundle = keys.bundle(&mut OsRng);
    let consent = SignedConsent::sign(&keys, (from.0, until.0), &mut OsRng);
    let consent_id = hex0x(consent_id(&chain, &hospital, &consent.terms));
    wallet.enrolment_mut(&hospital)?.consents.push(KeptConsent {
        consent: consent_id.clone(),
        from: from.0,
        until: until.0,
    });
    let account = hex0x(bundle.account);
    let file = EnrolmentFile::new(
        &hospital.0,
        &Enrolment {
            bundle,
            terms: consent.terms,
            signature: consent.signature,
        },
    );
    wallet.save()?;
    files::write_json(&arguments.out, &file)?;
    let made = EnrolmentMade {
        account,
        hospital: hex0x(hospital),
        consent: consent_id,
        file: arguments.out.display().to_string(),
    };
    let lines = [format!(
        "The enrolment for account {} is in {}.",
        made.account, made.file
    )];
    output.result(&made, &lines)
}

/// The arguments of a withdrawal.
#[derive(Args)]
pub struct WithdrawalArguments {
    #[command(flatten)]
    wallet: WalletArguments,
    /// Identifier of the hospital.
    #[arg(long)]
    hospital_id: Hex32,
    /// The consent. `bspp patient show` lists the consents.
    #[arg(long)]
    consent: Hex32,
    /// RPC address of a node of the hospital's chain, if the patient has access to one.
    #[arg(long, required_unless_present = "out")]
    hospital_node: Option<String>,
    /// File to write, for the hospital, if the patient has no access to a node.
    #[arg(long)]
    out: Option<PathBuf>,
}

#[derive(Serialize)]
struct Withdrawn {
    consent: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    block: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
}

/// Withdraws a consent on the hospital's chain, or writes the file for the hospital.
pub(super) async fn withdraw_consent(
    arguments: &WithdrawalArguments,
    output: Output,
) -> CliResult<()> {
    let wallet = Wallet::read(&arguments.wallet)?;
    let hospital = arguments.hospital_id.hash();
    let card = wallet.enrolment(&hospital)?.card.clone();
    let consent = arguments.consent.hash();
    let signature = sign_withdrawal(&wallet.keys(&hospital)?, &consent);
    let mut withdrawn = Withdrawn {
        consent: hex0x(consent),
        block: None,
        file: None,
    };
    let mut lines = Vec::new();
    if let Some(path) = &arguments.out {
        files::write_json(path, &WithdrawalFile::new(&consent, &signature))?;
        withdrawn.file = Some(path.display().to_string());
        lines.push(format!(
            "The withdrawal is in {}: hand it to the hospital.",
            path.display()
        ));
    }
    if let Some(url) = &arguments.hospital_node {
        let call = calls::patients::withdraw_consent(consent, signature);
        let included = chain::hospital_of(url, &card)
            .await?
            .submit_authorized(&call)
            .await?
            .in_block()
            .await?;
        withdrawn.block = Some(included.number);
        lines.push(format!(
            "The consent is withdrawn in block {}.",
            included.number
        ));
    }
    output.result(&withdrawn, &lines)
}
