// SPDX-License-Identifier: Apache-2.0
//! A hospital's administration: patients, delegates, validators, ingest.

use crate::{
    chain,
    enrolment::EnrolmentFile,
    error::{CliError, CliResult},
    files, gateway_api, keys,
    output::Output,
    values::{hex0x, Hex32, Month},
};
use bspp_client::{calls, At};
use clap::Subcommand;
use serde::Serialize;
use sp_core::crypto::AccountId32;
use std::path::PathBuf;

/// A hospital's administration.
#[derive(Subcommand)]
pub enum Command {
    /// Enrols a patient on the hospital's chain and registers the patient's consent.
    Enrol {
        /// RPC address of a node of the hospital's chain.
        #[arg(long)]
        hospital: String,
        /// Key of an admin or clinician.
        #[arg(long)]
        key: String,
        /// File that the patient made with `bspp patient enrol`.
        #[arg(long)]
        enrolment: PathBuf,
    },
    /// Hands FHIR files of one patient to the gateway, and waits until every record is registered on the consortium.
    Ingest {
        /// Local address of the hospital's gateway.
        #[arg(long)]
        gateway: String,
        /// The patient's account on the hospital's chain.
        #[arg(long)]
        patient: Hex32,
        /// FHIR R4 JSON files: bundles or single resources.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Makes a doctor's account a delegate of the hospital on the consortium.
    AddDelegate {
        /// RPC address of a consortium node.
        #[arg(long)]
        consortium: String,
        /// The operator's key.
        #[arg(long)]
        key: String,
        /// The doctor's account.
        #[arg(long)]
        account: Hex32,
    },
    /// Ends a doctor's delegation.
    RemoveDelegate {
        /// RPC address of a consortium node.
        #[arg(long)]
        consortium: String,
        /// The operator's key.
        #[arg(long)]
        key: String,
        /// The doctor's account.
        #[arg(long)]
        account: Hex32,
    },
    /// Announces the hospital's X25519 key for a coming month.
    RotateKey {
        /// RPC address of a consortium node.
        #[arg(long)]
        consortium: String,
        /// The operator's key.
        #[arg(long)]
        key: String,
        /// First month of the new key, YYYY-MM.
        #[arg(long)]
        from: Month,
        /// The new public key.
        #[arg(long)]
        encryption_key: Hex32,
    },
}

#[derive(Serialize)]
struct Enrolled {
    account: String,
    consent: String,
    block: u32,
}

#[derive(Serialize)]
struct Done {
    block: u32,
}

/// Runs a hospital command.
pub async fn run(command: Command, output: Output) -> CliResult<()> {
    match command {
        Command::Enrol {
            hospital,
            key,
            enrolment,
        } => enrol(&hospital, &key, &enrolment, output).await,
        Command::Ingest {
            gateway,
            patient,
            files,
        } => ingest(&gateway, patient, &files, output).await,
        Command::AddDelegate {
            consortium,
            key,
            account,
        } => {
            let call = calls::consortium::add_delegate(&AccountId32::new(account.0));
            submit(
                &consortium,
                &key,
                &call,
                "The account is a delegate",
                output,
            )
            .await
        }
        Command::RemoveDelegate {
            consortium,
            key,
            account,
        } => {
            let call = calls::consortium::remove_delegate(&AccountId32::new(account.0));
            submit(
                &consortium,
                &key,
                &call,
                "The account is a delegate no more",
                output,
            )
            .await
        }
        Command::RotateKey {
            consortium,
            key,
            from,
            encryption_key,
        } => {
            let call = calls::consortium::rotate_encryption_key(from.0, encryption_key.0);
            submit(&consortium, &key, &call, "The key is announced", output).await
        }
    }
}

async fn submit(
    url: &str,
    key: &str,
    call: &bspp_client::Call,
    what: &str,
    output: Output,
) -> CliResult<()> {
    let signer = keys::signer(key)?;
    let included = chain::consortium(url)
        .await?
        .submit_and_finalize(call, &signer)
        .await?;
    output.result(
        &Done {
            block: included.number,
        },
        &[format!("{what}, final in block {}.", included.number)],
    )
}

/// Enrolment and consent are two transactions; the second is sent again if the first went through before.
async fn enrol(url: &str, key: &str, enrolment: &std::path::Path, output: Output) -> CliResult<()> {
    let signer = keys::signer(key)?;
    let file: EnrolmentFile = files::read_json(enrolment)?;
    let enrolment = file.decode()?;
    let hospital = chain::hospital(url).await?;
    let account = enrolment.bundle.account;
    if hospital.patient(At::Finalized, account).await?.is_none() {
        hospital
            .submit_in_block(&calls::enrolment::enrol_patient(&enrolment.bundle), &signer)
            .await?;
    }
    let call = calls::enrolment::register_consent(&enrolment.terms, enrolment.signature);
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
struct Ingested {
    records: Vec<gateway_api::RecordProgress>,
}

async fn ingest(gateway: &str, patient: Hex32, paths: &[PathBuf], output: Output) -> CliResult<()> {
    let gateway = gateway_api::Gateway::new(gateway)?;
    let mut records = Vec::new();
    for path in paths {
        let job = gateway.ingest(&patient.0, files::read(path)?).await?;
        records.extend(gateway.wait(job, output).await?);
    }
    let lines = vec![format!(
        "{} records are stored, registered on the consortium, and final.",
        records.len()
    )];
    output.result(&Ingested { records }, &lines)
}
