// SPDX-License-Identifier: Apache-2.0
//! Patients and their records.

use crate::{
    chain,
    enrolment::{EnrolmentFile, WithdrawalFile},
    error::{CliError, CliResult},
    files, gateway_api, keys,
    output::Output,
    values::{hex0x, Hex32},
};
use bspp_client::{calls, At};
use serde::Serialize;
use std::path::{Path, PathBuf};

#[derive(Serialize)]
struct Enrolled {
    account: String,
    consent: String,
    block: u32,
}

/// Enrols a patient and registers the consent.
///
/// These are two transactions; the second is sent again if only the first succeeded before.
pub async fn enrol(url: &str, key: &str, enrolment: &Path, output: Output) -> CliResult<()> {
    let signer = keys::signer(key)?;
    let file: EnrolmentFile = files::read_json(enrolment)?;
    let enrolment = file.decode()?;
    let hospital = chain::hospital(url).await?;
    let account = enrolment.bundle.account;
    if hospital.patient(At::Finalized, account).await?.is_none() {
        hospital
            .submit_in_block(&calls::patients::enrol_patient(&enrolment.bundle), &signer)
            .await?;
    }
    let call = calls::patients::register_consent(&enrolment.terms, enrolment.signature);
    let included = hospital.submit_and_finalize(&call, &signer).await?;
    let consent = hospital
        .consents_of(At::Block(included.block), account)
        .await?
        .into_iter()
        .find(|(_, consent)| consent.terms == enrolment.terms)
        .map(|(id, _)| hex0x(id))
        .ok_or_else(|| CliError::failed("the chain accepted the consent but does not list it"))?;
    let enrolled = Enrolled {
        account: hex0x(account),
        consent,
        block: included.number,
    };
    let lines = [
        format!("Patient account {} is enrolled.", enrolled.account),
        format!("Consent {} is registered.", enrolled.consent),
    ];
    output.result(&enrolled, &lines)
}

#[derive(Serialize)]
struct Withdrawn {
    consent: String,
    block: u32,
}

/// Sends a patient's withdrawal of a consent.
///
/// The patient's signature is enough for the chain.
pub async fn withdraw_consent(url: &str, withdrawal: &Path, output: Output) -> CliResult<()> {
    let file: WithdrawalFile = files::read_json(withdrawal)?;
    let (consent, signature) = file.decode()?;
    let call = calls::patients::withdraw_consent(consent, signature);
    let included = chain::hospital(url)
        .await?
        .submit_authorized(&call)
        .await?
        .in_block()
        .await?;
    let withdrawn = Withdrawn {
        consent: hex0x(consent),
        block: included.number,
    };
    let line = format!("The consent is withdrawn in block {}.", withdrawn.block);
    output.result(&withdrawn, &[line])
}

#[derive(Serialize)]
struct Ingested {
    records: Vec<gateway_api::RecordProgress>,
}

/// Ingests files through the gateway, and waits until searches find the records.
pub async fn ingest(
    gateway: &str,
    token: Option<&Path>,
    (patient, subject): (Hex32, Option<&str>),
    paths: &[PathBuf],
    output: Output,
) -> CliResult<()> {
    let gateway = gateway_api::Gateway::local(gateway, token)?;
    let mut records = Vec::new();
    for path in paths {
        let job = gateway
            .ingest(&patient.0, subject, files::read(path)?)
            .await?;
        records.extend(gateway.wait(job, output).await?);
    }
    let lines = vec![format!(
        "{} records are stored, registered on the consortium, and finalized.",
        records.len()
    )];
    output.result(&Ingested { records }, &lines)
}
