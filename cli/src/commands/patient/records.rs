// SPDX-License-Identifier: Apache-2.0
//! The patient's own records: found on the consortium, and given out by the hospital.

use super::labels::HospitalArguments;
use crate::{
    chain,
    error::{CliError, CliResult},
    output::Output,
    plaintext,
    proved::{proved, proved_batch},
    values::{hex0x, Hex32, Month},
    wallet::{Enrolment, Wallet, WalletArguments},
};
use bspp_client::{proved::ProvedState, ConsortiumClient};
use bspp_peks::{
    DefaultBackend, G1Point, Kappa, KeywordLabel, LabelScope, LabelVersion, MonthLabel, OpenSecret,
    PatientKeys, SearchSecret, X25519Public, GAP,
};
use bspp_record::{open_record, slot_of, Keyword, OwnRecordRequest};
use bspp_types::{Entry, FilingMonth, HospitalId, LabelState};
use clap::{Args, Subcommand};
use serde::Serialize;
use std::path::PathBuf;

/// The patient's own records.
#[derive(Subcommand)]
pub enum Command {
    /// Lists the patient's records of some months.
    ///
    /// The device computes what it looks for. The node learns the hospital and the months.
    List {
        #[command(flatten)]
        own: OwnArguments,
        /// First filing month, YYYY-MM.
        #[arg(long)]
        from: Month,
        /// Last filing month, YYYY-MM.
        #[arg(long)]
        to: Month,
    },
    /// Fetches a record from the hospital and opens it. The hospital logs it.
    Get {
        #[command(flatten)]
        own: OwnArguments,
        /// The record.
        record: Hex32,
        /// Folder for the plaintext: one folder for each record, one file for each resource.
        #[arg(long)]
        out: PathBuf,
    },
}

/// The patient and the hospital.
#[derive(Args)]
pub struct OwnArguments {
    #[command(flatten)]
    wallet: WalletArguments,
    /// RPC address of a consortium node.
    #[arg(long)]
    consortium: String,
    /// Identifier of the hospital that has the records.
    #[arg(long)]
    hospital_id: Hex32,
    #[command(flatten)]
    hospital: HospitalArguments,
}

/// Runs a command about the patient's own records.
pub async fn run(command: Command, output: Output) -> CliResult<()> {
    match command {
        Command::List { own, from, to } => list(&own, from, to, output).await,
        Command::Get { own, record, out } => get(&own, record, &out, output).await,
    }
}

/// A patient's view of one hospital.
struct Own {
    consortium: ConsortiumClient,
    proved: ProvedState,
    enrolment: Enrolment,
    hospital: HospitalId,
    keys: PatientKeys,
    state: LabelState,
}

impl OwnArguments {
    async fn open(&self) -> CliResult<Own> {
        let hospital = self.hospital_id.hash();
        let mut wallet = Wallet::read(&self.wallet)?;
        let keys = wallet.keys(&hospital)?;
        let chain = wallet.enrolment(&hospital)?.card.chain()?;
        let consortium = chain::consortium_of(&self.consortium, &chain).await?;
        let proved = proved(&mut wallet, &consortium).await?;
        let state = self
            .hospital
            .known_label_state(&mut wallet, &hospital)
            .await?;
        Ok(Own {
            consortium,
            proved,
            enrolment: wallet.enrolment(&hospital)?.clone(),
            hospital,
            keys,
            state,
        })
    }
}

impl Own {
    /// The identity keyword's label of a month under each of the month's label versions.
    ///
    /// There is none in a month in which the hospital has no key.
    async fn labels(&self, month: FilingMonth) -> CliResult<Vec<KeywordLabel>> {
        let key = self.proved.encryption_key(&self.hospital, month).await?;
        let Some(key) = key else {
            return Ok(Vec::new());
        };
        self.state
            .versions_in(month)
            .map(|version| self.label(month, version, &X25519Public(key)))
            .collect()
    }

    fn label(
        &self,
        filing_month: FilingMonth,
        version: LabelVersion,
        hospital_key: &X25519Public,
    ) -> CliResult<KeywordLabel> {
        let scope = LabelScope {
            hospital: self.hospital.0,
            filing_month,
            version,
            bundle_hash: self.keys.bundle_hash(),
        };
        let kappa = Kappa::patient_side(self.keys.x25519(), hospital_key, &scope)
            .map_err(CliError::failed)?;
        Ok(kappa.label(&Keyword::identity()))
    }

