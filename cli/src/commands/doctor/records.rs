// SPDX-License-Identifier: Apache-2.0
//! Fetches records from the hospital, and opens them.

use super::{
    receipt::{receipt, Receipt},
    search::{labels_with_slots, search_secret},
    Common, Session,
};
use crate::{
    error::{CliError, CliResult},
    files, gateway_api,
    matches::{FoundMatch, Located, MatchFile},
    output::Output,
    plaintext,
    proved::proved_batch,
    values::hex0x,
};
use bspp_client::{calls, At};
use bspp_peks::{DefaultBackend, OpenSecret};
use bspp_primitives::{AccountId, Signature};
use bspp_record::{
    open_record, DisclosureRequest, Payload, Question, ScopeOpening, SealedBox, SignedPackage,
    SlotOpening,
};
use bspp_types::{filing_month_at, messages, Match, RecordId, X25519Key};
use clap::Args;
use codec::{DecodeAll, Encode};
use rand::rngs::OsRng;
use serde::Serialize;
use sp_runtime::traits::Verify;
use std::path::{Path, PathBuf};

/// The arguments of a fetch.
#[derive(Args)]
pub struct FetchArguments {
    #[command(flatten)]
    common: Common,
    /// File from `search`.
    #[arg(long)]
    matches: PathBuf,
    /// Public address of the hospital's gateway.
    #[arg(long)]
    gateway: String,
    /// Ask for a record on chain if the gateway does not answer.
    #[arg(long)]
    ask: bool,
}

#[derive(Serialize)]
struct Fetched {
    fetched: Vec<String>,
}

fn sealed_path(folder: &Path, rid: &str) -> PathBuf {
    folder.join(format!("{}.sealed", rid.trim_start_matches("0x")))
}

/// The opening of the grant's scope for a match.
///
/// It shows the hospital that the grant covers the record, and nothing about other records.
pub(super) async fn scope_opening(
    session: &Session,
    found: &FoundMatch,
    located: &Located,
) -> CliResult<ScopeOpening> {
    let item = session.grant.item(found.item)?;
    let batch = proved_batch(&session.consortium, &session.state, located.entry.batch).await?;
    let openings: Vec<SlotOpening> = labels_with_slots(item, found)?
        .into_iter()
        .map(|(granted, place)| SlotOpening {
            slot: place.slot,
            opening: *search_secret(&session.grant.received, granted, &batch.point.point)
                .label_opening(place.counter)
                .as_bytes(),
        })
        .collect();
    item.scope_opening(openings)
        .ok_or_else(|| CliError::usage("the matches belong to another grant; search again"))
}

/// The hospital's X25519 key of this month, to which the scope's opening is encrypted.
async fn hospital_key(session: &Session) -> CliResult<X25519Key> {
    let month = filing_month_at(session.state.now().await?)
        .ok_or_else(|| CliError::failed("the consortium's time is outside the calendar"))?;
    let hospital = &session.grant.received.header.hospital;
    session
        .state
        .encryption_key(hospital, month)
        .await?
        .ok_or_else(|| CliError::NotFound("the hospital has no key in this month".into()))
}

/// The account of the hospital's operator, which signs what the hospital discloses.
async fn operator(session: &Session) -> CliResult<AccountId> {
    let hospital = session.grant.received.header.hospital;
    session
        .state
        .hospital(&hospital)
        .await?
        .map(|hospital| hospital.operator)
        .ok_or_else(|| {
            CliError::NotFound(format!(
                "the consortium has no hospital {}",
                hex0x(hospital)
            ))
        })
}

/// Adds to a refusal the step that helps.
fn explain(error: CliError) -> CliError {
    match error {
        CliError::Refused { code, message } => {
            let advice = match code.as_str() {
                "NotCovered" => {
                    ". The grant does not cover this record, or the match was not proved with one of its labels: search and prove again, or ask the patient for a grant that covers it"
                }
                "Stale" => {
                    ". The patient's labels changed after the grant: ask the patient for a supplement (`bspp patient supplement`) and give it with --supplement"
                }
                "GrantRevoked" => {
                    ". The patient has revoked the grants of that time: ask the patient for a new grant"
                }
                "OpenNotGranted" => {
                    ". The patient allows to find this record, but not to read it"
                }
                "ShareDeleted" => ". The hospital has erased this record: no copy of it opens any more",
                _ => "",
            };
            CliError::Refused {
                code,
                message: format!("{message}{advice}"),
            }
        }
        CliError::Unreachable { url, reason } => CliError::Unreachable {
            url,
            reason: format!(
                "{reason}. If the hospital does not answer, `bspp doctor ask` asks for the record on chain, and `bspp doctor flag` flags a missing answer"
            ),
        },
        other => other,
    }
}

