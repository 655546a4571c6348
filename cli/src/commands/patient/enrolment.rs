// SPDX-License-Identifier: Apache-2.0
//! The file with which a hospital enrols the patient.

use crate::{
    chain,
    enrolment::{Enrolment, EnrolmentFile},
    error::{CliError, CliResult},
    files, keys,
    output::Output,
    values::{hex0x, Month},
};
use bspp_client::At;
use bspp_record::SignedConsent;
use clap::Args;
use rand::rngs::OsRng;
use serde::Serialize;
use std::path::PathBuf;

/// The arguments of an enrolment.
#[derive(Args)]
pub struct EnrolmentArguments {
    /// Folder of the wallet.
    #[arg(long)]
    wallet: PathBuf,
    /// RPC address of a node of the hospital's chain.
    ///
    /// The node names the hospital and its consortium.
    #[arg(long)]
    hospital: String,
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
    file: String,
}

/// Makes the file.
pub(super) async fn enrol(arguments: &EnrolmentArguments, output: Output) -> CliResult<()> {
    let (from, until) = (arguments.from, arguments.until);
    if from > until {
        return Err(CliError::usage(
            "the consent's first month is after its last",
        ));
    }
    let keys = keys::patient_keys(&arguments.wallet)?;
    let client = chain::hospital(&arguments.hospital).await?;
    let (chain, hospital) = (client.chain(), client.hospital_id(At::Best).await?);
    let bundle = keys.bundle(&chain.0, &hospital.0, &mut OsRng);
    let consent = SignedConsent::sign(&keys, &chain, &hospital, (from.0, until.0), &mut OsRng);
    let account = hex0x(bundle.account);
    let file = EnrolmentFile::new(
        &hospital.0,
        &Enrolment {
            bundle,
            terms: consent.terms,
            signature: consent.signature,
        },
    );
    files::write_json(&arguments.out, &file)?;
    let made = EnrolmentMade {
        account,
        hospital: hex0x(hospital),
        file: arguments.out.display().to_string(),
    };
    let lines = [format!(
        "The enrolment for account {} is in {}.",
        made.account, made.file
    )];
    output.result(&made, &lines)
}
