// SPDX-License-Identifier: Apache-2.0
//! Makes a grant.

use super::kept::{self, KeptGrant};
use crate::{
    chain,
    error::{CliError, CliResult},
    files,
    keys::{self, SecretText},
    output::Output,
    values::{hex0x, purpose, Hex32, KeywordToken, Month},
};
use bspp_client::At;
use bspp_record::{create_grant, GrantItem, GrantTerms, Keyword};
use bspp_types::{
    limits::{DAY_MS, MAX_GRANT_DAYS},
    FilingMonth, HospitalId, Moment, PurposeOfUse,
};
use clap::Args;
use rand::rngs::OsRng;
use serde::Serialize;
use std::path::PathBuf;

/// The arguments of a grant.
#[derive(Args)]
pub struct GrantArguments {
    /// Folder of the wallet.
    #[arg(long)]
    wallet: PathBuf,
    /// RPC address of a consortium node.
    #[arg(long)]
    consortium: String,
    /// Identifier of the hospital that has the records.
    #[arg(long)]
    hospital_id: Hex32,
    /// The doctor's account.
    #[arg(long)]
    requester: Hex32,
    /// The doctor's X25519 key.
    #[arg(long)]
    requester_key: Hex32,
    /// A keyword, system|code. It may be repeated.
    #[arg(long = "keyword")]
    keywords: Vec<KeywordToken>,
    /// Grant all of the patient's records at this hospital.
    #[arg(long)]
    identity: bool,
    /// First filing month, YYYY-MM.
    ///
    /// A record is filed in the month in which it is stored, not in the month of the visit.
    #[arg(long)]
    from: Month,
    /// Last filing month, YYYY-MM.
    #[arg(long)]
    until: Month,
    /// HL7 purpose of use, for example TREAT.
    #[arg(long, value_parser = purpose)]
    purpose: PurposeOfUse,
    /// Days after which the grant ends, maximum 366. Fractions are permitted.
    #[arg(long, default_value = "30")]
    valid_days: f64,
    /// Allow the doctor to find the records but not to read them.
    #[arg(long)]
    find_only: bool,
    /// File to write, for the doctor.
    #[arg(long)]
    out: PathBuf,
}

#[derive(Serialize)]
struct Granted {
    request: String,
    keywords: usize,
    months: usize,
    expiry: u64,
    file: String,
}

/// The validity of a grant in milliseconds.
///
/// The consortium refuses requests of longer grants.
fn duration(days: f64) -> CliResult<Moment> {
    if !(days > 0.0 && days <= f64::from(MAX_GRANT_DAYS)) {
        return Err(CliError::Usage(format!(
            "--valid-days is {days}; it must be above 0 and the maximum is {MAX_GRANT_DAYS}"
        )));
    }
    // The value is between zero and a year of milliseconds, which `f64` and `u64` can represent.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss
    )]
    let duration = (days * DAY_MS as f64) as Moment;
    Ok(duration)
}

/// Makes a grant, stores its one-time key in the wallet, and writes the file for the doctor.
pub(super) async fn grant(arguments: &GrantArguments, output: Output) -> CliResult<()> {
    let keys = keys::patient_keys(&arguments.wallet)?;
    if arguments.from > arguments.until {
        return Err(CliError::usage("the grant's first month is after its last"));
    }
    let duration = duration(arguments.valid_days)?;
    let mut keywords: Vec<Keyword> = Vec::new();
    if arguments.identity {
        keywords.push(Keyword::identity());
    }
    keywords.extend(
        arguments
            .keywords
            .iter()
            .map(|k| Keyword::new(k.system.clone(), k.code.clone())),
    );
    if keywords.is_empty() {
        return Err(CliError::usage(
            "name at least one --keyword, or --identity for all records",
        ));
    }
    let consortium = chain::consortium(&arguments.consortium).await?;
    let hospital: HospitalId = arguments.hospital_id.hash();
    let months: Vec<FilingMonth> = (arguments.from.0..=arguments.until.0).collect();
    let mut items = Vec::with_capacity(keywords.len().saturating_mul(months.len()));
    for filing_month in &months {
        // A month before the hospital joined has neither a key nor records.
        let Some(hospital_key) = consortium
            .encryption_key(At::Finalized, hospital, *filing_month)
            .await?
        else {
            continue;
        };
        items.extend(keywords.iter().map(|keyword| GrantItem {
            filing_month: *filing_month,
            hospital_key,
            keyword: keyword.clone(),
            may_open: !arguments.find_only,
        }));
    }
    if items.is_empty() {
        return Err(CliError::NotFound(
            "the hospital has no key in any of these months".into(),
        ));
    }
    let now = consortium.timestamp(At::Best).await?;
    let terms = GrantTerms {
        chain: consortium.chain(),
        hospital,
        requester: arguments.requester.0,
        requester_key: arguments.requester_key.0,
        purpose: arguments.purpose,
        expiry: now.saturating_add(duration),
    };
    let (envelope, key) =
        create_grant(&keys, &terms, &items, &mut OsRng).map_err(CliError::usage)?;
    let request = hex0x(key.request_id());
    files::write_secret_json(
        &kept::path(&arguments.wallet, &key.request_id()),
        &KeptGrant {
            request: request.clone(),
            hospital: hex0x(hospital),
            requester: hex0x(arguments.requester.0),
            purpose: arguments.purpose.code().into(),
            expiry: terms.expiry,
            grant_key: SecretText::new(&key.seed()),
        },
    )?;
    files::write(&arguments.out, envelope.to_text().as_bytes())?;
    let granted = Granted {
        request,
        keywords: keywords.len(),
        months: months.len(),
        expiry: terms.expiry,
        file: arguments.out.display().to_string(),
    };
    let lines = [
        format!("The grant is in {}: hand it to the doctor.", granted.file),
        format!(
            "To take it back: bspp patient revoke --request {}",
            granted.request
        ),
    ];
    output.result(&granted, &lines)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn duration_should_be_that_of_the_days_up_to_the_consortiums_maximum() {
        assert_eq!(duration(0.5).unwrap(), DAY_MS / 2);
        assert_eq!(
            duration(f64::from(MAX_GRANT_DAYS)).unwrap(),
            u64::from(MAX_GRANT_DAYS) * DAY_MS
        );
        for wrong in [0.0, -1.0, 366.1, f64::NAN, f64::INFINITY] {
            let error = duration(wrong).unwrap_err();
            assert!(error.to_string().contains("366"), "{error}");
        }
    }
}
