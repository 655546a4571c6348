// SPDX-License-Identifier: Apache-2.0
//! A doctor's work, in its order: request, search, prove, fetch, open.

use crate::{
    chain,
    error::{CliError, CliResult},
    files, gateway_api,
    grant_file::{self, OpenGrant},
    keys::DoctorKeys,
    matches::{FoundMatch, MatchFile},
    output::Output,
    values::hex0x,
};
use bspp_client::{calls, At, ConsortiumClient, Included, SearchEvent, SearchQuery};
use bspp_peks::{DefaultBackend, G1Point, MatchStatement, OpenSecret, SearchSecret};
use bspp_primitives::{BatchId, MatchProof};
use bspp_record::{open_record, DisclosurePackage, DisclosureRequest};
use clap::{Args, Subcommand};
use codec::{Decode, DecodeAll, Encode};
use serde::Serialize;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// Trapdoors in one search at most, as the node takes them.
const QUERIES_PER_SEARCH: usize = 256;

/// A doctor's work.
#[derive(Subcommand)]
pub enum Command {
    /// Makes a doctor's keys.
    New {
        /// Where to write the key file.
        #[arg(long)]
        out: PathBuf,
    },
    /// Shows what a grant is for. With --reveal also its trapdoors and labels, which are secrets.
    InspectGrant {
        /// The doctor's key file.
        #[arg(long)]
        key: PathBuf,
        /// The grant.
        #[arg(long)]
        grant: PathBuf,
        /// Print trapdoors and labels.
        #[arg(long)]
        reveal: bool,
    },
    /// Opens the request of a grant on the consortium.
    Request(Common),
    /// Searches the own hospital's node with the grant's trapdoors. They are sent to that node and nowhere else.
    Search {
        #[command(flatten)]
        common: Common,
        /// Where to write the matches.
        #[arg(long)]
        out: PathBuf,
    },
    /// Proves the matches on chain.
    Prove {
        #[command(flatten)]
        common: Common,
        /// What `search` wrote.
        #[arg(long)]
        matches: PathBuf,
        /// Send proofs even for records that are proved already. The chain refuses them.
        #[arg(long)]
        again: bool,
    },
    /// Asks the hospital for the proved records. They come encrypted and are kept so.
    Fetch {
        #[command(flatten)]
        common: Common,
        /// What `search` wrote.
        #[arg(long)]
        matches: PathBuf,
        /// Public address of the hospital's gateway.
        #[arg(long)]
        gateway: String,
        /// Folder for the encrypted records.
        #[arg(long)]
        out: PathBuf,
    },
    /// Opens fetched records, checks them against the consortium's index and confirms their receipt on chain.
    Open {
        #[command(flatten)]
        common: Common,
        /// What `search` wrote.
        #[arg(long)]
        matches: PathBuf,
        /// Folder of the fetched records.
        #[arg(long = "in")]
        input: PathBuf,
        /// Folder for the plaintext: one folder a record, one file a resource.
        #[arg(long)]
        out: PathBuf,
    },
}

/// What every step needs.
#[derive(Args)]
pub struct Common {
    /// RPC address of the own hospital's consortium node.
    #[arg(long)]
    consortium: String,
    /// The doctor's key file.
    #[arg(long)]
    key: PathBuf,
    /// The grant.
    #[arg(long)]
    grant: PathBuf,
}

impl Common {
    async fn open(&self) -> CliResult<(ConsortiumClient, DoctorKeys, OpenGrant)> {
        let keys = DoctorKeys::read(&self.key)?;
        let envelope = grant_file::read(&self.grant)?;
        let consortium = chain::consortium(&self.consortium).await?;
        let now = consortium.timestamp(At::Best).await?;
        let grant = grant_file::receive(&envelope, &consortium.chain(), &keys, now)?;
        Ok((consortium, keys, grant))
    }
}

