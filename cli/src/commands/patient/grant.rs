// SPDX-License-Identifier: Apache-2.0
//! Making a grant.

use super::{grant_path, GrantArguments, KeptGrant};
use crate::{
    chain,
    error::{CliError, CliResult},
    files,
    keys::{self, SecretText},
    output::Output,
    values::hex0x,
};
use bspp_client::At;
use bspp_primitives::{Epoch, HospitalId};
use bspp_record::{create_grant, GrantItem, GrantTerms, Keyword};
use rand::rngs::OsRng;
use serde::Serialize;

#[derive(Serialize)]
struct Granted {
    request: String,
    keywords: usize,
    months: usize,
    expiry: u64,
    file: String,
}

pub(super) async fn grant(arguments: &GrantArguments, output: Output) -> CliResult<()> {
    let keys = keys::patient_keys(&arguments.wallet)?;
    if arguments.from > arguments.until {
        return Err(CliError::usage("the grant's first month is after its last"));
    }
    if !(arguments.valid_days > 0.0 && arguments.valid_days <= 3660.0) {
        return Err(CliError::usage(
            "a grant is valid for more than 0 and at most 3660 days",
        ));
    }
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
    let months: Vec<Epoch> = (arguments.from.0..=arguments.until.0).collect();
    let mut items = Vec::with_capacity(keywords.len().saturating_mul(months.len()));
    for epoch in &months {
        // A month before the hospital joined has no key and no records.
        let Some(hospital_key) = consortium
            .encryption_key(At::Finalized, hospital, *epoch)
            .await?
        else {
            continue;
        };
        items.extend(keywords.iter().map(|keyword| GrantItem {
            epoch: *epoch,
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
    // Bounded above: at most 3660 days.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let duration = (arguments.valid_days * 86_400_000.0) as u64;
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
        &grant_path(&arguments.wallet, &key.request_id()),
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
