// SPDX-License-Identifier: Apache-2.0
//! One record per encounter, and one for what belongs to no encounter. The rule is written out in the README.

use crate::{
    container::{Payload, PayloadKind, Piece, SourceId, CONTAINER_VERSION},
    fhir::{Document, Facts},
    keywords::Keyword,
};
use bspp_peks::blake2b_256;
use rand_core::{CryptoRng, RngCore};
use std::collections::{BTreeMap, BTreeSet};

/// A record before its encryption.
#[derive(Clone, Debug)]
pub struct PlainRecord {
    /// What is encrypted.
    pub payload: Payload,
    /// Distinct keywords, without the reserved one.
    pub keywords: BTreeSet<Keyword>,
}

/// A fresh identifier for a file.
pub fn random_source<R: RngCore + CryptoRng + ?Sized>(rng: &mut R) -> SourceId {
    let mut source = [0u8; 16];
    rng.fill_bytes(&mut source);
    source
}

/// Whose record a resource goes to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Frame,
    /// The encounter that is this resource of the file.
    Inside(usize),
    /// An encounter that the file names and does not hold.
    Outside(String),
}

/// Cuts a document into its records. The frame record comes first, then the encounters in the order in which the file first
/// has a resource of theirs.
pub fn split(document: &Document<'_>, source: SourceId) -> Vec<PlainRecord> {
    let facts: Vec<&Facts> = document.facts().collect();
    let encounters = Encounters::of(&facts);
    let mut frame = Group::default();
    let mut groups: Vec<(Owner, Group)> = Vec::new();
    let mut places: BTreeMap<Owner, usize> = BTreeMap::new();
    for (index, facts) in facts.iter().enumerate() {
        let owner = encounters.owner(index, facts);
        let group = if owner == Owner::Frame {
            &mut frame
        } else {
            let place = *places.entry(owner.clone()).or_insert(groups.len());
            if place == groups.len() {
                groups.push((owner, Group::default()));
            }
            match groups.get_mut(place) {
                Some((_, group)) => group,
                None => &mut frame,
            }
        };
        group.resources.push(index);
        group.keywords.extend(facts.keywords.iter().cloned());
    }

    frame
        .keywords
        .extend(document.frame_keywords().iter().cloned());
    let count = document.resource_count();
    let kind = PayloadKind::Frame {
        resources: u32::try_from(count).unwrap_or(u32::MAX),
        file_hash: blake2b_256(document.as_bytes()),
    };
    let around =
        (0..=count).filter_map(|index| piece(index.saturating_mul(2), document.frame(index)?));
    let mut records = vec![frame.record(document, source, kind, around.collect())];
    for (owner, group) in groups {
        let reference = match owner {
            Owner::Outside(reference) => reference,
            Owner::Inside(index) => facts
                .get(index)
                .map_or_else(String::new, |f| name(index, f)),
            Owner::Frame => String::new(),
        };
        let kind = PayloadKind::Encounter { reference };
        records.push(group.record(document, source, kind, Vec::new()));
    }
    records
}

/// How a record names the encounter that is resource `index` of the file.
fn name(index: usize, facts: &Facts) -> String {
    match (&facts.id, &facts.full_url) {
        (Some(id), _) => format!("Encounter/{id}"),
        (None, Some(url)) => url.clone(),
        (None, None) => format!("resource {index}"),
    }
}

fn piece(position: usize, text: &str) -> Option<Piece> {
    Some(Piece {
        position: u32::try_from(position).ok()?,
        bytes: text.as_bytes().to_vec(),
    })
}

#[derive(Default)]
struct Group {
    resources: Vec<usize>,
    keywords: BTreeSet<Keyword>,
}

impl Group {
    fn record(
        self,
        document: &Document<'_>,
        source: SourceId,
        kind: PayloadKind,
        mut pieces: Vec<Piece>,
    ) -> PlainRecord {
        pieces.extend(self.resources.into_iter().filter_map(|index| {
            piece(
                index.saturating_mul(2).saturating_add(1),
                document.resource(index)?,
            )
        }));
        pieces.sort_by_key(|piece| piece.position);
        let payload = Payload {
            version: CONTAINER_VERSION,
            source,
            kind,
            pieces,
        };
        PlainRecord {
            payload,
            keywords: self.keywords,
        }
    }
}

/// The encounters that a file holds, by the names that references may use. The first of a name wins.
struct Encounters<'a> {
    by_url: BTreeMap<&'a str, usize>,
    by_id: BTreeMap<&'a str, usize>,
    /// Those of `by_id` whose `fullUrl` does not say which server they are of.
    homeless: BTreeMap<&'a str, usize>,
}

impl<'a> Encounters<'a> {
    fn of(facts: &[&'a Facts]) -> Self {
        let mut found = Self {
            by_url: BTreeMap::new(),
            by_id: BTreeMap::new(),
            homeless: BTreeMap::new(),
        };
        for (index, facts) in facts.iter().enumerate() {
            if facts.resource_type != "Encounter" {
                continue;
            }
            if let Some(url) = &facts.full_url {
                found.by_url.entry(url).or_insert(index);
            }
            if let Some(id) = &facts.id {
                found.by_id.entry(id).or_insert(index);
                if !facts.full_url.as_deref().is_some_and(is_web) {
                    found.homeless.entry(id).or_insert(index);
                }
            }
        }
        found
    }

    fn owner(&self, index: usize, facts: &Facts) -> Owner {
        if facts.resource_type == "Encounter" {
            return Owner::Inside(index);
        }
        facts
            .encounters
            .iter()
            .find_map(|reference| self.resolve(reference))
            .unwrap_or(Owner::Frame)
    }

    /// The encounter that a reference names. `None` if it does not name one.
    fn resolve(&self, reference: &str) -> Option<Owner> {
        let reference = reference.split("/_history/").next().unwrap_or(reference);
        if let Some(index) = self.by_url.get(reference) {
            return Some(Owner::Inside(*index));
        }
        let mut segments = reference.rsplit('/');
        let id = segments.next().filter(|id| is_id(id))?;
        if segments.next() != Some("Encounter") {
            return None;
        }
        let known = if is_web(reference) {
            &self.homeless
        } else {
            &self.by_id
        };
        Some(match known.get(id) {
            Some(index) => Owner::Inside(*index),
            None => Owner::Outside(reference.to_owned()),
        })
    }
}

fn is_web(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://")
}

/// FHIR's `id`: 1 to 64 letters, digits, `-` and `.`.
fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
}
