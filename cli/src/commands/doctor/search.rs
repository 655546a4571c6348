// SPDX-License-Identifier: Apache-2.0
//! The search, on the doctor's own node or here, and proofs of the matches.

use super::Common;
use crate::{
    error::{CliError, CliResult},
    files,
    matches::{FoundMatch, MatchFile},
    output::Output,
    values::hex0x,
};
use bspp_client::{calls, At, ConsortiumClient, Included, SearchStep};
use bspp_peks::{BatchPoint, DefaultBackend, G1Point, MatchStatement, SearchSecret};
use bspp_rpc_types::{SearchQuery, MAX_QUERIES};
use bspp_types::{BatchId, FilingMonth, HospitalId, MatchProof};
use serde::Serialize;
use std::{
    collections::{btree_map::Entry, BTreeMap, BTreeSet},
    path::Path,
};

/// The outcome of a search.
#[derive(Serialize)]
pub(super) struct Searched {
    matches: Vec<FoundMatch>,
    batches: u64,
    pairings: u64,
}

/// Searches on the doctor's own node, which receives the trapdoors.
pub(super) async fn search_there(common: &Common, output: Output) -> CliResult<Searched> {
    let (consortium, _, grant) = common.open().await?;
    let queries: Vec<SearchQuery> = grant
        .received
        .keywords
        .iter()
        .map(|granted| SearchQuery {
            filing_month: granted.filing_month,
            trapdoor: granted.search.to_bytes().into(),
        })
        .collect();
    let hospital = grant.received.header.hospital;
    let mut searched = Searched {
        matches: Vec::new(),
        batches: 0,
        pairings: 0,
    };
    let bar = output.progress(0, "batches searched");
    for (part, chunk) in queries.chunks(MAX_QUERIES).enumerate() {
        let offset = part.saturating_mul(MAX_QUERIES);
        let mut running = consortium
            .search(hospital, grant.received.search_key.as_bytes(), chunk)
            .await?;
        while let Some(step) = running.next().await {
            match step? {
                SearchStep::Progress(progress) => {
                    bar.set_length(progress.batches_total);
                    bar.set_position(progress.batches_done);
                }
                SearchStep::Match(found) => {
                    let query = offset.saturating_add(found.query);
                    let keyword = grant.keyword_of(query)?;
                    searched
                        .matches
                        .push(FoundMatch::new(*found, query, keyword));
                }
                SearchStep::Done(summary) => {
                    searched.batches = searched.batches.saturating_add(summary.batches);
                    searched.pairings = searched.pairings.saturating_add(summary.pairings);
                }
            }
        }
    }
    bar.finish_and_clear();
    Ok(searched)
}

/// Searches here, with buckets of tags from a node that is not the doctor's own.
pub(super) async fn search_here(common: &Common, output: Output) -> CliResult<Searched> {
    let (consortium, _, grant) = common.open().await?;
    let received = &grant.received;
    let hospital = received.header.hospital;
    let mut scopes: BTreeMap<FilingMonth, Vec<BatchPoint>> = BTreeMap::new();
    for granted in &received.keywords {
        let month = granted.filing_month;
        if let Entry::Vacant(vacant) = scopes.entry(month) {
            vacant.insert(batch_points(&consortium, hospital, month).await?);
        }
    }
    let scope_of = |month| scopes.get(month).map_or(&[][..], Vec::as_slice);
    let total: usize = received
        .keywords
        .iter()
        .map(|granted| scope_of(&granted.filing_month).len())
        .sum();
    let bar = output.progress(total as u64, "batches searched");
    let mut searched = Searched {
        matches: Vec::new(),
        batches: 0,
        pairings: 0,
    };
    for (query, granted) in received.keywords.iter().enumerate() {
        let keyword = grant.keyword_of(query)?;
        for batch in scope_of(&granted.filing_month) {
            let secret = SearchSecret::from_trapdoor::<DefaultBackend>(
                &batch.point,
                &granted.search,
                &received.search_key,
            );
            let found = consortium
                .search_batch(hospital, batch, &secret, query)
                .await?;
            let found = found
                .into_iter()
                .map(|found| FoundMatch::new(found, query, keyword));
            searched.matches.extend(found);
            searched.batches = searched.batches.saturating_add(1);
            searched.pairings = searched.pairings.saturating_add(1);
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    Ok(searched)
}

/// The batches of a hospital and month, with verified points.
///
/// The proofs of knowledge are checked again, because a foreign node is not trusted for them.
async fn batch_points(
    consortium: &ConsortiumClient,
    hospital: HospitalId,
    filing_month: FilingMonth,
) -> CliResult<Vec<BatchPoint>> {
    let chain = consortium.chain();
    let listed = consortium
        .all_batches(At::Finalized, hospital, filing_month)
        .await?;
    let verified = listed.iter().map(|listed| {
        let valid = listed.batch.header.verify(&chain.0);
        let valid = valid.map_err(CliError::failed)?;
        Ok(BatchPoint {
            id: valid.id,
            point: valid.point,
        })
    });
    verified.collect()
}

/// Writes the matches to a file and reports the search.
pub(super) fn write_matches(searched: &Searched, out: &Path, output: Output) -> CliResult<()> {
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
    output.result(searched, &[line])
}

/// The point of a batch.
///
/// The command checks the proof of knowledge again, because it does not trust nodes for it.
pub(super) async fn batch_point(consortium: &ConsortiumClient, id: BatchId) -> CliResult<G1Point> {
    let batch = consortium.batch(At::Finalized, id).await?.ok_or_else(|| {
        CliError::NotFound(format!(
            "the consortium has no finalized batch {}",
            hex0x(id)
        ))
    })?;
    let chain = consortium.chain();
    if batch.header.id(&chain.0) != id.0 {
        return Err(CliError::failed(
            "the node answered with another batch than the requested one",
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

pub(super) async fn prove(
    common: &Common,
    matches: &Path,
    again: bool,
    output: Output,
) -> CliResult<()> {
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
        "{} matches proved; {} were proved before.",
        proved.proved.len(),
        proved.already
    );
    output.result(&proved, &[line])
}
