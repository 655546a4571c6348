// SPDX-License-Identifier: Apache-2.0
//! The search, on the doctor's own node or here, and proofs of the matches.

use super::{Common, Session};
use crate::{
    error::{CliError, CliResult},
    files,
    grant_file::{month_label, Query},
    matches::{FoundMatch, FoundSlot, MatchFile},
    output::Output,
    proved::proved_batch,
};
use bspp_client::{calls, proved::ProvedBatch, At, Included, SearchStep};
use bspp_peks::{DefaultBackend, G1Point, MatchStatement, SearchSecret};
use bspp_record::{GrantedItem, GrantedLabel, ReceivedGrant};
use bspp_rpc_types::{FoundRecord, SearchQuery, MAX_QUERIES};
use bspp_types::{FilingMonth, MatchProof};
use serde::Serialize;
use std::{
    collections::{btree_map::Entry, BTreeMap, BTreeSet},
    path::Path,
};

#[derive(Serialize)]
struct Searched {
    matches: Vec<FoundMatch>,
    batches: u64,
    pairings: u64,
}

/// The records of each query, with the cost of the search.
#[derive(Default)]
struct Raw {
    found: Vec<Vec<FoundRecord>>,
    batches: u64,
    pairings: u64,
}

/// Searches on the doctor's own node, which receives the trapdoors.
async fn search_there(session: &Session, wanted: &[Query<'_>], output: Output) -> CliResult<Raw> {
    let queries: Vec<SearchQuery> = wanted
        .iter()
        .map(|query| SearchQuery {
            filing_month: query.label.filing_month,
            trapdoor: query.granted.search.to_bytes().into(),
            label: query.label.kw.as_bytes().into(),
        })
        .collect();
    let received = &session.grant.received;
    let mut raw = Raw {
        found: vec![Vec::new(); queries.len()],
        ..Raw::default()
    };
    let bar = output.progress(0, "batches searched");
    for (part, chunk) in queries.chunks(MAX_QUERIES).enumerate() {
        let offset = part.saturating_mul(MAX_QUERIES);
        let mut running = session
            .consortium
            .search(
                received.header.hospital,
                received.search_key.as_bytes(),
                chunk,
            )
            .await?;
        while let Some(step) = running.next().await {
            match step? {
                SearchStep::Progress(progress) => {
                    bar.set_length(progress.batches_total);
                    bar.set_position(progress.batches_done);
                }
                SearchStep::Match(record) => {
                    let query = offset.saturating_add(record.query);
                    raw.found
                        .get_mut(query)
                        .ok_or_else(|| {
                            CliError::failed(
                                "the node found a record for a query that was not asked",
                            )
                        })?
                        .push(*record);
                }
                SearchStep::Done(summary) => {
                    raw.batches = raw.batches.saturating_add(summary.batches);
                    raw.pairings = raw.pairings.saturating_add(summary.pairings);
                }
            }
        }
    }
    bar.finish_and_clear();
    Ok(raw)
}

/// Searches here, with buckets of tags from a node that is not the doctor's own.
async fn search_here(session: &Session, wanted: &[Query<'_>], output: Output) -> CliResult<Raw> {
    let (consortium, received) = (&session.consortium, &session.grant.received);
    let hospital = received.header.hospital;
    let mut scopes: BTreeMap<FilingMonth, Vec<ProvedBatch>> = BTreeMap::new();
    for query in wanted {
        if let Entry::Vacant(vacant) = scopes.entry(query.label.filing_month) {
            let month = query.label.filing_month;
            vacant.insert(
                consortium
                    .proved_batches(&session.state, hospital, month)
                    .await?,
            );
        }
    }
    let scope_of = |month| scopes.get(month).map_or(&[][..], Vec::as_slice);
    let total: usize = wanted
        .iter()
        .map(|query| scope_of(&query.label.filing_month).len())
        .sum();
    let bar = output.progress(total as u64, "batches searched");
    let mut raw = Raw::default();
    for (place, query) in wanted.iter().enumerate() {
        let mut found = Vec::new();
        for batch in scope_of(&query.label.filing_month) {
            let secret = search_secret(received, query.granted, &batch.point.point);
            found.extend(
                consortium
                    .search_batch(&session.state, batch, (&secret, &query.label), place)
                    .await?,
            );
            raw.batches = raw.batches.saturating_add(1);
            raw.pairings = raw.pairings.saturating_add(1);
            bar.inc(1);
        }
        raw.found.push(found);
    }
    bar.finish_and_clear();
    Ok(raw)
}

pub(super) async fn search(
    common: &Common,
    foreign_node: bool,
    out: &Path,
    output: Output,
) -> CliResult<()> {
    let session = common.open().await?;
    let grant = &session.grant;
    let (wanted, items) = grant.queries();
    let Raw {
        found,
        batches,
        pairings,
    } = if foreign_node {
        search_here(&session, &wanted, output).await?
    } else {
        search_there(&session, &wanted, output).await?
    };
    let mut searched = Searched {
        matches: Vec::new(),
        batches,
        pairings,
    };
    let groups = grant.groups();
    for (item, places) in items.iter().enumerate() {
        let keyword = groups.get(item).copied().unwrap_or_default();
        let lists: Vec<&[FoundRecord]> = places
            .iter()
            .map(|place| found.get(*place).map_or(&[][..], Vec::as_slice))
            .collect();
        searched.matches.extend(
            records_in_all(&lists)
                .iter()
                .filter_map(|records| FoundMatch::new(records, item, keyword)),
        );
    }
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

/// The records that all lists have, in the order of the first list.
///
/// Each record comes with its place in each list.
fn records_in_all<'a>(lists: &[&'a [FoundRecord]]) -> Vec<Vec<&'a FoundRecord>> {
    let Some((first, others)) = lists.split_first() else {
        return Vec::new();
    };
    first
        .iter()
        .filter_map(|record| {
            let mut places = vec![record];
            for list in others {
                places.push(list.iter().find(|other| other.rid == record.rid)?);
            }
            Some(places)
        })
        .collect()
}

