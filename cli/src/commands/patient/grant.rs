// SPDX-License-Identifier: Apache-2.0
//! Makes a grant.

use super::labels::{self, HospitalArguments};
use crate::{
    chain,
    error::{CliError, CliResult},
    files,
    output::Output,
    proved::proved,
    values::{hex0x, purpose, Date, Hex32, KeywordGroup, KeywordToken, Month},
    wallet::{KeptGrant, Scope, Wallet, WalletArguments},
};
use bspp_client::proved::ProvedState;
use bspp_record::{create_grant, GrantTerms, Keyword};
use bspp_types::{
    day_of, day_start,
    limits::{DAY_MS, MAX_GRANT_DAYS},
    Day, Moment, PurposeOfUse, Requester, X25519Key,
};
use clap::Args;
use rand::rngs::OsRng;
use serde::Serialize;
use std::path::PathBuf;

/// The validity of a grant without `--until`, in days.
const DEFAULT_DAYS: Day = 30;

/// The arguments of a grant.
#[derive(Args)]
pub struct GrantArguments {
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
    /// The doctor's account. The consortium names the doctor's X25519 key.
    #[arg(long)]
    requester: Hex32,
    /// A keyword, system|code. It may be repeated: a record needs one of the keywords.
    #[arg(long = "keyword")]
    keywords: Vec<KeywordToken>,
    /// Keywords that a record must all have, system|code$system|code, maximum 8.
    ///
    /// The option may be repeated. A backslash before a dollar sign or a backslash makes it part of
    /// a code.
    #[arg(long = "all-of")]
    all_of: Vec<KeywordGroup>,
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
    to: Month,
    /// HL7 purpose of use, for example TREAT.
    #[arg(long, value_parser = purpose)]
    purpose: PurposeOfUse,
    /// Last day of the grant, YYYY-MM-DD in UTC.
    ///
    /// The default is in 30 days, the maximum in 365 days.
    #[arg(long)]
    until: Option<Date>,
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
    until: String,
    file: String,
}

/// The first day on which the grant is no longer valid.
///
/// The consortium refuses requests of longer grants.
fn expiry(until: Option<Date>, now: Moment) -> CliResult<Day> {
    let today = day_of(now);
    let last = until.map_or(today.saturating_add(DEFAULT_DAYS), |date| date.0);
    let expiry = last.saturating_add(1);
    let maximum = u64::from(MAX_GRANT_DAYS).saturating_mul(DAY_MS);
    if last < today || day_start(expiry).saturating_sub(now) > maximum {
        return Err(CliError::Usage(format!(
            "--until is {}; the grant must end between {} and {}",
            Date(last),
            Date(today),
            Date(day_of(now.saturating_add(maximum)).saturating_sub(1))
        )));
    }
    Ok(expiry)
}

impl GrantArguments {
    /// The groups of keywords, of which a record must have one completely.
    fn groups(&self) -> CliResult<Vec<Vec<Keyword>>> {
        let mut groups: Vec<Vec<Keyword>> = Vec::new();
        if self.identity {
            groups.push(vec![Keyword::identity()]);
        }
        groups.extend(self.keywords.iter().map(|token| vec![token.keyword()]));
        groups.extend(self.all_of.iter().map(KeywordGroup::keywords));
        if groups.is_empty() {
            return Err(CliError::usage(
                "name at least one --keyword or --all-of, or --identity for all records",
            ));
        }
        Ok(groups)
    }
}

/// The X25519 key of a requester of an active hospital, by proof.
async fn requester_key(state: &ProvedState, requester: Hex32) -> CliResult<X25519Key> {
    let unknown = || {
        CliError::NotFound(format!(
            "account {} is not a requester of an active hospital",
            hex0x(requester.0)
        ))
    };
    let hospital = state
        .requester_hospital(&requester.0)
        .await?
        .ok_or_else(unknown)?;
    state
        .active_hospital(&hospital)
        .await?
        .ok_or_else(unknown)?;
    state.requester_key(&requester.0).await?.ok_or_else(unknown)
}

/// Makes a grant, notes it in the wallet, and writes the file for the doctor.
pub(super) async fn grant(arguments: &GrantArguments, output: Output) -> CliResult<()> {
    if arguments.from > arguments.to {
        return Err(CliError::usage("the grant's first month is after its last"));
    }
    let groups = arguments.groups()?;
    let mut wallet = Wallet::change(&arguments.wallet)?;
    let hospital = arguments.hospital_id.hash();
    let keys = wallet.keys(&hospital)?;
    let chain = wallet.enrolment(&hospital)?.card.chain()?;
    let consortium = chain::consortium_of(&arguments.consortium, &chain).await?;
    let proved = proved(&mut wallet, &consortium).await?;
    let now = proved.now().await?;
    let expiry = expiry(arguments.until, now)?;
    let requester_key = requester_key(&proved, arguments.requester).await?;
    let state = arguments
        .hospital
        .known_label_state(&mut wallet, &hospital)
        .await?;
    let scope = Scope::new(
        (arguments.from.0, arguments.to.0),
        &groups,
        !arguments.find_only,
    );
    let items = labels::items(&proved, hospital, &state, &scope).await?;
    let terms = GrantTerms {
        requester: Requester::Person(arguments.requester.0),
        requester_key,
        purpose: arguments.purpose,
        issued_at: labels::issue_time(now, &state),
        expiry,
    };
    // The number is taken before the grant exists: a broken command wastes a number, and never uses
    // one twice.
    let index = wallet.take_grant_number(&hospital, day_of(now))?;
    let envelope =
        create_grant(&keys, index, &terms, &items, &mut OsRng).map_err(CliError::usage)?;
    wallet.add_grant(KeptGrant::made(index, &envelope.header, scope));
    wallet.save()?;
    files::write(&arguments.out, envelope.to_text().as_bytes())?;
    let granted = Granted {
        request: hex0x(envelope.header.request_id()),
        keywords: groups.len(),
        months: usize::from(arguments.to.0.saturating_sub(arguments.from.0)).saturating_add(1),
        until: Date(expiry.saturating_sub(1)).to_string(),
        file: arguments.out.display().to_string(),
    };
    let lines = [
        format!(
            "The grant is in {}: hand it to the doctor. Its last day is {}.",
            granted.file, granted.until
        ),
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

    /// Noon of day 20,000.
    const NOW: Moment = 20_000 * DAY_MS + DAY_MS / 2;

    #[test]
    fn expiry_should_be_the_day_after_the_last_one() {
        assert_eq!(expiry(Some(Date(20_000)), NOW).unwrap(), 20_001);
        assert_eq!(expiry(None, NOW).unwrap(), 20_031);
    }

    #[test]
    fn expiry_should_be_refused_when_it_has_passed_or_is_too_late() {
        let last = 20_000 + MAX_GRANT_DAYS - 1;
        assert_eq!(expiry(Some(Date(last)), NOW).unwrap(), last + 1);
        for wrong in [0, 19_999, last + 1, Day::MAX] {
            let error = expiry(Some(Date(wrong)), NOW).unwrap_err().to_string();
            assert!(error.contains(&Date(last).to_string()), "{error}");
        }
    }
}