/// Runs a doctor command.
pub async fn run(command: Command, output: Output) -> CliResult<()> {
    match command {
        Command::New { out } => new(&out, output),
        Command::InspectGrant { key, grant, reveal } => {
            grant_file::inspect(&key, &grant, reveal, output)
        }
        Command::Request(common) => request(&common, output).await,
        Command::Search { common, out } => search(&common, &out, output).await,
        Command::Prove {
            common,
            matches,
            again,
        } => prove(&common, &matches, again, output).await,
        Command::Fetch {
            common,
            matches,
            gateway,
            out,
        } => fetch(&common, &matches, &gateway, &out, output).await,
        Command::Open {
            common,
            matches,
            input,
            out,
        } => open(&common, &matches, &input, &out, output).await,
    }
}

#[derive(Serialize)]
struct NewKeys {
    account: String,
    x25519: String,
}

fn new(out: &Path, output: Output) -> CliResult<()> {
    let keys = DoctorKeys::create(out)?;
    let made = NewKeys {
        account: hex0x(keys.signer.account_bytes()),
        x25519: hex0x(keys.x25519.public().0),
    };
    let lines = [
        format!("Account     {}", made.account),
        format!("X25519 key  {}", made.x25519),
        "Give both to patients.".into(),
    ];
    output.result(&made, &lines)
}

#[derive(Serialize)]
struct Requested {
    request: String,
    block: u32,
}

async fn request(common: &Common, output: Output) -> CliResult<()> {
    let (consortium, keys, grant) = common.open().await?;
    let call = calls::peks_search::open_request(&grant.received.open_request);
    let included = consortium.submit_and_finalize(&call, &keys.signer).await?;
    let requested = Requested {
        request: hex0x(grant.received.header.request_id()),
        block: included.number,
    };
    output.result(
        &requested,
        &[format!(
            "Request {} is open, final in block {}.",
            requested.request, requested.block
        )],
    )
}

#[derive(Serialize)]
struct Searched {
    matches: Vec<FoundMatch>,
    batches: u64,
    pairings: u64,
}

async fn search(common: &Common, out: &Path, output: Output) -> CliResult<()> {
    let (consortium, _, grant) = common.open().await?;
    let queries: Vec<SearchQuery> = grant
        .received
        .keywords
        .iter()
        .map(|granted| SearchQuery {
            epoch: granted.epoch,
            trapdoor: granted.search.to_bytes(),
        })
        .collect();
    let hospital = grant.received.header.hospital;
    let mut searched = Searched {
        matches: Vec::new(),
        batches: 0,
        pairings: 0,
    };
    let bar = output.progress(0, "batches searched");
    for (part, chunk) in queries.chunks(QUERIES_PER_SEARCH).enumerate() {
        let offset = part.saturating_mul(QUERIES_PER_SEARCH);
        let mut events = consortium
            .search(hospital, grant.received.search_key.as_bytes(), chunk)
            .await?;
        while let Some(event) = events.next().await {
            match event? {
                SearchEvent::Progress { done, total } => {
                    bar.set_length(total);
                    bar.set_position(done);
                }
                SearchEvent::Match(found) => {
                    let query = offset.saturating_add(found.query);
                    let keyword = grant.keyword_of(query)?;
                    searched
                        .matches
                        .push(FoundMatch::new(*found, query, keyword));
                }
                SearchEvent::Done(summary) => {
                    searched.batches = searched.batches.saturating_add(summary.batches);
                    searched.pairings = searched.pairings.saturating_add(summary.pairings);
                }
            }
        }
    }
    bar.finish_and_clear();
    files::write_json(
        out,
        &MatchFile {
            matches: searched.matches.clone(),
        },
    )?;
    let records: BTreeSet<&str> = searched
        .matches
        .iter()
        .map(|found| found.rid.as_str())
        .collect();
    let line = format!(
        "{} records found by {} pairings in {} batches. They are in {}.",
        records.len(),
        searched.pairings,
        searched.batches,
        out.display()
    );
    output.result(&searched, &[line])
}

