// SPDX-License-Identifier: Apache-2.0
//! A grant from the view of a doctor: read, checked, and with its keywords in order.

use crate::{
    error::{CliError, CliResult},
    files,
    keys::DoctorKeys,
    output::Output,
    values::hex0x,
};
use bspp_record::{GrantEnvelope, GrantError, GrantedKeyword, ReceivedGrant};
use bspp_types::{Moment, H256};
use serde::Serialize;
use std::{
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

/// A checked grant.
pub struct OpenGrant {
    /// The received grant.
    pub received: ReceivedGrant,
}

impl OpenGrant {
    /// The granted keyword of a query.
    pub fn granted(&self, query: usize) -> CliResult<&GrantedKeyword> {
        let missing = || CliError::usage("the matches belong to another grant; search again");
        self.received.keywords.get(query).ok_or_else(missing)
    }

    /// The position of a query's keyword among the distinct keywords of the grant.
    ///
    /// A grant names each keyword once a month.
    pub fn keyword_of(&self, query: usize) -> CliResult<usize> {
        let wanted = &self.granted(query)?.keyword;
        let mut distinct = Vec::new();
        for granted in &self.received.keywords {
            if granted.keyword == *wanted {
                return Ok(distinct.len());
            }
            if !distinct.contains(&&granted.keyword) {
                distinct.push(&granted.keyword);
            }
        }
        Err(CliError::usage(
            "the matches belong to another grant; search again",
        ))
    }
}

/// Reads the text of a grant.
pub fn read(path: &Path) -> CliResult<GrantEnvelope> {
    let bytes = files::read(path)?;
    let text =
        core::str::from_utf8(&bytes).map_err(|_| CliError::usage("the grant is not a text"))?;
    GrantEnvelope::from_text(text).map_err(CliError::usage)
}

/// Decrypts and checks a grant.
pub fn receive(
    envelope: &GrantEnvelope,
    chain: &H256,
    keys: &DoctorKeys,
    now: Moment,
) -> CliResult<OpenGrant> {
    let received = envelope
        .receive(chain, &keys.signer.account_bytes(), &keys.x25519, now)
        .map_err(|error: GrantError| refused(&error.to_string()))?;
    Ok(OpenGrant { received })
}

/// Makes an error from a text that begins with the error's name.
fn refused(text: &str) -> CliError {
    let (code, message) = text.split_once(": ").unwrap_or(("InvalidGrant", text));
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
    expiry: Moment,
    trapdoors: Vec<Trapdoor>,
}

#[derive(Serialize)]
struct Trapdoor {
    month: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    search: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    open: Option<String>,
}

/// Shows a grant, with its secrets only if `reveal` is set.
pub fn inspect(key: &Path, grant: &Path, reveal: bool, output: Output) -> CliResult<()> {
    let keys = DoctorKeys::read(key)?;
    let envelope = read(grant)?;
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_err(CliError::failed)?
        .as_millis();
    let now = Moment::try_from(now).unwrap_or(Moment::MAX);
    let received = receive(&envelope, &envelope.header.chain, &keys, now)?.received;
    let shown = |secret: String| reveal.then_some(secret);
    let inspected = Inspected {
        request: hex0x(received.header.request_id()),
        hospital: hex0x(received.header.hospital),
        purpose: received.header.purpose.code(),
        expiry: received.header.expiry,
        trapdoors: received
            .keywords
            .iter()
            .map(|granted| Trapdoor {
                month: granted.filing_month,
                label: shown(hex0x(granted.label.as_bytes())),
                search: shown(hex0x(granted.search.to_bytes().as_slice())),
                open: granted
                    .open
                    .as_ref()
                    .and_then(|open| shown(hex0x(open.to_bytes().as_slice()))),
            })
            .collect(),
    };
    let line = format!(
        "Request {}: {} trapdoors for {} at hospital {}, good until {} ms.",
        inspected.request,
        inspected.trapdoors.len(),
        inspected.purpose,
        inspected.hospital,
        inspected.expiry
    );
    output.result(&inspected, &[line])
}
