// SPDX-License-Identifier: Apache-2.0
//! Fetches records from the hospital, and opens them.

use super::{search::batch_point, Common};
use crate::{
    error::{CliError, CliResult},
    files, gateway_api,
    matches::MatchFile,
    output::Output,
};
use bspp_client::{calls, At, ConsortiumClient};
use bspp_peks::{DefaultBackend, OpenSecret};
use bspp_record::{open_record, DisclosurePackage, DisclosureRequest, SealedBox};
use bspp_types::{DisclosureStatus::Confirmed, RecordId, RequestId};
use codec::{DecodeAll, Encode};
use serde::Serialize;
use std::path::{Path, PathBuf};

#[derive(Serialize)]
struct Fetched {
    fetched: Vec<String>,
}

fn sealed_path(folder: &Path, rid: &str) -> PathBuf {
    folder.join(format!("{}.sealed", rid.trim_start_matches("0x")))
}

pub(super) async fn fetch(
    common: &Common,
    matches: &Path,
    gateway: &str,
    out: &Path,
    output: Output,
) -> CliResult<()> {
    let (_, keys, grant) = common.open().await?;
    let found = MatchFile::read(matches)?;
    let gateway = gateway_api::Gateway::new(gateway)?;
    let bar = output.progress(found.distinct().count() as u64, "records fetched");
    let mut fetched = Fetched {
        fetched: Vec::new(),
    };
    for found in found.distinct() {
        let rid = found.decode()?.rid;
        let nonce = gateway.nonce().await?;
        let request = DisclosureRequest::new(&grant.received, rid, nonce, |message| {
            keys.signer.sign_bytes(message)
        });
        let sealed = gateway.disclose(&request).await?;
        files::write(&sealed_path(out, &found.rid), &sealed.encode())?;
        fetched.fetched.push(found.rid.clone());
        bar.inc(1);
    }
    bar.finish_and_clear();
    let line = format!(
        "{} records fetched into {}, still encrypted.",
        fetched.fetched.len(),
        out.display()
    );
    output.result(&fetched, &[line])
}

#[derive(Serialize)]
struct Opened {
    opened: Vec<OpenedRecord>,
    block: u32,
}

#[derive(Serialize)]
struct OpenedRecord {
    rid: String,
    resources: usize,
    bytes: usize,
    folder: String,
}

pub(super) async fn open(
    common: &Common,
    matches: &Path,
    input: &Path,
    out: &Path,
    output: Output,
) -> CliResult<()> {
    let (consortium, keys, grant) = common.open().await?;
    let found = MatchFile::read(matches)?;
    let request = grant.received.header.request_id();
    let mut opened = Opened {
        opened: Vec::new(),
        block: 0,
    };
    let mut pending = Vec::new();
    for found in found.distinct() {
        let located = found.decode()?;
        let sealed =
            SealedBox::decode_all(&mut files::read(&sealed_path(input, &found.rid))?.as_slice())
                .map_err(|_| {
                    CliError::Usage(format!(
                        "the fetched file of {} is damaged; fetch it again",
                        found.rid
                    ))
                })?;
        let package = DisclosurePackage::open(
            &sealed,
            &grant.received.header,
            &located.rid,
            &located.entry,
            &keys.x25519,
        )
        .map_err(CliError::failed)?;
        let granted = grant.granted(found.query)?;
        let trapdoor = granted.open.as_ref().ok_or_else(|| CliError::Refused {
            code: "FindOnly".into(),
            message: "the patient allows the doctor to find these records, but not to read them"
                .into(),
        })?;
        let point = batch_point(&consortium, located.entry.batch).await?;
        let secret =
            OpenSecret::from_trapdoor::<DefaultBackend>(&point, trapdoor, &grant.received.open_key);
        let payload = open_record(
            &located.rid,
            &located.entry,
            &package.wraps,
            &package.ciphertext,
            found.slot,
            found.counter,
            &secret,
        )
        .map_err(CliError::failed)?;
        let folder = out.join(found.rid.trim_start_matches("0x"));
        let mut record = OpenedRecord {
            rid: found.rid.clone(),
            resources: 0,
            bytes: 0,
            folder: folder.display().to_string(),
        };
        for piece in payload
            .pieces
            .iter()
            .filter(|piece| piece.position % 2 == 1)
        {
            files::write_private(
                &folder.join(format!("{:06}.json", piece.position)),
                &piece.bytes,
            )?;
            record.resources = record.resources.saturating_add(1);
            record.bytes = record.bytes.saturating_add(piece.bytes.len());
        }
        opened.opened.push(record);
        if needs_receipt(&consortium, request, located.rid).await? {
            let call = calls::peks_search::confirm_disclosure(request, located.rid);
            pending.push(consortium.submit(&call, &keys.signer).await?);
        }
    }
    for mut transaction in pending {
        opened.block = opened.block.max(transaction.in_block().await?.number);
    }
    let line = format!(
        "{} records opened into {}; receipt confirmed on chain.",
        opened.opened.len(),
        out.display()
    );
    output.result(&opened, &[line])
}

async fn needs_receipt(
    consortium: &ConsortiumClient,
    request: RequestId,
    record: RecordId,
) -> CliResult<bool> {
    let matched = consortium.matched(At::Best, request, record).await?;
    Ok(matched.is_some_and(|matched| matched.disclosure != Confirmed))
}
