// SPDX-License-Identifier: Apache-2.0
//! A hospital's administration.
//!
//! It covers patients, ingest and requesters, and the nodes, credentials and authors of the
//! hospital's own chain.

mod card;
mod credential;
mod nodes;
mod patients;
mod requesters;

use crate::{
    chain,
    error::CliResult,
    keys,
    output::Output,
    values::{Hex32, Month},
};
use bspp_client::calls;
use card::card;
use clap::Subcommand;
use patients::{enrol, ingest, withdraw_consent};
use requesters::add_requester;
use serde::Serialize;
use sp_core::crypto::AccountId32;
use std::path::PathBuf;

/// A reference to a FHIR patient: `Patient/` and an id of FHIR.
fn subject(text: &str) -> Result<String, String> {
    let is_id = |id: &str| {
        (1..=64).contains(&id.len())
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
    };
    match text.strip_prefix("Patient/") {
        Some(id) if is_id(id) => Ok(text.to_owned()),
        _ => Err("expected Patient/<id>".into()),
    }
}

/// A hospital's administration.
#[derive(Subcommand)]
pub enum Command {
    /// Enrols a patient on the hospital's chain and registers the patient's consent.
    Enrol {
        /// RPC address of a node of the hospital's chain.
        #[arg(long)]
        hospital: String,
        /// Key of an admin or of staff.
        #[arg(long)]
        key: String,
        /// File from `bspp patient enrol`.
        #[arg(long)]
        enrolment: PathBuf,
    },
    /// Writes the hospital's enrolment card, which patients and doctors take from the hospital.
    ///
    /// The card names the consortium with a checkpoint, the hospital and its gateway. Hand it out in
    /// a way that people trust: keys follow from it, and tools believe only what the checkpoint's
    /// validators, or their successors, have finalized.
    Card {
        /// RPC address of a node of the hospital's chain, which you trust.
        #[arg(long)]
        hospital: String,
        /// RPC address of a consortium node, which you trust: the checkpoint comes from it.
        #[arg(long)]
        consortium: String,
        /// The name of the hospital, for people.
        #[arg(long)]
        name: String,
        /// Public address of the hospital's gateway.
        #[arg(long)]
        gateway: String,
        /// File to write.
        #[arg(long)]
        out: PathBuf,
    },
    /// Takes a patient's withdrawal of a consent to the hospital's chain.
    WithdrawConsent {
        /// RPC address of a node of the hospital's chain.
        #[arg(long)]
        hospital: String,
        /// File from `bspp patient withdraw-consent`.
        #[arg(long)]
        withdrawal: PathBuf,
    },
    /// Sends FHIR files of one patient to the gateway and waits.
    ///
    /// The command ends when searches find every record.
    Ingest {
        /// Local address of the hospital's gateway.
        #[arg(long)]
        gateway: String,
        /// File with the token of the gateway's local address. Its configuration names the file.
        #[arg(long)]
        token_file: Option<PathBuf>,
        /// The patient's account on the hospital's chain.
        #[arg(long)]
        patient: Hex32,
        /// The patient of the files, `Patient/<id>`: it binds the account to this patient anew.
        #[arg(long, value_parser = subject)]
        subject: Option<String>,
        /// FHIR R4 JSON files: bundles or single resources.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Makes a doctor's account a requester of the hospital on the consortium.
    ///
    /// It registers the doctor's X25519 key, which the doctor has signed.
    AddRequester {
        /// RPC address of a consortium node.
        #[arg(long)]
        consortium: String,
        /// The operator's key.
        #[arg(long)]
        key: String,
        /// File from `bspp doctor requester-key`.
        #[arg(long)]
        statement: PathBuf,
    },
    /// Removes a doctor's account from the requesters of the hospital.
    RemoveRequester {
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
    /// Names the account that anchors the hospital's chain beside the operator.
    ///
    /// Its anchors do not wait behind registrations. The gateway uses it with `--anchor-key`.
    SetAnchorer {
        /// RPC address of a consortium node.
        #[arg(long)]
        consortium: String,
        /// The operator's key.
        #[arg(long)]
        key: String,
        /// The account. Without it no account but the operator anchors.
        #[arg(long)]
        account: Option<Hex32>,
    },
    /// Sets the quota of an account of staff on the hospital's chain.
    SetQuota {
        /// RPC address of a node of the hospital's chain.
        #[arg(long)]
        hospital: String,
        /// Key of an admin.
        #[arg(long)]
        key: String,
        /// The account.
        #[arg(long)]
        account: Hex32,
        /// Computation in a session, in picoseconds.
        #[arg(long, requires = "bytes")]
        weight: Option<u64>,
        /// Bytes of transactions in a session. Without it the account has the quota of all staff.
        #[arg(long, requires = "weight")]
        bytes: Option<u64>,
    },
    /// Writes off a payload that every PHI store has lost.
    ///
    /// Until then authors that cannot prove it make restricted blocks. The loss is public on the
    /// hospital's chain.
    WriteOff {
        /// RPC address of a node of the hospital's chain.
        #[arg(long)]
        hospital: String,
        /// Key of an admin.
        #[arg(long)]
        key: String,
        /// The hash of the payload, as the node's log names it.
        #[arg(long)]
        payload: Hex32,
    },
    /// Announces the hospital's X25519 key from a later month on.
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
    /// Credentials of the nodes of the hospital's chain.
    ///
    /// Blocks of a node without a credential contain no health data.
    #[command(subcommand)]
    Credential(credential::Command),
    #[command(flatten)]
    Nodes(nodes::Command),
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
        Command::Card {
            hospital,
            consortium,
            name,
            gateway,
            out,
        } => card((&hospital, &consortium), &name, &gateway, &out, output).await,
        Command::WithdrawConsent {
            hospital,
            withdrawal,
        } => withdraw_consent(&hospital, &withdrawal, output).await,
        Command::Ingest {
            gateway,
            token_file,
            patient,
            subject,
            files,
        } => {
            let about = (patient, subject.as_deref());
            ingest(&gateway, token_file.as_deref(), about, &files, output).await
        }
        Command::AddRequester {
            consortium,
            key,
            statement,
        } => add_requester(&consortium, &key, &statement, output).await,
        Command::SetAnchorer {
            consortium,
            key,
            account,
        } => {
            let account = account.map(|account| AccountId32::new(account.0));
            let call = calls::consortium::set_anchorer(account.as_ref());
            submit(&consortium, &key, &call, "The anchorer is set", output).await
        }
        Command::SetQuota {
            hospital,
            key,
            account,
            weight,
            bytes,
        } => {
            let quota = weight.zip(bytes);
            let call = calls::hospital_admin::set_quota(&AccountId32::new(account.0), quota);
            let signer = keys::signer(&key)?;
            let included = chain::hospital(&hospital)
                .await?
                .submit_and_finalize(&call, &signer)
                .await?;
            let block = included.number;
            let line = format!("The quota is set, finalized in block {block}.");
            output.result(&Done { block }, &[line])
        }
        Command::WriteOff {
            hospital,
            key,
            payload,
        } => {
            let call = calls::phi_records::write_off(payload.0.into());
            let signer = keys::signer(&key)?;
            let included = chain::hospital(&hospital)
                .await?
                .submit_and_finalize(&call, &signer)
                .await?;
            let block = included.number;
            let line = format!("The payload is written off, finalized in block {block}.");
            output.result(&Done { block }, &[line])
        }
        Command::RemoveRequester {
            consortium,
            key,
            account,
        } => {
            let call = calls::consortium::remove_requester(&AccountId32::new(account.0));
            submit(
                &consortium,
                &key,
                &call,
                "The account is no longer a requester",
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
        Command::Credential(command) => credential::run(command, output).await,
        Command::Nodes(command) => nodes::run(command, output).await,
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
        &[format!("{what}, finalized in block {}.", included.number)],
    )
}

#[cfg(test)]
mod tests {
    use super::subject;

    #[test]
    fn subject_should_be_a_reference_to_a_patient() {
        assert_eq!(subject("Patient/a-1.b").as_deref(), Ok("Patient/a-1.b"));
        for wrong in [
            "",
            "a",
            "Patient/",
            "Patient/a&consent=b",
            "Group/1",
            "Patient/a/b",
        ] {
            assert!(subject(wrong).is_err(), "{wrong}");
        }
    }
}