/// A batch's point, with the proof of knowledge checked again: nodes are not trusted for it.
async fn batch_point(consortium: &ConsortiumClient, id: BatchId) -> CliResult<G1Point> {
    let batch = consortium.batch(At::Finalized, id).await?.ok_or_else(|| {
        CliError::NotFound(format!(
            "the consortium has no finalized batch {}",
            hex0x(id)
        ))
    })?;
    let chain = consortium.chain();
    if batch.header.id(&chain.0) != id.0 {
        return Err(CliError::failed(
            "the node answered with another batch than asked for",
        ));
    }
    Ok(batch
        .header
        .verify(&chain.0)
        .map_err(CliError::failed)?
        .point)
}

#[derive(Serialize)]
struct Proved {
    proved: Vec<String>,
    already: usize,
    block: u32,
}

async fn prove(common: &Common, matches: &Path, again: bool, output: Output) -> CliResult<()> {
    let (consortium, keys, grant) = common.open().await?;
    let found = MatchFile::read(matches)?;
    let request = grant.received.header.request_id();
    let bar = output.progress(found.distinct().count() as u64, "matches proved");
    let mut proved = Proved {
        proved: Vec::new(),
        already: 0,
        block: 0,
    };
    let mut pending = Vec::new();
    for found in found.distinct() {
        let located = found.decode()?;
        if !again
            && consortium
                .matched(At::Best, request, located.rid)
                .await?
                .is_some()
        {
            proved.already = proved.already.saturating_add(1);
            bar.inc(1);
            continue;
        }
        let point = batch_point(&consortium, located.entry.batch).await?;
        let granted = grant.granted(found.query)?;
        let secret = SearchSecret::from_trapdoor::<DefaultBackend>(
            &point,
            &granted.search,
            &grant.received.search_key,
        );
        let statement = MatchStatement {
            chain: consortium.chain().0,
            request: request.0,
            rid: located.rid.0,
            tag: secret.tag(found.counter),
            requester: keys.signer.account_bytes(),
        };
        let proof = MatchProof {
            request,
            sequence: found.sequence,
            entry: located.entry,
            path: located.path,
            slot: found.slot,
            signature: statement.sign(&secret.match_key(found.counter)),
        };
        let call = calls::peks_search::prove_match(&proof);
        pending.push(consortium.submit(&call, &keys.signer).await?);
        proved.proved.push(found.rid.clone());
    }
    let mut included: Vec<Included> = Vec::new();
    for mut transaction in pending {
        included.push(transaction.finalized().await?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    proved.block = included.iter().map(|one| one.number).max().unwrap_or(0);
    let line = format!(
        "{} matches proved, {} were already.",
        proved.proved.len(),
        proved.already
    );
    output.result(&proved, &[line])
}

#[derive(Serialize)]
struct Fetched {
    fetched: Vec<String>,
}

fn sealed_path(folder: &Path, rid: &str) -> PathBuf {
    folder.join(format!("{}.sealed", rid.trim_start_matches("0x")))
}

async fn fetch(
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

async fn open(
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
        let sealed = bspp_record::SealedBox::decode_all(
            &mut files::read(&sealed_path(input, &found.rid))?.as_slice(),
        )
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
            message: "the patient allows to find these records and not to read them".into(),
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
    request: bspp_primitives::RequestId,
    record: bspp_primitives::RecordId,
) -> CliResult<bool> {
    use bspp_primitives::DisclosureStatus::Confirmed;
    let matched = consortium.matched(At::Best, request, record).await?;
    Ok(matched.is_some_and(|matched| matched.disclosure != Confirmed))
}

/// SCALE in hex, decoded to the last byte.
pub(crate) fn decode_hex<T: Decode>(text: &str, what: &str) -> CliResult<T> {
    let wrong = || CliError::Usage(format!("the file's {what} does not decode; search again"));
    let bytes = hex::decode(text.trim_start_matches("0x")).map_err(|_| wrong())?;
    T::decode_all(&mut bytes.as_slice()).map_err(|_| wrong())
}