/// The search secret of a granted label in a batch.
pub(super) fn search_secret(
    received: &ReceivedGrant,
    granted: &GrantedLabel,
    point: &G1Point,
) -> SearchSecret {
    SearchSecret::from_trapdoor::<DefaultBackend>(point, &granted.search, &received.search_key)
}

/// The labels of an item with their places in a matched entry.
pub(super) fn labels_with_slots<'a>(
    item: &'a GrantedItem,
    found: &'a FoundMatch,
) -> CliResult<Vec<(&'a GrantedLabel, &'a FoundSlot)>> {
    let pairs: Vec<_> = item.labels.iter().zip(found.slots()).collect();
    if pairs.is_empty() || pairs.len() != item.labels.len() || pairs.len() != found.slots().count()
    {
        return Err(CliError::usage(
            "the matches belong to another grant; search again",
        ));
    }
    Ok(pairs)
}

#[derive(Serialize)]
struct Proved {
    proved: Vec<String>,
    already: usize,
    /// Matches that the node has in a block that is not final yet, so that nothing proves them.
    not_final: usize,
    block: u32,
}

pub(super) async fn prove(
    common: &Common,
    matches: &Path,
    again: bool,
    output: Output,
) -> CliResult<()> {
    let session = common.open().await?;
    let (consortium, received) = (&session.consortium, &session.grant.received);
    let file = MatchFile::read(matches)?;
    let chosen = session.grant.chosen(&file);
    let request = received.header.request_id();
    let bar = output.progress(chosen.len() as u64, "matches proved");
    let mut proved = Proved {
        proved: Vec::new(),
        already: 0,
        not_final: 0,
        block: 0,
    };
    let mut pending = Vec::new();
    for found in chosen {
        let located = found.decode()?;
        if !again {
            // A node that only says so could keep the doctor from proving a match.
            let proven = session.state.matched(&request, &located.rid).await?;
            let told = consortium.matched(At::Best, request, located.rid).await?;
            let place = match (proven, told) {
                (Some(_), _) => Some(&mut proved.already),
                (None, Some(_)) => Some(&mut proved.not_final),
                (None, None) => None,
            };
            if let Some(place) = place {
                *place = place.saturating_add(1);
                bar.inc(1);
                continue;
            }
        }
        let batch = proved_batch(consortium, &session.state, located.entry.batch).await?;
        let item = session.grant.item(found.item)?;
        let pairs = labels_with_slots(item, found)?;
        let Some((granted, place)) = pairs.first() else {
            continue;
        };
        let secret = search_secret(received, granted, &batch.point.point);
        let label = month_label(item, granted);
        let statement = MatchStatement {
            chain: consortium.chain().0,
            request: request.0,
            rid: located.rid.0,
            tag: secret.tag(place.counter),
            requester: session.keys.signer.account_bytes(),
        };
        let proof = MatchProof {
            request,
            sequence: found.sequence,
            entry: located.entry,
            path: located.path,
            slot: place.slot,
            signature: statement.sign(&secret.match_key(place.counter, &label)),
        };
        let call = calls::peks_search::prove_match(&proof);
        pending.push(consortium.submit(&call, &session.keys.signer).await?);
        proved.proved.push(found.rid.clone());
    }
    let mut included: Vec<Included> = Vec::new();
    for mut transaction in pending {
        included.push(transaction.finalized().await?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    proved.block = included.iter().map(|one| one.number).max().unwrap_or(0);
    let mut lines = vec![format!(
        "{} matches proved; {} were proved before.",
        proved.proved.len(),
        proved.already
    )];
    if proved.not_final > 0 {
        lines.push(format!(
            "The node has {} more in blocks that are not final yet; run the command again to make sure.",
            proved.not_final
        ));
    }
    output.result(&proved, &lines)
}