    fn search_secret(
        &self,
        point: &G1Point,
        month: FilingMonth,
        label: &KeywordLabel,
    ) -> SearchSecret {
        let trapdoor = self.keys.search_trapdoor::<DefaultBackend>(month, label);
        SearchSecret::from_trapdoor::<DefaultBackend>(point, &trapdoor, self.keys.search_public())
    }
}

#[derive(Serialize)]
struct Listed {
    records: Vec<ListedRecord>,
}

#[derive(Serialize)]
struct ListedRecord {
    rid: String,
    month: FilingMonth,
}

async fn list(arguments: &OwnArguments, from: Month, to: Month, output: Output) -> CliResult<()> {
    if from > to {
        return Err(CliError::usage("the first month is after the last"));
    }
    let own = arguments.open().await?;
    let mut listed = Listed {
        records: Vec::new(),
    };
    for month in from.0..=to.0 {
        let labels = own.labels(month).await?;
        if labels.is_empty() {
            continue;
        }
        let batches = own
            .consortium
            .proved_batches(&own.proved, own.hospital, month)
            .await?;
        for batch in batches {
            for label in &labels {
                let secret = own.search_secret(&batch.point.point, month, label);
                let month_label = MonthLabel {
                    filing_month: month,
                    kw: label.clone(),
                };
                let found = own
                    .consortium
                    .search_batch(&own.proved, &batch, (&secret, &month_label), 0)
                    .await?;
                listed
                    .records
                    .extend(found.iter().map(|found| ListedRecord {
                        rid: hex0x(found.rid),
                        month,
                    }));
            }
        }
    }
    let mut lines: Vec<String> = listed
        .records
        .iter()
        .map(|record| record.rid.clone())
        .collect();
    lines.push(format!("{} records.", listed.records.len()));
    output.result(&listed, &lines)
}

/// The slot of an entry that has a tag of a secret, with the counter.
///
/// Each entry of a batch takes one counter of a label or none, so the counter is not far above the
/// entry's index.
fn find_slot(entry: &Entry, secret: &SearchSecret) -> Option<(u8, u32)> {
    let last = entry.index.saturating_add(GAP);
    (0..=last).find_map(|counter| {
        let slot = slot_of(entry, &secret.tag(counter))?;
        Some((slot, counter))
    })
}

#[derive(Serialize)]
struct Opened {
    opened: Vec<plaintext::Written>,
}

async fn get(
    arguments: &OwnArguments,
    record: Hex32,
    out: &std::path::Path,
    output: Output,
) -> CliResult<()> {
    let own = arguments.open().await?;
    let rid = record.hash();
    let entry = own
        .consortium
        .entry(rid)
        .await?
        .ok_or_else(|| CliError::NotFound(format!("the consortium has no record {}", hex0x(rid))))?
        .entry;
    let batch = proved_batch(&own.consortium, &own.proved, entry.batch).await?;
    let (month, point) = (batch.filing_month, batch.point.point);
    let mut place = None;
    for label in own.labels(month).await? {
        let secret = own.search_secret(&point, month, &label);
        if let Some((slot, counter)) = find_slot(&entry, &secret) {
            place = Some((label, slot, counter));
            break;
        }
    }
    let (label, slot, counter) = place
        .ok_or_else(|| CliError::NotFound(format!("record {} is not the patient's", hex0x(rid))))?;
    let gateway = arguments.hospital.gateway(&own.enrolment)?;
    let chain = bspp_types::H256(*own.keys.chain());
    let account = own.keys.account().public();
    let nonce = gateway.nonce(&account).await?;
    let sealed = gateway
        .own_record(&OwnRecordRequest::new(
            own.keys.account(),
            (&chain, &own.hospital),
            rid,
            nonce,
        ))
        .await?;
    let package = OwnRecordRequest::open(
        &sealed,
        (&chain, &own.hospital),
        (&rid, &entry),
        own.keys.x25519(),
    )
    .map_err(|error| CliError::Failed(format!("record {}: {error}", hex0x(rid))))?;
    let trapdoor = own.keys.open_trapdoor::<DefaultBackend>(month, &label);
    let secret =
        OpenSecret::from_trapdoor::<DefaultBackend>(&point, &trapdoor, own.keys.open_public());
    let payload = open_record(
        &rid,
        &entry,
        &package.wraps,
        &package.share(),
        &package.ciphertext,
        (slot, counter),
        &secret,
    )
    .map_err(|error| CliError::Failed(format!("record {}: {error}", hex0x(rid))))?;
    let opened = Opened {
        opened: vec![plaintext::write(out, &hex0x(rid), &payload)?],
    };
    let line = format!("Record {} is opened into {}.", hex0x(rid), out.display());
    output.result(&opened, &[line])
}
