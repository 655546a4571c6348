// SPDX-License-Identifier: Apache-2.0
//! A grant from the view of a doctor: read, checked, and with its labels in order.

use crate::{
    error::{CliError, CliResult},
    files,
    keys::{DoctorArguments, DoctorKeys},
    matches::{FoundMatch, MatchFile},
    output::Output,
    values::{hex0x, now, Date},
};
use bspp_peks::MonthLabel;
use bspp_record::{
    GrantEnvelope, GrantError, GrantedItem, GrantedLabel, Keyword, ReceivedGrant,
    SupplementEnvelope,
};
use bspp_types::{Moment, H256};
use clap::Args;
use rand::rngs::OsRng;
use serde::Serialize;
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

/// A grant with its supplement.
#[derive(Args)]
pub struct GrantFiles {
    /// The grant.
    #[arg(long)]
    grant: PathBuf,
    /// The patient's newest supplement of the grant.
    #[arg(long)]
    supplement: Option<PathBuf>,
}

/// A checked grant.
pub struct OpenGrant {
    /// The received grant.
    pub received: ReceivedGrant,
}

/// A label for which a search looks.
pub struct Query<'a> {
    /// The label with its trapdoors.
    pub granted: &'a GrantedLabel,
    /// The label with its filing month.
    pub label: MonthLabel,
}

impl OpenGrant {
    /// The item at a position.
    pub fn item(&self, item: usize) -> CliResult<&GrantedItem> {
        let missing = || CliError::usage("the matches belong to another grant; search again");
        self.received.items.get(item).ok_or_else(missing)
    }

    /// The distinct labels of the grant, and the positions of each item's labels among them.
    ///
    /// Items may share a label. A search looks for it once.
    pub fn queries(&self) -> (Vec<Query<'_>>, Vec<Vec<usize>>) {
        let mut places: HashMap<[u8; 32], usize> = HashMap::new();
        let mut queries = Vec::new();
        let mut items = Vec::with_capacity(self.received.items.len());
        for item in &self.received.items {
            let mut own = Vec::with_capacity(item.labels.len());
            for granted in &item.labels {
                // Labels of two months or versions never agree.
                let place = *places
                    .entry(*granted.label.as_bytes())
                    .or_insert(queries.len());
                if place == queries.len() {
                    queries.push(Query {
                        granted,
                        label: month_label(item, granted),
                    });
                }
                own.push(place);
            }
            items.push(own);
        }
        (queries, items)
    }

    /// The position of each item's group of keywords among the distinct groups of the grant.
    ///
    /// A grant names each group once for each month and label version.
    pub fn groups(&self) -> Vec<usize> {
        let mut distinct: Vec<Vec<&Keyword>> = Vec::new();
        let mut places = Vec::with_capacity(self.received.items.len());
        for item in &self.received.items {
            let group: Vec<&Keyword> = item.labels.iter().map(|label| &label.keyword).collect();
            let known = distinct.iter().position(|other| *other == group);
            places.push(known.unwrap_or(distinct.len()));
            if known.is_none() {
                distinct.push(group);
            }
        }
        places
    }
}

impl OpenGrant {
    /// One match for each record, by an item that permits to read it if there is one.
    pub fn chosen<'a>(&self, file: &'a MatchFile) -> Vec<&'a FoundMatch> {
        file.distinct(|found| {
            self.received
                .items
                .get(found.item)
                .is_some_and(|item| item.may_open)
        })
    }
}

/// A label with its filing month.
pub fn month_label(item: &GrantedItem, granted: &GrantedLabel) -> MonthLabel {
    MonthLabel {
        filing_month: item.filing_month,
        kw: granted.label.clone(),
    }
}

fn text(path: &Path) -> CliResult<String> {
    String::from_utf8(files::read(path)?)
        .map_err(|_| CliError::Usage(format!("{} is not a text", path.display())))
}

impl GrantFiles {
    fn envelope(&self) -> CliResult<GrantEnvelope> {
        GrantEnvelope::from_text(&text(&self.grant)?).map_err(CliError::usage)
    }

    /// Decrypts and checks a grant and its supplement.
    ///
    /// `chain` is the consortium chain, or `None` to take the one of the grant.
    pub fn receive(
        &self,
        chain: Option<&H256>,
        keys: &DoctorKeys,
        now: Moment,
    ) -> CliResult<OpenGrant> {
        let envelope = self.envelope()?;
        let chain = chain.unwrap_or(&envelope.header.chain);
        let mut received = envelope
            .receive(
                chain,
                &keys.signer.account_bytes(),
                &keys.x25519,
                now,
                &mut OsRng,
            )
            .map_err(refused)?;
        if let Some(path) = &self.supplement {
            let supplement =
                SupplementEnvelope::from_text(&text(path)?).map_err(CliError::usage)?;
            received
                .apply(&supplement, &keys.x25519, &mut OsRng)
                .map_err(refused)?;
        }
        Ok(OpenGrant { received })
    }
}

/// Makes an error from a text that begins with the error's name.
fn refused(error: GrantError) -> CliError {
    let text = error.to_string();
    let (code, message) = text.split_once(": ").unwrap_or(("InvalidGrant", &text));
    CliError::Refused {
        code: code.into(),
        message: message.into(),
    }
}

#[derive(Serialize)]
struct Inspected {
    request: String,
    hospital: String,
    purpose: &'static str,
    until: String,
    issued_at: Moment,
    trapdoors: Vec<Trapdoor>,
}

#[derive(Serialize)]
struct Trapdoor {
    month: u16,
    version: u32,
    /// The item, so that labels of which a record must have all can be told from others.
    item: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    search: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    open: Option<String>,
}

/// Shows a grant, with its secrets only if `reveal` is set.
pub fn inspect(
    key: &DoctorArguments,
    grant: &GrantFiles,
    reveal: bool,
    output: Output,
) -> CliResult<()> {
    let keys = DoctorKeys::read(key)?;
    let received = grant.receive(None, &keys, now()?)?.received;
    let shown = |secret: String| reveal.then_some(secret);
    let issued_at = received
        .supplement
        .as_ref()
        .map_or(received.header.issued_at, |signed| {
            signed.supplement.issued_at
        });
    let mut inspected = Inspected {
        request: hex0x(received.header.request_id()),
        hospital: hex0x(received.header.hospital),
        purpose: received.header.purpose.code(),
        until: Date(received.header.expiry.saturating_sub(1)).to_string(),
        issued_at,
        trapdoors: Vec::new(),
    };
    for (place, item) in received.items.iter().enumerate() {
        for granted in &item.labels {
            inspected.trapdoors.push(Trapdoor {
                month: item.filing_month,
                version: item.version,
                item: place,
                label: shown(hex0x(granted.label.as_bytes())),
                search: shown(hex0x(granted.search.to_bytes().as_slice())),
                open: granted
                    .open
                    .as_ref()
                    .and_then(|open| shown(hex0x(open.to_bytes().as_slice()))),
            });
        }
    }
    let line = format!(
        "Request {}: {} trapdoors for {} at hospital {}, until {}.",
        inspected.request,
        inspected.trapdoors.len(),
        inspected.purpose,
        inspected.hospital,
        inspected.until
    );
    output.result(&inspected, &[line])
}