/// Asks the gateway for one record.
async fn disclose(
    session: &Session,
    gateway: &gateway_api::Gateway,
    key: &X25519Key,
    record: RecordId,
    opening: &ScopeOpening,
) -> CliResult<SealedBox> {
    let nonce = gateway.nonce(&session.keys.signer.account_bytes()).await?;
    let question = Question {
        grant: &session.grant.received,
        record,
        opening,
        hospital_key: *key,
        nonce,
    };
    let request = DisclosureRequest::new(
        &question,
        |message| session.keys.signer.sign_bytes(message),
        &mut OsRng,
    )
    .map_err(CliError::failed)?;
    gateway.disclose(&request).await
}

/// Asks the gateway for one record, and on chain if it does not answer and `ask` is set.
async fn fetch_one(
    session: &Session,
    arguments: &FetchArguments,
    key: &X25519Key,
    found: &FoundMatch,
) -> CliResult<SealedBox> {
    let gateway = gateway_api::Gateway::new(&arguments.gateway)?;
    let located = found.decode()?;
    let opening = scope_opening(session, found, &located).await?;
    match disclose(session, &gateway, key, located.rid, &opening).await {
        Err(CliError::Unreachable { url, reason }) if arguments.ask => {
            let request = session.grant.received.header.request_id();
            let hash = messages::ask_hash(&request, &located.rid, &opening.hash());
            let call = calls::peks_search::ask_disclosure(request, located.rid, hash);
            let included = session
                .consortium
                .submit_in_block(&call, &session.keys.signer)
                .await?;
            Err(CliError::Unreachable {
                url,
                reason: format!(
                    "{reason}. Record {} is asked for on chain, block {}",
                    found.rid, included.number
                ),
            })
        }
        answer => answer.map_err(explain),
    }
}

async fn fetch_all(
    session: &Session,
    arguments: &FetchArguments,
    file: &MatchFile,
    out: &Path,
    output: Output,
) -> CliResult<Vec<String>> {
    let chosen = session.grant.chosen(file);
    let key = hospital_key(session).await?;
    let bar = output.progress(chosen.len() as u64, "records fetched");
    let mut fetched = Vec::with_capacity(chosen.len());
    for found in chosen {
        let sealed = fetch_one(session, arguments, &key, found).await?;
        files::write(&sealed_path(out, &found.rid), &sealed.encode())?;
        fetched.push(found.rid.clone());
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(fetched)
}

pub(super) async fn fetch(arguments: &FetchArguments, out: &Path, output: Output) -> CliResult<()> {
    let session = arguments.common.open().await?;
    let file = MatchFile::read(&arguments.matches)?;
    let fetched = Fetched {
        fetched: fetch_all(&session, arguments, &file, out, output).await?,
    };
    let line = format!(
        "{} records fetched into {}, still encrypted.",
        fetched.fetched.len(),
        out.display()
    );
    output.result(&fetched, &[line])
}

/// Fetches and opens records.
///
/// The encrypted files stay in a folder beside that of the plaintext.
pub(super) async fn get(arguments: &FetchArguments, out: &Path, output: Output) -> CliResult<()> {
    let session = arguments.common.open().await?;
    let file = MatchFile::read(&arguments.matches)?;
    let mut sealed = out.as_os_str().to_owned();
    sealed.push(".sealed");
    let sealed = PathBuf::from(sealed);
    fetch_all(&session, arguments, &file, &sealed, output).await?;
    open_all(&session, &file, &sealed, out, output).await
}

#[derive(Serialize)]
struct Opened {
    opened: Vec<plaintext::Written>,
    /// The records whose receipt the chain has: by proof, or by a transaction of this command.
    confirmed: usize,
    block: u32,
}

pub(super) async fn open(
    common: &Common,
    matches: &Path,
    input: &Path,
    out: &Path,
    output: Output,
) -> CliResult<()> {
    let session = common.open().await?;
    let file = MatchFile::read(matches)?;
    open_all(&session, &file, input, out, output).await
}

async fn open_all(
    session: &Session,
    file: &MatchFile,
    input: &Path,
    out: &Path,
    output: Output,
) -> CliResult<()> {
    let operator = operator(session).await?;
    let mut opened = Opened {
        opened: Vec::new(),
        confirmed: 0,
        block: 0,
    };
    let mut pending = Vec::new();
    for found in session.grant.chosen(file) {
        let located = found.decode()?;
        let path = sealed_path(input, &found.rid);
        let sealed = SealedBox::decode_all(&mut files::read(&path)?.as_slice()).map_err(|_| {
            CliError::Usage(format!(
                "the fetched file of {} is damaged; fetch it again",
                found.rid
            ))
        })?;
        let payload = open_one(session, found, &located, &sealed, &operator).await?;
        opened
            .opened
            .push(plaintext::write(out, &found.rid, &payload)?);
        let request = session.grant.received.header.request_id();
        let proven = session.state.matched(&request, &located.rid).await?;
        let told = session
            .consortium
            .matched(At::Best, request, located.rid)
            .await?;
        let status = |matched: Option<Match>| matched.map(|matched| matched.disclosure);
        match receipt(status(proven), status(told)) {
            Receipt::Proved => opened.confirmed = opened.confirmed.saturating_add(1),
            Receipt::Missing => {
                let call = calls::peks_search::confirm_disclosure(request, located.rid);
                pending.push(
                    session
                        .consortium
                        .submit(&call, &session.keys.signer)
                        .await?,
                );
            }
            Receipt::Told | Receipt::NoMatch => {}
        }
    }
    for mut transaction in pending {
        opened.block = opened.block.max(transaction.in_block().await?.number);
        opened.confirmed = opened.confirmed.saturating_add(1);
    }
    let line = format!(
        "{} records opened into {}; the receipt of {} is confirmed on chain.",
        opened.opened.len(),
        out.display(),
        opened.confirmed
    );
    output.result(&opened, &[line])
}

async fn open_one(
    session: &Session,
    found: &FoundMatch,
    located: &Located,
    sealed: &SealedBox,
    operator: &AccountId,
) -> CliResult<Payload> {
    let received = &session.grant.received;
    let item = session.grant.item(found.item)?;
    let pairs = labels_with_slots(item, found)?;
    // Each label of the item opens the record: one is enough.
    let (trapdoor, place) = pairs
        .iter()
        .find_map(|(granted, place)| Some((granted.open.as_ref()?, *place)))
        .ok_or_else(|| CliError::Refused {
            code: "FindOnly".into(),
            message: "the patient allows the doctor to find these records, but not to read them"
                .into(),
        })?;
    let package = SignedPackage::open(
        sealed,
        &received.header,
        (&located.rid, &located.entry),
        &session.keys.x25519,
        (operator, signed_by),
    )
    .map_err(|error| {
        CliError::Failed(format!(
            "record {}: {error}. The hospital's answer is not right: `bspp doctor contest` contests its claim",
            found.rid
        ))
    })?;
    let package = package.package;
    let batch = proved_batch(&session.consortium, &session.state, located.entry.batch).await?;
    let point = &batch.point.point;
    let secret = OpenSecret::from_trapdoor::<DefaultBackend>(point, trapdoor, &received.open_key);
    open_record(
        &located.rid,
        &located.entry,
        &package.wraps,
        &package.share(),
        &package.ciphertext,
        (place.slot, place.counter),
        &secret,
    )
    .map_err(|error| CliError::Failed(format!("record {}: {error}", found.rid)))
}

/// Whether an account of the consortium chain signed a message.
fn signed_by(signature: &Signature, message: &[u8], account: &AccountId) -> bool {
    signature.verify(message, account)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice(code: &str) -> String {
        explain(CliError::Refused {
            code: code.into(),
            message: "refused".into(),
        })
        .to_string()
    }

    #[test]
    fn refusals_should_name_the_step_that_helps() {
        assert!(advice("Stale").contains("bspp patient supplement"));
        assert!(advice("GrantRevoked").contains("new grant"));
        assert!(advice("NotCovered").contains("search and prove again"));
        assert!(advice("OpenNotGranted").contains("not to read"));
        assert_eq!(advice("RequestRevoked"), "refused: RequestRevoked: refused");
    }

    #[test]
    fn missing_answer_should_name_the_way_over_the_chain() {
        let error = explain(CliError::Unreachable {
            url: "https://a.example".into(),
            reason: "no answer".into(),
        });
        assert!(error.to_string().contains("bspp doctor ask"));
        assert_eq!(error.exit_code(), 4);
    }
}
